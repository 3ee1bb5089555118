"""The purge of a plugin: what would go, an export kept on the server, the id typed to be sure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, current_app, g, request, url_for
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.content.privacy.register import register
from portal.db import db
from portal.errors import Conflict, Invalid, PortalError
from portal.loader.discovery import name_of
from portal.loader.inventory.noting import owner_of
from portal.loader.inventory.sheets import read_inventory
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.values import Action, Viewer
from portal.web.answers import form_page, message, page, see
from portal.web.forms import Form
from portal.web.pages.blueprint import blueprint
from portal.web.policy import requires, viewer

_ = texts(CORE)


class PurgeForm(Form):
    """The id, typed."""

    typed = StringField(_.later("Type the name of the plugin"), validators=[InputRequired(), Length(max=20)])


def planned(viewer: Viewer, *, plugin: str) -> Any:
    """Say what a purge would take away.

    :raises NotFound: it keeps nothing here
    """
    return current_app.config["PURGE_PLAN"](plugin)


def _purged() -> Path | PortalError:
    """Purge before the lock, in a transaction of its own: foreign keys are off while tables go."""
    plugin = (request.view_args or {})["plugin"]
    if request.form.get("typed", "").strip() != plugin:
        return Invalid(_("This is not its name: type “%(name)s”.", name=plugin), field="typed")
    actor_id = viewer().person_id
    db.session.rollback()  # in PostgreSQL, what this request has only read would keep the tables from going
    try:
        kept: Path = current_app.config["PURGE"](plugin, actor_id)
    except PortalError as refusal:
        return refusal
    return kept


def any_plugin(viewer: Viewer, *, plugin: str) -> str:
    """Give the id from the address: after the purge there is no plan any more."""
    return plugin


@blueprint.get("/plugins/<plugin>/purge")
@requires(MANAGE_PLUGINS, plan=planned)
def purge_plugin(plan: Any) -> Response:
    """Say what goes and what stays; refused while it is on, or while something refers to its tables."""
    try:
        plan.check()
    except Conflict as refusal:
        return _refused(plan, refusal)
    return _page(plan, PurgeForm())


@blueprint.post("/plugins/<plugin>/purge")
@requires(MANAGE_PLUGINS, prepare=_purged, plugin=any_plugin)
def purge_now(plugin: str) -> Response:
    """Purge a plugin."""
    if isinstance(g.prepared, Invalid):
        form = PurgeForm()
        form.refuse(g.prepared)
        return _page(planned(viewer(), plugin=plugin), form)
    if isinstance(g.prepared, Conflict):
        return _refused(planned(viewer(), plugin=plugin), g.prepared)
    if isinstance(g.prepared, PortalError):
        raise g.prepared
    said = _("%(plugin)s is purged. Its export stays on the server for 30 days: %(file)s")
    message(said % {"plugin": plugin, "file": g.prepared.name})
    return see("core.plugins_page")


def _page(plan: Any, form: PurgeForm) -> Response:
    said = next((item for item in register(read_inventory(db.session)) if item.plugin == plan.plugin), None)
    own, shared = (sum(rows for _name, rows in tables) for tables in (plan.tables, plan.shared))
    back = url_for("core.plugin_sheet", plugin=plan.plugin)
    return form_page("pages/purge.html", form, plan=plan, own=own, shared=shared, said=said, cancel_url=back)


def _refused(plan: Any, refusal: Conflict) -> Response:
    """Say why not now, and lead to what opens the way."""
    holders = dict.fromkeys(owner_of(table) for table in plan.holders)
    ways = [
        Action(_("Purge “%(name)s”", name=name_of(one)), url_for("core.purge_plugin", plugin=one)) for one in holders
    ]
    if plan.is_on:
        ways = [Action(_("Switch off…"), url_for("core.confirm_plugin", plugin=plan.plugin), kind="main")]
    ways.append(Action(_("Leave everything as it is"), url_for("core.plugin_sheet", plugin=plan.plugin), kind="quiet"))
    title = _("“%(name)s” cannot be purged yet", name=plan.name)
    return page("pages/error.html", status=refusal.status, title=title, text=str(refusal), actions=ways)
