"""The wall of the open questions of all labs, signed in or by an address (C36)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from portal.api import Audience, absolute_url, message, now, page, requires, see, signed_in, texts, token, viewer

from plugins.regards import permissions
from plugins.regards.models.board import LEVELS
from plugins.regards.queries.lines import open_questions
from plugins.regards.services.wall import WALL_SCOPE, close_wall, open_wall, wall_token
from plugins.regards.views.blueprint import blueprint

_ = texts("regards")

WALL_PAGE = "regards/questions_wall.html"
ON_A_WALL = 6
REFRESH_SECONDS = 300
GONE = _.later("This wall is closed. Whoever opened it can open it again from the list of the open questions.")


@blueprint.get("/q/wall")
@signed_in()
def questions_wall():
    """Show the wall to somebody who is signed in."""
    return _wall(LEVELS)


@blueprint.get("/wall/<token>")
@token(WALL_SCOPE, reader=True, gone=GONE)
def open_questions_wall(grant):
    """Show the wall where nobody is signed in: what every agent may read, never what the network alone does."""
    return _wall(LEVELS[LEVELS.index(Audience.INTRANET) :])


def _wall(audiences: Sequence[Audience]) -> Response:
    """Answer the wall: no name of a person stands on it."""
    lines, count = open_questions(viewer(), at=now(), most=ON_A_WALL, audiences=audiences)
    is_narrow = Audience.NETWORK not in audiences
    left = count - len(lines)
    return page(WALL_PAGE, lines=lines, left=left, is_narrow=is_narrow, refresh_seconds=REFRESH_SECONDS)


@blueprint.get("/q/door")
@requires(permissions.OPEN)
def door():
    """Show the address of the wall without session, or offer to open it."""
    found = wall_token(viewer())
    address = absolute_url("regards.open_questions_wall", token=found) if found else None
    return page("regards/door.html", address=address)


@blueprint.post("/q/door")
@requires(permissions.OPEN)
def door_open():
    """Open the wall."""
    open_wall(viewer(), at=now())
    return see("regards.door")


@blueprint.post("/q/door/close")
@requires(permissions.OPEN)
def door_close():
    """Close it."""
    close_wall(viewer(), at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("regards.door")
