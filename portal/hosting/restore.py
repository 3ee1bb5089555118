"""`portal restore`: an archive becomes an instance again. What was there is set aside, never deleted.

Order: judge the archive, make sure that nothing works there, unpack beside, swap, upgrade, replay the erasures made
since. Whatever fails before the swap is done leaves the instance as it was; whatever fails after it leaves a mark, and
nothing starts there until a restore has come to its end.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
from packaging.version import Version

from portal.content.audit import record
from portal.content.clock import now, real_now
from portal.errors import ConfigError, PortalError
from portal.hosting.archives import Told, damaged, read_manifest, unpack
from portal.hosting.backup import FORMAT, add_lines, key_mark
from portal.hosting.config import FILE, KEY_FILE, Instance, read_instance, write_secret
from portal.hosting.copying import copy_name, database_kind, is_empty, put_back, set_aside
from portal.hosting.erasures import journal_path
from portal.hosting.operating import at_work, upgrade
from portal.hosting.replaying import replay_erasures
from portal.hosting.running import UNFINISHED, at_rest
from portal.hosting.site import Site, site_of
from portal.loader.discovery import PORTAL_VERSION, scan
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.revisions import refuse_newer
from portal.people.sessions import end_all_sessions
from portal.values import Subject

THE_PORTAL = Subject("portal.instance", 0)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did in one collectivity.

    :ivar aside: where what was there before is now
    """

    slug: str
    at: str
    rows: int
    files: int
    upgraded: tuple[str, ...]
    aside: tuple[str, ...]


def restore(
    archive: Path, folder: Path, *, slug: str | None, replace: bool, new_key: bool, told: Told
) -> list[Restored]:
    """Restore an archive, or one collectivity of it, into an instance folder.

    :param replace: set aside what is there; otherwise the collectivity must be empty
    :param new_key: do without the former key: printed addresses and shared screens stop working
    :raises PortalError: says what stands in the way, and what to do
    """
    manifest = read_manifest(archive)
    _check_version(manifest)
    faults = damaged(archive, told=told)
    if faults:
        raise PortalError(f"{archive} est abîmée : {', '.join(faults[:5])}. Prenez-en une autre.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with at_rest(folder):
        _settings(archive, folder, manifest, new_key=new_key)
        instance = read_instance(folder)
        sites = [_site(instance, manifest, name) for name in _chosen(manifest, slug)]
        try:
            if not replace:
                _check_empty(sites)
            for path in map(journal_path, sites):
                add_lines(archive.parent / path.name, path)
            return [_one(archive, site, manifest["collectivities"][site.slug]) for site in sites]
        finally:
            for site in sites:
                site.engine.dispose()


def _check_version(manifest: dict[str, Any]) -> None:
    if manifest["format"] > FORMAT or Version(manifest["portal"]) > Version(PORTAL_VERSION):
        raise PortalError(
            f"Cette sauvegarde vient du portail {manifest['portal']}, plus récent que celui-ci ({PORTAL_VERSION}). "
            "Installez d'abord cette version."
        )
    installed = scan().manifests
    for held in manifest["collectivities"].values():
        for name, revision in held["revisions"].items():
            here = name == CORE_PLUGIN or name in installed
            if here:
                refuse_newer(installed.get(name), revision)


def _chosen(manifest: dict[str, Any], slug: str | None) -> list[str]:
    held = list(manifest["collectivities"])
    if slug and slug not in held:
        raise PortalError(f"Cette sauvegarde ne contient pas « {slug} », mais : {', '.join(held)}.")
    return [slug] if slug else held


def _settings(archive: Path, folder: Path, manifest: dict[str, Any], *, new_key: bool) -> None:
    """Put settings, shared templates and key where there are none: those of the machine stand."""
    absent = {name for name in (FILE, KEY_FILE, "templates") if not (folder / name).exists()}
    unpack(archive, folder, place=lambda name: name if name.partition("/")[0] in absent else "")
    key = folder / KEY_FILE
    if new_key:
        write_secret(folder)
    elif not key.exists():
        raise PortalError(
            f"Il manque la clé. Posez {KEY_FILE}, sauvegardée à part, dans {folder} ; sans elle, --new-key en fait une "
            "autre : les écrans partagés, les QR codes et les flux déjà distribués ne s'ouvriront plus."
        )
    elif key_mark(read_instance(folder).secret()) != manifest["key"]:
        raise PortalError(f"{key} n'est pas la clé de cette sauvegarde. Posez la bonne, ou dites --new-key.")


def _site(instance: Instance, manifest: dict[str, Any], slug: str) -> Site:
    site = site_of(instance, slug)
    if site is None:
        raise ConfigError(f"portal.toml ne nomme pas « {slug} ». Ajoutez son bloc [[collectivity]], puis recommencez.")
    held = manifest["collectivities"][slug]["database"]
    if held != database_kind(site):
        raise ConfigError(f"{slug} : sauvegardée depuis {held}, mais portal.toml dit {database_kind(site)}.")
    return site


def _check_empty(sites: list[Site]) -> None:
    full = [site.slug for site in sites if not is_empty(site)]
    if full:
        raise PortalError(
            f"Il y a déjà des données pour {', '.join(full)}. Avec --replace elles sont mises de côté, jamais effacées."
        )


def _one(archive: Path, site: Site, held: dict[str, Any]) -> Restored:
    mark = f"avant_{real_now():%Y%m%d_%H%M%S_%f}"
    folder, copy = site.folder, copy_name(site)
    fresh, former = (folder.with_name(f"{site.slug}.{word}") for word in (f"en_cours_{mark}", mark))
    prefix, aside = f"{site.slug}/", list[str]()
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        unfinished = site.instance.folder / UNFINISHED
        undo.callback(unfinished.unlink)
        unfinished.touch()
        unpack(archive, fresh, place=lambda name: name.removeprefix(prefix) if name.startswith(prefix) else "")
        if not is_empty(site):
            place, back = set_aside(site, mark)
            undo.callback(back)
            aside += [place] if folder.resolve() not in Path(place).parents else []
        if folder.exists():
            folder.rename(former)
            undo.callback(former.rename, folder)
            aside.append(str(former))
        fresh.rename(folder)
        undo.callback(folder.rename, fresh)
        put_back(site, folder / copy)
        _place_files(site)
        undo.pop_all()
    os.sync()
    done = _settle(site, held)
    unfinished.unlink()
    return Restored(site.slug, held["at"], sum(held["rows"].values()), held["files"], done, tuple(aside))


def _place_files(site: Site) -> None:
    """Put contents where the settings say that files stand; what is there already is the same: its name is its hash."""
    unpacked = site.folder / "files"
    if not site.collectivity.files.url or not unpacked.exists():
        return
    for path in [path for path in unpacked.rglob("*") if path.is_file()]:
        obstore.put(site.files, str(path.relative_to(unpacked)), path)
    shutil.rmtree(unpacked)


def _settle(site: Site, held: dict[str, Any]) -> tuple[str, ...]:
    """Bring the tables up to this version, end every session of then, write in the audit that time went back."""
    done = upgrade(site)
    with at_work(site):
        end_all_sessions()
        record("portal.restored", THE_PORTAL, actor=None, at=now(), facts={"at": held["at"]})
    replay_erasures(site)
    return (*done.done, *done.faults)
