"""The board « On cherche »: on screen, as a file, on a wall, on paper (C44 SPEC 1)."""

from __future__ import annotations

from flask import Response

from portal.api import (
    Table,
    Viewer,
    absolute_url,
    can,
    day,
    export_links,
    exported,
    listing,
    message,
    now,
    page,
    people,
    qr_uri,
    requires,
    see,
    session,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.board import DESK_FILTER, SHOWN_FILTER, TIME_FILTER, BoardFilters
from plugins.ambassadors.models.wanted import Wanted
from plugins.ambassadors.queries.board import ORDER, by_time, is_open, on_a_wall, said_among, state_of
from plugins.ambassadors.queries.time import TIME_WORDS
from plugins.ambassadors.queries.vocabulary import tags_by_id
from plugins.ambassadors.services.board_walls import WALL_SCOPE, close_wall, open_wall, wall_token
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")

ON_A_PAGE = 48
ON_A_WALL = 6
REFRESH_SECONDS = 300
GONE = _.later("This wall is closed. Whoever belongs to a lab can open it again from the board.")


@blueprint.get("/board")
@signed_in()
def board():
    """List what is looked for, by the time it needs, the newest first in each."""
    filters, at = BoardFilters(), now()
    search = filters.search
    found = listing(search.statement, search.values(viewer(), at=at), order_by=ORDER, size=ON_A_PAGE)
    return page(
        "ambassadors/board.html",
        page=found,
        by_time=by_time(found.items),
        times=TIME_WORDS,
        filters=filters,
        choices={"time": TIME_FILTER, "desk": DESK_FILTER, "shown": SHOWN_FILTER},
        names=people(one.author_id for one in found.items),
        me=viewer().person_id,
        said=said_among(viewer(), found.items),
        state_of=lambda one: None if is_open(one, at=at) else state_of(one, at=at),
        may_answer=can(viewer(), permissions.ASK),
        may_post=can(viewer(), permissions.WANT),
        is_filtered=any(filters.data.values()),
        exports=export_links("ambassadors.board_export", "q", "time", "desk", "shown"),
    )


def _yes(truth: object) -> str:
    return _("yes") if truth else _("no")


COLUMNS: Table = {
    "title": (_.later("What is to be done"), lambda row: row[0].title),
    "time": (_.later("Time"), lambda row: str(TIME_WORDS[row[0].minutes])),
    "without_computer": (_.later("without a computer"), lambda row: _yes(row[0].is_without_computer)),
    "place": (_.later("Where"), lambda row: row[0].place),
    "role": (_.later("Role"), lambda row: row[1]),
    "details": (_.later("In more words"), lambda row: row[0].details),
    "until": (_.later("Until when"), lambda row: row[0].last_on),
    "address": (_.later("Address"), lambda row: absolute_url("ambassadors.wanted", wanted_id=row[0].id)),
}


@blueprint.get("/board.<any(csv, json):fmt>")
@signed_in()
def board_export(fmt) -> Response:
    """Give the same openings as the board, in the same order; nobody's name."""
    search = BoardFilters().search
    ordered = search.statement.order_by(*(column.desc() for column in ORDER))
    found = list(session.scalars(ordered, search.values(viewer(), at=now())))
    roles = tags_by_id(one.tag_id for one in found if one.tag_id)
    rows = ((one, roles[one.tag_id].label if one.tag_id else "") for one in found)
    return exported(fmt, "openings", COLUMNS, rows)


@blueprint.get("/board/wall")
@signed_in()
def board_wall():
    """Show the wall to somebody who is signed in."""
    return _wall(viewer())


@blueprint.get("/wall/<token>")
@token(WALL_SCOPE, reader=True, gone=GONE)
def open_board_wall(grant):
    """Show the wall where nobody is signed in."""
    return _wall(viewer())


def _wall(who: Viewer) -> Response:
    found, address = on_a_wall(who, at=now()), absolute_url("ambassadors.board")
    return page(
        "ambassadors/board_wall.html",
        columns=[_column(minutes, openings) for minutes, openings in found.items()],
        code=qr_uri(address),
        address=address,
        refresh_seconds=REFRESH_SECONDS,
    )


def _column(minutes: int, openings: list[Wanted]) -> dict[str, object]:
    left = len(openings) - ON_A_WALL
    more = _.plural("and %(num)s other", "and %(num)s others", left) if left > 0 else None
    items = [{"title": one.title, "note": note_of(one)} for one in openings[:ON_A_WALL]]
    return {"title": TIME_WORDS[minutes], "kind": "", "items": items, "total": len(openings), "more": more}


def note_of(wanted: Wanted) -> str:
    """Say of an opening, on a wall or on paper, what one must know to say yes."""
    notes = [_("until %(day)s", day=day(wanted.last_on)), wanted.place]
    notes += [_("without a computer")] if wanted.is_without_computer else []
    return " · ".join(filter(None, notes))


@blueprint.get("/board/sheet")
@signed_in()
def board_sheet():
    """Print the board for a notice board, with a code that brings back."""
    address = absolute_url("ambassadors.board")
    found = on_a_wall(viewer(), at=now())
    return page(
        "ambassadors/board_sheet.html",
        by_time=found,
        times=TIME_WORDS,
        note_of=note_of,
        code=qr_uri(address),
        address=address,
        printed_at=now(),
    )


@blueprint.get("/board/door")
@requires(permissions.WANT)
def board_door():
    """Show the address of the wall without session, or offer to open it."""
    found = wall_token()
    address = absolute_url("ambassadors.open_board_wall", token=found) if found else None
    return page("ambassadors/board_door.html", address=address)


@blueprint.post("/board/door")
@requires(permissions.WANT)
def board_open():
    """Open the wall."""
    open_wall(viewer(), at=now())
    return see("ambassadors.board_door")


@blueprint.post("/board/door/close")
@requires(permissions.WANT)
def board_close():
    """Close it."""
    close_wall(viewer(), at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("ambassadors.board_door")
