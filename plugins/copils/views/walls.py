"""The wall of the room: what is asked, whose turn it is, what was answered; with a session or by an address (C07)."""

from __future__ import annotations

from flask import Response, request, url_for

from portal.api import (
    Grant,
    Viewer,
    absolute_url,
    function_cards,
    message,
    now,
    page,
    qr_svg,
    requires,
    see,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.models.copil import Copil
from plugins.copils.queries.agenda import heard_at
from plugins.copils.queries.copil_states import CURRENT, State, mark_of, state_of
from plugins.copils.queries.question_states import ANSWERS
from plugins.copils.queries.turns import floor_of, question_now, turns_of
from plugins.copils.services.walls import ROOM_SCOPE, close_room, open_room, room_of
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.hall import ELSEWHERE
from plugins.copils.views.loaders import one_copil, own_copil

_ = texts("copils")
GONE = _.later("This wall is closed. Whoever facilitates the copil can open it again from its page.")
REFRESH_SECONDS = 5


def projected(viewer: Viewer, *, grant: Grant) -> Copil:
    """Give the copil of a wall, if the person who opened it may still read it.

    :raises NotFound: they may not
    """
    return one_copil(viewer, copil_id=grant.subject.id if grant.subject else 0)


@blueprint.get("/sessions/<int:copil_id>/wall")
@signed_in(copil=one_copil)
def wall(copil):
    """Project the room."""
    return _wall(copil, code=url_for("copils.copil_qr", copil_id=copil.id))


@blueprint.get("/room/<token>")
@token(ROOM_SCOPE, reader=True, gone=GONE, elsewhere=ELSEWHERE, copil=projected)
def projected_wall(copil):
    """Project the room without session."""
    return _wall(copil, code=url_for("copils.projected_qr", token=(request.view_args or {})["token"]))


@blueprint.get("/room/<token>/qr.svg")
@token(ROOM_SCOPE, reader=True, gone=GONE, copil=projected)
def projected_qr(copil) -> Response:
    """Draw the code that leads to the page of the copil."""
    return qr_svg(absolute_url("copils.copil", copil_id=copil.id))


def _wall(copil: Copil, *, code: str) -> Response:
    """Answer the wall: no name of a person stands on it."""
    at, questions, turns = now(), heard_at(copil), turns_of(copil.id)
    floor, state = floor_of(copil, questions, turns, at=at), state_of(copil, at=at)
    return page(
        "copils/wall.html",
        copil=copil,
        state=state,
        mark=mark_of(state),
        floor=floor,
        level=floor.level(at) if floor else 0,
        overtime=floor.overtime_minutes(at) if floor else 0,
        current=question_now(floor, questions, turns, is_running=state is State.RUNNING),
        questions=questions,
        answered=[question for question in questions if question.answered_at],
        answers=ANSWERS,
        functions=function_cards([row.answer_function_id for row in questions if row.answer_function_id], at=at),
        code=code,
        address=absolute_url("copils.copil", copil_id=copil.id),
        refresh_seconds=REFRESH_SECONDS,
    )


@blueprint.get("/sessions/<int:copil_id>/room")
@requires(permissions.FACILITATE, copil=own_copil)
def room(copil):
    """Show the address to open on the projector, or offer to make one."""
    found = room_of(copil)
    address = absolute_url("copils.projected_wall", token=found) if found else None
    is_current = state_of(copil, at=now()) in CURRENT
    return page("copils/room.html", copil=copil, address=address, is_current=is_current)


@blueprint.post("/sessions/<int:copil_id>/room")
@requires(permissions.FACILITATE, copil=own_copil)
def open_room_wall(copil):
    """Open the address."""
    open_room(viewer(), copil, at=now())
    return see("copils.room", copil_id=copil.id)


@blueprint.post("/sessions/<int:copil_id>/room/close")
@requires(permissions.FACILITATE, copil=own_copil)
def close_room_wall(copil):
    """Close it."""
    close_room(viewer(), copil, at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("copils.room", copil_id=copil.id)
