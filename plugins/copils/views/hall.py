"""The board seen from afar: the wall of the hall, signed in or not, and the sheet of the notice board (C07)."""

from __future__ import annotations

from flask import Response

from portal.api import (
    Viewer,
    absolute_url,
    day,
    message,
    now,
    page,
    qr_uri,
    requires,
    see,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.queries.commitment_states import State
from plugins.copils.queries.commitments import Glance
from plugins.copils.queries.walls import BoardColumn, board_columns
from plugins.copils.services.hall import HALL_SCOPE, close_hall, hall_token, open_hall
from plugins.copils.views.blueprint import blueprint

_ = texts("copils")

ON_A_WALL = 8
ON_A_SHEET = 40
REFRESH_SECONDS = 300
ELSEWHERE = (_.later("Read what was promised to all"), "copils.public_board")
GONE = _.later("This wall is closed. Whoever announces copils can open it again from the board of commitments.")


@blueprint.get("/hall")
@signed_in()
def hall():
    """Show the wall to somebody who is signed in."""
    return _wall(viewer())


@blueprint.get("/wall/<token>")
@token(HALL_SCOPE, reader=True, gone=GONE, elsewhere=ELSEWHERE)
def open_wall(grant):
    """Show the wall in the hall, where nobody is signed in."""
    return _wall(viewer())


def _wall(who: Viewer) -> Response:
    found = board_columns(who, at=now(), most=ON_A_WALL)
    return page("copils/hall.html", columns=[_column(column) for column in found], refresh_seconds=REFRESH_SECONDS)


def _column(column: BoardColumn) -> dict[str, object]:
    more = _.plural("and %(num)s other", "and %(num)s others", column.left) if column.left else None
    items = [{"title": glance.commitment.text, "note": _note(glance)} for glance in column.glances]
    return {"title": column.title, "kind": column.kind, "items": items, "total": column.total, "more": more}


def _note(glance: Glance) -> str:
    commitment = glance.commitment
    if glance.state is State.KEPT:
        when = _("confirmed by those who asked")
    else:
        when = (
            glance.mark[0]
            if glance.state in {State.LATE, State.SAID_DONE, State.UNCONFIRMED}
            else day(commitment.due_on)
        )
    notes = [glance.function.name, when]
    if commitment.postponed:
        notes.append(_.plural("postponed %(num)s time", "postponed %(num)s times", commitment.postponed))
    return " · ".join(notes)


@blueprint.get("/hall/door")
@requires(permissions.ANNOUNCE)
def hall_door():
    """Show the address of the wall without session, or offer to open it."""
    found = hall_token()
    return page("copils/hall_door.html", address=absolute_url("copils.open_wall", token=found) if found else None)


@blueprint.post("/hall/door")
@requires(permissions.ANNOUNCE)
def hall_open():
    """Open the wall."""
    open_hall(viewer(), at=now())
    return see("copils.hall_door")


@blueprint.post("/hall/door/close")
@requires(permissions.ANNOUNCE)
def hall_close():
    """Close it."""
    close_hall(viewer(), at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("copils.hall_door")


@blueprint.get("/sheet")
@signed_in()
def sheet():
    """Print the board, with a code that brings whoever has no account back to what they may read."""
    found = hall_token()
    address = absolute_url("copils.open_wall", token=found) if found else absolute_url("copils.public_board")
    return page(
        "copils/sheet.html",
        columns=board_columns(viewer(), at=now(), most=ON_A_SHEET),
        code=qr_uri(address),
        address=address,
        printed_at=now(),
    )
