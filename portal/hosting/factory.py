"""Build the app of a collectivity: a pure function of its settings and of the plugins that are on and sound.

What is off is not registered, so there is no « is it on? » anywhere. A plugin that breaks is set aside with its
dependents, and the app is built again without it: the portal always starts.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from threading import Lock
from types import ModuleType

import sqlalchemy.exc
from flask import Flask

from portal import texts
from portal.content.outbound import Road
from portal.db import db
from portal.errors import PluginFault, Unavailable
from portal.hosting import requests
from portal.hosting.app import PortalFlask, RowNumber
from portal.hosting.erasures import settle_erasure
from portal.hosting.install import checked, core_head, prepare_plugins, schema_fault
from portal.hosting.purging import purge_plan, purge_plugin
from portal.hosting.site import Site
from portal.hosting.starting import uncollected
from portal.loader.breaking import Cuts
from portal.loader.discovery import rescan, resolve, scan
from portal.loader.hooks import CORE_PLUGIN, Hooks
from portal.loader.inventory.declaring import check_core
from portal.loader.manifest import Manifest
from portal.loader.registration import blamed_on, forget, hookspecs_of, import_plugin, register
from portal.loader.revisions import current, refuse_newer
from portal.loader.running import files_of, loaded, note_running
from portal.loader.states import Snapshot, quarantine, snapshot
from portal.people.permissions import CORE_PERMISSIONS
from portal.web import builtin
from portal.web.addresses import breakable
from portal.web.assets import build_assets
from portal.web.dates import FILTERS
from portal.web.environment import prepare, template_loader
from portal.web.errors import register_errors
from portal.web.headers import set_headers
from portal.web.lasting import core_edition, edition_of
from portal.web.pages import account, entering, feeds, files, news, privacy, purging, screens, settings, theme, today
from portal.web.pages.blueprint import blueprint
from portal.web.pages.plugins import faults, lists, sheets
from portal.web.shell import csrf_token, template_values
from portal.web.sizes import size
from portal.web.theme import Theme, read_theme

log = logging.getLogger(__name__)
# imported for their routes
CORE_PAGES = (
    account,
    entering,
    faults,
    feeds,
    files,
    lists,
    news,
    privacy,
    purging,
    screens,
    settings,
    sheets,
    theme,
    today,
)
_ = texts.texts(texts.CORE)
_building = Lock()  # CPython 3.11's ast is not safe in threads (cpython#106905), and Werkzeug compiles rules with it


@dataclass(frozen=True, slots=True)
class Part:
    """A plugin ready to be registered."""

    manifest: Manifest
    module: ModuleType


def create_app(site: Site) -> PortalFlask:
    """Build the app of a collectivity from its database; whatever breaks is quarantined there.

    Each turn of the loop builds, or sets one more plugin aside here: it ends.

    :raises Outdated: the database is newer than this code
    :raises Unavailable: it is older: « portal upgrade »
    """
    check_core()
    with _building:
        here = current(site.engine, CORE_PLUGIN)
        refuse_newer(None, here)
        if here != core_head():
            raise Unavailable(_("The portal is being updated. Come back in a minute."))
        rescan(keep=loaded())
        aside: set[str] = set()
        while True:
            state = snapshot(site.engine)
            wanted = _wanted(site, state) - aside
            try:
                ordered, blocked = _usable(site, wanted)
                with uncollected():
                    app = assemble(site, state, ordered)
            except PluginFault as fault:
                if fault.plugin not in wanted:
                    raise
                _set_aside(site, fault)
                aside.add(fault.plugin)
            else:
                out_of_order = set(site.rules.decide(state.wished)) - {manifest.id for manifest in ordered}
                app.config.update(BLOCKED=blocked, OUT_OF_ORDER=out_of_order, THEME=read_theme(site.engine))
                note_running(site.instance.folder, app.config["CODE"])
                return app


def _wanted(site: Site, state: Snapshot) -> set[str]:
    if os.environ.get("PORTAL_SAFE_MODE") == "1":
        return set()
    return set(site.rules.decide(state.wished) - state.aside)


def _set_aside(site: Site, fault: PluginFault) -> None:
    """Quarantine a plugin, and let code that has served nobody be loaded anew at the next try."""
    log.error("plugin set aside", extra={"plugin": fault.plugin, "phase": fault.phase}, exc_info=fault)
    files = files_of(fault.plugin)
    if fault.plugin not in loaded():
        forget(scan().manifests[fault.plugin])
    try:
        quarantine(site.engine, fault, files=files)
    except sqlalchemy.exc.SQLAlchemyError:  # it is aside in this process all the same
        log.exception("quarantine not written", extra={"plugin": fault.plugin})


def _usable(site: Site, wanted: set[str]) -> tuple[list[Manifest], dict[str, PluginFault]]:
    """Put the plugins that can run in order, and say why each of the others waits.

    A plugin whose tables await « portal upgrade » waits, and comes by itself once they are up to date.
    """
    blocked: dict[str, PluginFault] = {}
    while True:
        ordered, waiting = resolve(wanted - set(blocked), scan())
        behind = next(filter(None, (schema_fault(site, manifest) for manifest in ordered)), None)
        if behind is None:
            break
        blocked[behind.plugin] = behind
    for manifest in ordered:
        if manifest.id not in loaded():
            checked(site.instance, manifest)
    return ordered, {**waiting, **blocked}


def assemble(site: Site, state: Snapshot, ordered: list[Manifest]) -> PortalFlask:
    """Put the core and these plugins on a new app.

    :param ordered: dependencies first
    :raises PluginFault: one of them breaks; the half-made app is worth nothing
    """
    parts = [Part(manifest, import_plugin(manifest)) for manifest in ordered]
    app = _bare_app(site, state, ordered)
    hooks = Hooks()
    for part in parts:
        with blamed_on(part.manifest.id, "register"):
            for spec in hookspecs_of(part.manifest):
                hooks.add_specs(part.manifest.id, spec)
    hooks.register(CORE_PLUGIN, builtin)
    app.extensions["portal_hooks"] = hooks
    app.register_blueprint(blueprint)
    with app.app_context():
        for part in parts:
            register(app, hooks, part.manifest, part.module)
        _declare(app, hooks, ordered)
    register_errors(app)
    hooks.open(site.meter, Cuts(state.cuts))
    return app


def _bare_app(site: Site, state: Snapshot, plugins: list[Manifest]) -> PortalFlask:
    app = PortalFlask("portal", static_folder=None)
    folders = [site.instance.folder_of(site.collectivity) / "templates", site.instance.folder / "templates"]
    app.template_source = template_loader(folders, plugins)
    code = {plugin.id: files_of(plugin.id) for plugin in plugins}
    app.url_map.converters["int"] = RowNumber
    app.config.update(
        SECRET_KEY=site.secret_key,
        SQLALCHEMY_DATABASE_URI=site.url,
        ENGINE=site.engine,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.instance.server.https,
        MAX_CONTENT_LENGTH=None,
        MAX_FORM_PARTS=500,
        WTF_CSRF_TIME_LIMIT=None,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        BLOCKED={},
        OUT_OF_ORDER=set(),
        REVISION=state.revision,
        EDITION=edition_of(folders, core_edition(), code, site.collectivity.name, state.revision),
        CODE=code,
        CLOCK_OFFSET_SECONDS=state.clock_offset_seconds,
        ASSETS=build_assets(
            tuple(plugin.folder for plugin in plugins),
            tuple(plugin.folder / "static" / name for plugin in plugins for name in plugin.scripts),
        ),
        THEME=Theme(),
        RAISE_FAULTS=False,
        PERMISSIONS=CORE_PERMISSIONS | {code: p for plugin in plugins for code, p in plugin.permissions.items()},
    )
    app.config.update(_of_site(site))
    db.init_app(app)
    requests.install(app)
    app.after_request(set_headers)
    app.context_processor(template_values)
    prepare(app, {**FILTERS, "size": size, "breakable": breakable, "figures": texts.figures})
    app.jinja_env.globals["csrf_token"] = csrf_token
    return app


def _of_site(site: Site) -> dict[str, object]:
    """Give what an app knows of its collectivity and of the instance."""
    return {
        "FILES": lambda: site.files,
        "SLUG": site.slug,
        "COLLECTIVITY_FOLDER": site.folder,
        "COLLECTIVITY_NAME": site.collectivity.name,
        "TIMEZONE": site.collectivity.timezone,
        "BASE_URL": base_url(site),
        "MAIL": site.instance.mail if site.instance.mail.host else None,
        "OFFLINE": site.instance.network.offline,
        "ROAD": Road(),
        "FOLDER": site.instance.folder,
        "INSTALL": lambda *plugins: prepare_plugins(site, plugins),
        "PURGE_PLAN": lambda plugin: purge_plan(site, plugin),
        "PURGE": lambda plugin, actor_id: purge_plugin(site, plugin, actor_id=actor_id),
        "SETTLE_ERASURE": lambda: settle_erasure(site),
        "METER": site.meter,
        "RULES": site.rules,
    }


def _declare(app: Flask, hooks: Hooks, plugins: list[Manifest]) -> None:
    """Collect what plugins declare at start."""
    kinds = hooks.call("portal_subject_types")
    app.config["SUBJECT_KINDS"] = frozenset(kind.kind for kind in kinds)
    app.config["FOLLOWED_KINDS"] = frozenset(kind.kind for kind in kinds if kind.can_follow)
    app.config["QUESTION_KINDS"] = frozenset(kind.kind for kind in kinds if kind.is_question)
    app.config["LINK_KINDS"] = {kind.kind: kind for kind in hooks.call("portal_link_kinds")}
    app.config["SETTINGS"] = {plugin.id: form for plugin in plugins for form in _settings(hooks, plugin)}
    app.config["AUDIT_KINDS"] = frozenset(kind.kind for kind in kinds if kind.in_audit)
    app.config["NAV_ITEMS"] = hooks.call("portal_nav_items")
    app.config["PLUGINS"] = tuple(manifest.id for manifest in plugins)


def _settings(hooks: Hooks, plugin: Manifest) -> list[type]:
    with blamed_on(plugin.id, "register"):
        return hooks.declared(plugin.id, "portal_settings")


def base_url(site: Site) -> str:
    """Give the address of the collectivity for what is written outside a request."""
    server = site.instance.server
    scheme, host = ("https" if server.https else "http"), site.collectivity.hosts[0]
    return f"{scheme}://{host}" if server.proxies else f"{scheme}://{host}:{server.port}"
