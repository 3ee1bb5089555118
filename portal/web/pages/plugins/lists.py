"""The plugins page: what is installed, what is on, what broke and why; one switch each."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for

from portal.content.settings import form_of
from portal.db import db
from portal.errors import Conflict, PluginFault, PortalError
from portal.loader.discovery import name_of
from portal.loader.manifest import Manifest, say
from portal.loader.metering import Cost, costs
from portal.loader.standing import Standing, standing_of, standings
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.values import Viewer
from portal.web.answers import message, page, see
from portal.web.pages.blueprint import blueprint
from portal.web.pages.plugins.acts import change_switch, off_needs, prepare, take_back
from portal.web.pages.plugins.words import reasons, word
from portal.web.policy import requires, viewer

_ = texts(CORE)


def one_plugin(viewer: Viewer, *, plugin: str) -> Standing:
    """Give one plugin, installed or remembered.

    :raises NotFound: never heard of
    """
    return standing_of(plugin)


def row_of(standing: Standing, cost: Cost | None = None) -> dict[str, Any]:
    """Give what a template says of one plugin."""
    manifest, said = standing.manifest, reasons(standing)
    percent = round(cost.time_percent) if cost else 0
    return {
        "id": standing.id,
        "name": name_of(standing.id),
        "url": url_for("core.plugin_sheet", plugin=standing.id),
        "summary": say(manifest.summary) if manifest else "",
        "version": manifest.version if manifest else "",
        "state": word(standing),
        "reasons": said,
        "reference": standing.quarantines[0].reference if standing.quarantines and standing.is_on else None,
        "keeps": _("keeps: %(what)s", what=kept) if (kept := keeps(manifest)) else None,
        "calls": calls(manifest),
        "meter": (percent, _("time of the pages: %(percent)s%%", percent=percent)) if cost else None,
        "is_on": standing.is_on,
        "may_switch_on": standing.may_switch_on,
        "may_switch_off": standing.may_switch_off,
        "may_retry": standing.may_retry,
        "asks_first": bool(off_needs(standing.id)) if standing.may_switch_on else False,
        "switch_url": url_for("core.switch_plugin", plugin=standing.id),
        "confirm_url": url_for("core.confirm_plugin", plugin=standing.id),
        "settings_url": url_for("core.plugin_settings", plugin=standing.id) if form_of(standing.id) else None,
        "suspends": [name_of(name) for name in standing.needed_by],
    }


def calls(manifest: Manifest | None) -> str | None:
    """Say whom a plugin may call, by itself or by a frame of its pages."""
    if manifest is None:
        return None
    hosts = dict.fromkeys([*manifest.network.get("hosts", []), *manifest.network.get("frames", [])])
    return _("calls %(hosts)s", hosts=", ".join(hosts)) if hosts else _("calls nobody")


def keeps(manifest: Manifest | None) -> str | None:
    """Say what a plugin keeps, in the words of its manifest: a table of languages, or one text for all."""
    words = manifest.privacy.get("keeps") if manifest else None
    if isinstance(words, dict):
        return say(words)
    return words if isinstance(words, str) else None


@blueprint.get("/plugins")
@requires(MANAGE_PLUGINS)
def plugins_page() -> Response:
    """List the plugins."""
    spent = costs(db.session)
    rows = [row_of(standing, spent.get(standing.id)) for standing in standings()]
    return page("pages/plugins.html", rows=rows)


@blueprint.get("/plugins/<plugin>/switch")
@requires(MANAGE_PLUGINS, item=one_plugin)
def confirm_plugin(item: Standing) -> Response:
    """Ask once: before switching off, or before switching on with all that it needs."""
    row = row_of(item)
    if item.is_on or not item.may_switch_on:
        return page("pages/plugin_off.html", row=row, cancel_url=row["url"])
    needs = [name_of(need) for need in off_needs(item.id)]
    return page("pages/plugin_on.html", row=row, needs=needs, cancel_url=row["url"])


def _ready() -> PortalError | None:
    """Try the plugin apart and bring its tables up to date, before the lock: both happen in another process."""
    plugin = (request.view_args or {})["plugin"]
    if request.form.get("wish", "on") != "on":
        return None
    wanted = [*(off_needs(plugin) if request.form.get("needs") else ()), plugin]
    return prepare(wanted, renew=True)


@blueprint.post("/plugins/<plugin>/switch")
@requires(MANAGE_PLUGINS, prepare=_ready, item=one_plugin)
def switch_plugin(item: Standing) -> Response:
    """Switch a plugin on or off, in every worker, from the next request on."""
    on = request.form.get("wish", "on") == "on"
    _refuse_unready(item)
    for need in off_needs(item.id) if on and request.form.get("needs") else ():
        change_switch(standing_of(need), on=True, actor=viewer())
    change_switch(item, on=on, actor=viewer())
    name = name_of(item.id)
    if on:
        message(_("%(name)s is on.", name=name))
    else:
        message(_("%(name)s is off. What was written in it is kept.", name=name))
    return see("core.plugins_page")


def _refuse_unready(item: Standing) -> None:
    if g.prepared is None:
        return
    reason = g.prepared
    if isinstance(reason, PluginFault) and reason.plugin != item.id:
        reason = f"{name_of(reason.plugin)}: {reason}"
    raise Conflict(_("It cannot be switched on: %(reason)s", reason=reason))


def _ready_again() -> PortalError | None:
    return prepare([(request.view_args or {})["plugin"]], renew=True)


@blueprint.post("/plugins/<plugin>/retry")
@requires(MANAGE_PLUGINS, prepare=_ready_again, item=one_plugin)
def retry_plugin(item: Standing) -> Response:
    """Try again what broke, in every worker, from the next request on."""
    if not item.may_retry:
        raise Conflict(_("Nothing of it waits to be tried again."))
    _refuse_unready(item)
    take_back(item, actor=viewer())
    message(_("%(name)s is back, with all that waited for it.", name=name_of(item.id)))
    return see("core.plugin_sheet", plugin=item.id)
