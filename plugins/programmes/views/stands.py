"""Pages of the fair: the stands of a day, one stand, its poster, and what its code opens without an account (C35)."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from portal.api import (
    Table,
    absolute_url,
    actions_of,
    can,
    export_links,
    exported,
    group_cards,
    history_of,
    now,
    page,
    people,
    qr_uri,
    requires,
    sections_of,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.programmes import is_organiser, readable_programme
from plugins.programmes.queries.stands import closed_stands_of, holders_of, programme_of, stands_of
from plugins.programmes.services.facts import has_come, is_past
from plugins.programmes.services.stands import code_of, may_hold
from plugins.programmes.services.walls import STAND_SCOPE
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.fair_loaders import CODE_GONE, one_stand, visited_stand
from plugins.programmes.views.loaders import one_programme, own_programme

_ = texts("programmes")

Row = tuple[Stand, str, str]


@blueprint.get("/<int:programme_id>/stands")
@signed_in(programme=one_programme)
def stands(programme):
    """List the stands of a day in the order of their turns; whoever organises adds, orders and opens again."""
    organises = is_organiser(viewer(), programme) and can(viewer(), permissions.ORGANISE, programme)
    return page(
        "programmes/stands.html",
        programme=programme,
        stands=rows_of(stands_of(programme)),
        closed=closed_stands_of(programme) if organises else [],
        organises=organises and programme.cancelled_at is None,
        has_packs=organises and has_come(programme, now()),
        is_past=is_past(programme, now()),
        exports=export_links("programmes.stands_export", programme_id=programme.id),
    )


def rows_of(kept: list[Stand]) -> list[Row]:
    """Give stands with the names of those who hold them and of their lab, for people."""
    held, labs = holders_of(stand.id for stand in kept), _lab_names()
    names = people(number for numbers in held.values() for number in numbers)
    return [
        (stand, ", ".join(names[number].name for number in held.get(stand.id, ())), labs.get(stand.lab_group_id, ""))
        for stand in kept
    ]


def _lab_names() -> dict[int | None, str]:
    return {card.id: card.name for card in group_cards(viewer())}


@blueprint.get("/<int:programme_id>/stands.<any(csv, json):fmt>")
@signed_in(programme=one_programme)
def stands_export(programme, fmt):
    """Give the stands of the list."""
    table: Table = {
        "title": (_("Stand"), lambda row: row[0].title),
        "points": (_("What there is to see"), lambda row: " · ".join(row[0].points)),
        "place": (_("Where in the room"), lambda row: row[0].place),
        "lab": (_("Lab"), lambda row: row[2]),
        "holders": (_("Held by"), lambda row: row[1]),
    }
    return exported(fmt, "stands", table, rows_of(stands_of(programme)))


@blueprint.get("/stands/<int:stand_id>")
@signed_in(stand=one_stand)
def stand(stand):
    """Show one stand: its points, who holds it, what other plugins know of it."""
    programme = programme_of(stand)
    return page(
        "programmes/stand.html",
        stand=stand,
        programme=programme,
        holders=_holders(stand),
        may_change=_may_change(stand),
        lab=_lab_names().get(stand.lab_group_id),
        offers=actions_of(stand.subject),
        sections=sections_of(stand.subject),
        past=history_of(stand.subject),
    )


def _holders(stand: Stand) -> list[Any]:
    numbers = holders_of([stand.id]).get(stand.id, [])
    named = people(numbers)
    return [named[number] for number in numbers]


def _may_change(stand: Stand) -> bool:
    who = viewer()
    is_kept = stand.closed_at is None and programme_of(stand).cancelled_at is None
    return is_kept and can(who, permissions.HOLD, stand) and may_hold(who, stand)


@blueprint.get("/stands/<int:stand_id>/poster")
@signed_in(stand=one_stand)
def stand_poster(stand):
    """Print the stand, A4, with the code that opens its page to whoever stands before it."""
    return _posters([stand], programme_of(stand), title=stand.title)


@blueprint.get("/<int:programme_id>/posters")
@requires(permissions.ORGANISE, programme=own_programme)
def posters(programme):
    """Print the posters of all the stands, one sheet each."""
    return _posters(stands_of(programme), programme, title=_("The posters of the stands"))


def _posters(kept: list[Stand], programme: Programme, *, title: str) -> Response:
    sheets = [(stand, address, qr_uri(address)) for stand in kept for address in [address_of(stand)]]
    return page("programmes/poster.html", sheets=sheets, programme=programme, title=title)


def address_of(stand: Stand) -> str:
    """Give the address that the code of a stand opens; once it is dead, that of its page."""
    code = code_of(stand)
    if code is None:
        return absolute_url("programmes.stand", stand_id=stand.id)
    return absolute_url("programmes.visit", token=code)


@blueprint.get("/s/<token>")
@token(STAND_SCOPE, gone=CODE_GONE, stand=visited_stand)
def visit(stand):
    """Show a stand to whoever scanned its code, with or without an account: its points, and what plugins offer there.

    Who holds it is said to agents alone.
    """
    programme = programme_of(stand)
    reads = viewer().is_signed_in and readable_programme(viewer(), programme.id, at=now()) is not None
    return page(
        "programmes/visit.html",
        stand=stand,
        programme=programme,
        sections=sections_of(stand.subject),
        page_url=url_for("programmes.stand", stand_id=stand.id) if reads else None,
    )
