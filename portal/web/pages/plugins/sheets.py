"""One plugin, for whoever decides about it: what it does, needs, keeps, calls, may do, costs; what broke in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, url_for

from portal.db import db
from portal.loader.discovery import name_of
from portal.loader.inventory.sheets import read_inventory
from portal.loader.manifest import Manifest, say
from portal.loader.metering import Cost, costs
from portal.loader.standing import Standing, standings
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.values import Role
from portal.web.addresses import safe_url
from portal.web.answers import page
from portal.web.pages.blueprint import blueprint
from portal.web.pages.plugins.acts import retry_of
from portal.web.pages.plugins.faults import fault_groups
from portal.web.pages.plugins.lists import calls, keeps, one_plugin, row_of
from portal.web.pages.plugins.words import hook_words, word
from portal.web.policy import requires

_ = texts(CORE)
ROLES = {
    Role.AGENT: _.later("every agent"),
    Role.ANIMATOR: _.later("who animates the group"),
    Role.PLUGIN_ADMIN: _.later("administrators of plugins"),
    Role.ADMIN: _.later("administrators"),
}
DATA = {
    "keeps": _.later("In short"),
    "purposes": _.later("What for"),
    "legal_basis": _.later("Legal basis"),
    "categories": _.later("Which data"),
    "retention": _.later("How long"),
}


@blueprint.get("/plugins/<plugin>")
@requires(MANAGE_PLUGINS, item=one_plugin)
def plugin_sheet(item: Standing) -> Response:
    """Show one plugin."""
    return page(
        "pages/plugin.html",
        row=row_of(item),
        retry=retry_of(item),
        retry_url=url_for("core.retry_plugin", plugin=item.id),
        about=_about(item),
        needs=_needs(item),
        data=_data(item.manifest),
        columns=_columns(item.id),
        permissions=_permissions(item.manifest),
        cuts=[(hook_words(cut.hook), cut) for cut in item.cuts],
        faults=fault_groups(item.id),
        costs=_costs(item),
        purge_url=_purge_url(item.id),
        homepage=safe_url(item.manifest.homepage) if item.manifest else None,
        aside_reference=item.quarantines[0].reference if item.quarantines else None,
    )


def _about(item: Standing) -> list[tuple[str, str]]:
    manifest = item.manifest
    if manifest is None:
        return []
    said = [
        (_("Version"), manifest.version),
        (_("Written by"), ", ".join(map(str, manifest.authors))),
        (_("Licence"), manifest.license),
        (_("Outside calls"), calls(manifest) or ""),
        (_("Weight of its files in the browser"), _weight(manifest)),
    ]
    return [(label, value) for label, value in said if value]


def _weight(manifest: Manifest) -> str:
    scripts, styles = (_bytes(manifest.folder / "static", suffix) for suffix in (".js", ".css"))
    if not scripts + styles:
        return _("none")
    return _("styles %(styles)s kB, scripts %(scripts)s kB", styles=-(-styles // 1000), scripts=-(-scripts // 1000))


def _bytes(folder: Path, suffix: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(f"*{suffix}"))


def _needs(item: Standing) -> dict[str, list[dict[str, Any]]]:
    """Give what it needs, what it uses when it is there, and who needs it, each with its state."""
    known = {standing.id: standing for standing in standings()}
    depends = item.manifest.depends if item.manifest else {}
    uses = item.manifest.uses if item.manifest else {}
    needing = [other.id for other in known.values() if other.manifest is not None and item.id in other.manifest.depends]
    lists = {"depends": list(depends), "uses": list(uses), "needed_by": needing}
    return {key: [_other(known.get(name), name) for name in names] for key, names in lists.items()}


def _other(standing: Standing | None, name: str) -> dict[str, Any]:
    url = url_for("core.plugin_sheet", plugin=name) if standing else None
    return {"name": name_of(name), "url": url, "state": word(standing) if standing else (_("missing"), "")}


def _data(manifest: Manifest | None) -> list[tuple[str, str]]:
    """Give the data sheet of the manifest: a text, or a table of languages, for each point."""
    sheet = dict(manifest.privacy) if manifest else {}
    sheet["keeps"] = keeps(manifest) or ""
    said = [(str(label), _said(sheet.get(key))) for key, label in DATA.items()]
    return [(label, value) for label, value in said if value]


def _columns(plugin: str) -> list[tuple[str, str, str]]:
    """Give what says something of a person, column by column: what, why, how long."""
    personal = [
        (f"{sheet.name}.{column.name}", column)
        for sheet in read_inventory(db.session).of(plugin)
        for column in sheet.columns
        if column.is_personal
    ]
    return [(name, column.reason, _days(column.keep_days)) for name, column in personal]


def _days(days: int | None) -> str:
    return _("as long as what it belongs to") if days is None else _.plural("%(num)s day", "%(num)s days", days)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return say({str(key): str(words) for key, words in value.items()})
    return value if isinstance(value, str) else ""


def _permissions(manifest: Manifest | None) -> list[tuple[str, str, str]]:
    declared = manifest.permissions.values() if manifest else ()
    yes, no = _("yes"), _("no")
    return [(say(item.title), str(ROLES[item.role]), yes if item.screen else no) for item in declared]


def _costs(item: Standing) -> list[tuple[str, str]]:
    cost: Cost | None = costs(db.session).get(item.id)
    if cost is None:
        return []
    return [
        (_("Pages given"), str(cost.pages)),
        (_("Share of the time of all answers"), _percent(cost.time_percent)),
        (_("Share of what the database is asked"), _percent(cost.sql_percent)),
    ]


def _percent(value: float) -> str:
    if 0 < value < 1:
        return _("less than %(percent)s%%", percent=1)
    return _("%(percent)s%%", percent=round(value))


def _purge_url(plugin: str) -> str | None:
    return url_for("core.purge_plugin", plugin=plugin) if read_inventory(db.session).of(plugin) else None
