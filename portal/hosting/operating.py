"""What the operator does to an instance: prepare it, upgrade it, list its collectivities in `portal.toml`."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from flask import Flask

from portal.content.clock import real_now
from portal.db import side_write, transaction
from portal.errors import ConfigError, PortalError
from portal.hosting.config import DEFAULT_SLUG, FILE, Collectivity, Instance, read_instance, write_secret
from portal.hosting.factory import create_app
from portal.hosting.install import migrate_plugin, prepare_plugins
from portal.hosting.site import Site
from portal.loader.breaking import move_revision
from portal.loader.discovery import scan, with_needs
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.migrating import create_database, migrate
from portal.loader.revisions import current
from portal.loader.states import known_states, snapshot, switch
from portal.people.users import add_user, issue_link
from portal.values import Role
from portal.web.answers import absolute_url

log = logging.getLogger(__name__)
FIRST_LINES = """# Réglages de l'instance. Une clé inconnue empêche le démarrage et nomme la plus proche.
# name = "Ville de …"            nom affiché
# hosts = ["portail.exemple.fr"] noms d'hôte acceptés
# timezone = "Europe/Paris"
# database = "postgresql://…"    sans ce réglage : un fichier SQLite dans instance/default/

[server]
# host = "127.0.0.1"
# port = 8000
# workers = 2
# threads = 4
# https = true                   derrière un mandataire qui chiffre
# proxies = 1                    nombre de mandataires de confiance devant le portail
"""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did, and the plugins it could not do."""

    done: tuple[str, ...]
    faults: tuple[str, ...]


def init_instance(folder: Path, *, name: str | None = None) -> Instance:
    """Prepare an instance: folder, key, `portal.toml`, databases with their tables. What exists is kept."""
    write_secret(folder)
    path = folder / FILE
    if not path.exists():
        head = tomlkit.document()
        if name:
            head.add("name", name)
        path.write_text(head.as_string() + FIRST_LINES, encoding="utf-8")
    instance = read_instance(folder)
    for collectivity in instance.collectivities:
        begin(Site(instance, collectivity))
    return instance


def begin(site: Site) -> None:
    """Make the tables of a collectivity, and switch on what a new one begins with (`default` in a manifest).

    A plugin that was once switched here, on or off, stays as it is; one that cannot run, or is forbidden, is left off.
    """
    upgrade(site)
    chosen = set(known_states(site.engine))
    for manifest in with_needs({name for name, manifest in scan().manifests.items() if manifest.default}):
        if manifest.id in chosen:
            continue
        try:
            prepare_plugins(site, [manifest.id])
        except PortalError as fault:
            log.warning("plugin not switched on", extra={"plugin": manifest.id, "reason": str(fault)})
            continue
        with at_work(site):
            switch(manifest.id, on=True, at=real_now())


def upgrade(site: Site, *, only: str | None = None) -> Upgrade:
    """Bring the tables of a collectivity up to date: the core's, then those of every plugin that has some here.

    A plugin that is off keeps its tables up to date too, so that switching it on is never a surprise. Each plugin is
    migrated in a process of its own: one that breaks is said, and the others go on.

    :raises PortalError: the plugin is not installed
    """
    create_database(site.url)
    manifests = scan().manifests
    if only is not None and only not in manifests and only != CORE_PLUGIN:
        raise PortalError(f"Aucune extension installée ne s'appelle « {only} ».")
    done, faults = migrate(site.url, []), []
    known = {name for name in manifests if current(site.engine, name) is not None} | _on(site)
    for manifest in with_needs(known if only is None else {only} & set(manifests)):
        try:
            done += migrate_plugin(site, manifest)
        except PortalError as fault:
            faults.append(f"{manifest.id} : {fault}")
    if done:
        with side_write(site.engine) as conn:
            move_revision(conn)  # what waited for its tables comes back by itself
    return Upgrade(tuple(done), tuple(faults))


def _on(site: Site) -> set[str]:
    """List what is on or forced: tried here once, so that no worker has to."""
    return set(site.rules.decide(snapshot(site.engine).wished)) & set(scan().manifests)


@contextmanager
def at_work(site: Site) -> Iterator[Flask]:
    """Open the app of a collectivity and one write transaction, for a command."""
    app = create_app(site)
    with app.app_context(), transaction():
        yield app


def first_administrator(site: Site, name: str) -> str:
    """Make the first administrator and give the address of their one-time link, good for 30 minutes."""
    with at_work(site):
        return absolute_url("core.link", token=issue_link(add_user(name, role=Role.ADMIN)))


def add_collectivity(folder: Path, collectivity: Collectivity) -> Instance:
    """List one more collectivity in `portal.toml` and make its database; comments of the file stay.

    The collectivity that answered alone so far is listed first, so that it does not vanish.
    """
    path = folder / FILE
    before = read_instance(folder)
    document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    listed = document.setdefault("collectivity", tomlkit.aot())
    if not listed and (before.default.database or (folder / DEFAULT_SLUG / "portal.db").exists()):
        listed.append(_table(before.default))
    listed.append(_table(collectivity))
    text = document.as_string()
    former = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(text, encoding="utf-8")
    try:
        instance = read_instance(folder)
        begin(Site(instance, collectivity))
    except BaseException:
        path.write_text(former, encoding="utf-8")
        raise
    return instance


def _table(collectivity: Collectivity) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.add("slug", collectivity.slug)
    table.add("name", collectivity.name)
    table.add("hosts", list(collectivity.hosts))
    if collectivity.database:
        table.add("database", collectivity.database)
    table.add("timezone", collectivity.timezone)
    return table


def remove_collectivity(folder: Path, slug: str) -> Path:
    """Take a collectivity off the list. Its folder is set aside, with another name, never deleted.

    :raises ConfigError: no such collectivity
    """
    path = folder / FILE
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    listed = document.get("collectivity", [])
    found = [number for number, item in enumerate(listed) if item.get("slug") == slug]
    if not found:
        raise ConfigError(f"Aucune collectivité ne s'appelle « {slug} ».")
    del listed[found[0]]
    path.write_text(document.as_string(), encoding="utf-8")
    aside = folder / f"{slug}.retirée"
    number = 1
    while aside.exists():
        number += 1
        aside = folder / f"{slug}.retirée-{number}"
    if (folder / slug).exists():
        shutil.move(folder / slug, aside)
    return aside
