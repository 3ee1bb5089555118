"""The plugins page: what is installed, what is on, what broke and why; one switch each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, g, request, url_for

from portal.content.audit import record
from portal.content.clock import now
from portal.content.settings import EVERY_PLUGIN, form_of
from portal.db import db
from portal.errors import Conflict, NotFound, PluginFault, PortalError
from portal.loader.discovery import scan
from portal.loader.manifest import Manifest, say
from portal.loader.models import Fault, PluginState
from portal.loader.states import states, switch
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.values import Viewer
from portal.web.answers import message, page, see
from portal.web.dates import instant
from portal.web.pages.blueprint import blueprint
from portal.web.policy import requires, viewer

_ = texts(CORE)
PHASES = {
    "manifest": _.later("its description cannot be read"),
    "resolve": _.later("it does not fit this portal"),
    "probe": _.later("it broke while being tried apart"),
    "import": _.later("it broke while being loaded"),
    "register": _.later("it broke while being set up"),
    "schema": _.later("its tables are not up to date: run « portal upgrade »"),
}


@dataclass(frozen=True, slots=True)
class Installed:
    """One plugin as the page shows it."""

    id: str
    manifest: Manifest | None
    state: PluginState | None
    fault: PluginFault | None

    @property
    def is_on(self) -> bool:
        """Tell whether the collectivity wishes it."""
        return self.state is not None and self.state.is_on

    @property
    def word(self) -> tuple[str, str]:
        """Say the state: a word and its kind."""
        quarantined = self.state is not None and self.state.quarantined_at is not None
        if self.is_on and (quarantined or (self.manifest is not None and self.fault is not None)):
            return _("set aside"), "late"
        if self.manifest is None:
            return (_("missing"), "late") if self.fault is None else (_("invalid"), "late")
        return (_("on"), "good") if self.is_on else (_("off"), "")


def installed(viewer: Viewer, *, plugin: str) -> Installed:
    """Give one plugin, installed or remembered.

    :raises NotFound: never heard of
    """
    found = scan()
    state = db.session.get(PluginState, plugin)
    if plugin not in found.manifests and plugin not in found.faults and state is None:
        raise NotFound(_("No plugin has this name here."))
    return Installed(plugin, found.manifests.get(plugin), state, _fault_of(plugin))


def _fault_of(plugin: str) -> PluginFault | None:
    """Give why a plugin cannot be used at all, or not now: one that it needs is off."""
    blocked: dict[str, PluginFault] = current_app.config["BLOCKED"]
    return scan().faults.get(plugin) or blocked.get(plugin)


def _all() -> list[Installed]:
    found, known = scan(), states()
    names = sorted({*found.manifests, *found.faults, *known})
    return [Installed(name, found.manifests.get(name), known.get(name), _fault_of(name)) for name in names]


def _row(item: Installed, last_faults: dict[str, Fault]) -> dict[str, Any]:
    manifest, state = item.manifest, item.state
    broken = state is not None and state.quarantined_at is not None and item.is_on
    last = last_faults.get(item.id)
    return {
        "id": item.id,
        "name": say(manifest.name) if manifest else item.id,
        "url": None,
        "summary": say(manifest.summary) if manifest else "",
        "version": manifest.version if manifest else "",
        "state": item.word,
        "reason": _reason(item) if broken or item.fault else None,
        "reference": state.reference if broken and state else (last.reference if last else None),
        "keeps": _keeps(manifest),
        "calls": _calls(manifest),
        "meter": None,
        "fault_url": url_for("core.plugin_fault", plugin=item.id) if broken or last or item.fault else None,
        "settings_url": url_for("core.plugin_settings", plugin=item.id) if form_of(item.id) else None,
        "can_switch": manifest is not None or item.is_on,
        "is_on": item.is_on,
        "switch_url": url_for("core.switch_plugin", plugin=item.id),
        "confirm_url": url_for("core.confirm_plugin", plugin=item.id) if item.is_on else None,
        "switch_confirm": _switch_off_sentence(),
    }


def _switch_off_sentence() -> str:
    return _("Its pages will answer « not open here ». Nothing that was written in it is lost.")


def _reason(item: Installed) -> str:
    if item.fault is not None:
        return f"{PHASES[item.fault.phase]} ({item.fault})"
    return f"{PHASES.get(item.state.phase or '', '')} ({item.state.reason})" if item.state else ""


def _calls(manifest: Manifest | None) -> str | None:
    if manifest is None:
        return None
    hosts = manifest.network.get("hosts", [])
    return _("calls %(hosts)s", hosts=", ".join(hosts)) if hosts else _("calls nobody")


def _keeps(manifest: Manifest | None) -> str | None:
    """Say what a plugin keeps, in the words of its manifest: a table of languages, or one text for all."""
    words = manifest.privacy.get("keeps") if manifest else None
    if isinstance(words, dict):
        return say(words)
    return words if isinstance(words, str) else None


def _last_faults() -> dict[str, Fault]:
    newest = sa.select(sa.func.max(Fault.id)).group_by(Fault.plugin)
    return {fault.plugin: fault for fault in db.session.scalars(sa.select(Fault).where(Fault.id.in_(newest)))}


@blueprint.get("/plugins")
@requires(MANAGE_PLUGINS)
def plugins_page() -> Response:
    """List the plugins."""
    last = _last_faults()
    return page("pages/plugins.html", rows=[_row(item, last) for item in _all()])


@blueprint.get("/plugins/<plugin>/switch")
@requires(MANAGE_PLUGINS, item=installed)
def confirm_plugin(item: Installed) -> Response:
    """Ask once before switching off."""
    row = _row(item, {})
    return page("pages/plugin_off.html", row=row, cancel_url=url_for("core.plugins_page"))


def _ready() -> PortalError | None:
    """Try the plugin apart and bring its tables up to date, before the lock: both happen in another process."""
    plugin = (request.view_args or {})["plugin"]
    manifest = scan().manifests.get(plugin)
    wish = request.form.get("wish", "on")  # « try again » sends none
    if wish != "on":
        return None
    if manifest is None:
        return scan().faults.get(plugin) or PluginFault(plugin, "resolve", "not installed")
    try:
        current_app.config["INSTALL"](manifest)
    except PortalError as fault:
        return fault
    return None


def change_switch(item: Installed, *, on: bool, actor: Viewer | None) -> None:
    """Write the wish, and who had it; a second click changes nothing."""
    if switch(item.id, on=on, at=now()):
        facts = {"plugin": item.id, "version": item.manifest.version if item.manifest else None}
        action = "portal.plugin_enabled" if on else "portal.plugin_disabled"
        record(action, EVERY_PLUGIN, actor=actor, at=now(), facts=facts)


@blueprint.post("/plugins/<plugin>/switch")
@requires(MANAGE_PLUGINS, prepare=_ready, item=installed)
def switch_plugin(item: Installed) -> Response:
    """Switch a plugin on or off, in every worker, from the next request on."""
    on = request.form.get("wish", "on") == "on"
    if g.prepared is not None:
        raise Conflict(_("It cannot be switched on: %(reason)s", reason=g.prepared))
    name = say(item.manifest.name) if item.manifest else item.id
    change_switch(item, on=on, actor=viewer())
    if on:
        message(_("%(name)s is on.", name=name))
    else:
        message(_("%(name)s is off. What was written in it is kept.", name=name))
    return see("core.plugins_page")


@blueprint.get("/plugins/<plugin>/fault")
@requires(MANAGE_PLUGINS, item=installed)
def plugin_fault(item: Installed) -> Response:
    """Show what broke, for IT."""
    last = _last_faults().get(item.id)
    state = item.state
    broken = state is not None and state.quarantined_at is not None
    facts: dict[str, Any]
    if broken and state is not None:
        facts = {"reason": state.reason, "phase": PHASES.get(state.phase or ""), "since": state.quarantined_at}
        facts |= {"reference": state.reference, "traceback": state.trace}
    elif last is not None:
        facts = {"reason": last.summary, "phase": last.place, "since": last.at}
        facts |= {"reference": last.reference, "traceback": last.trace}
    elif item.fault is not None:
        facts = {"reason": str(item.fault), "phase": PHASES[item.fault.phase], "since": None}
        facts |= {"reference": None, "traceback": item.fault.trace}
    else:
        raise NotFound(_("Nothing has broken here."))
    is_aside = broken and item.is_on
    return page(
        "pages/plugin_fault.html",
        name=say(item.manifest.name) if item.manifest else item.id,
        state=(_("set aside since %(when)s", when=instant(facts["since"])), "late") if is_aside else item.word,
        is_aside=is_aside or item.fault is not None,
        retry_url=url_for("core.switch_plugin", plugin=item.id) if broken else None,
        retry_note=_(
            "Code that never ran here is loaded anew; code that was already running needs a reload of the portal."
        ),
        back_url=url_for("core.plugins_page"),
        **facts,
    )
