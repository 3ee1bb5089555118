"""The room, from one laptop: who came, whose turn it is, the answers as they are given (C07 SPEC 3, 4 and 12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request, url_for

from portal.api import Conflict, Form, form_page, message, now, page, requires, see, texts, viewer

from plugins.copils import permissions
from plugins.copils.forms.copils import ClickForm, FloorForm, presence_form
from plugins.copils.models.copil import Copil
from plugins.copils.queries.agenda import heard_at
from plugins.copils.queries.copil_states import EARLY, may_begin
from plugins.copils.queries.deciders import seats_of
from plugins.copils.services.running import begin, close, correct_presence, has_quorum
from plugins.copils.services.turns import give_floor
from plugins.copils.services.turns import pause as pause_turns
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import own_copil
from plugins.copils.views.rooms import room_of

_ = texts("copils")


def _to_room(copil: Copil):
    return see("copils.live", copil_id=copil.id)


@blueprint.get("/sessions/<int:copil_id>/live")
@requires(permissions.FACILITATE, copil=own_copil)
def live(copil):
    """Show the room: before, who came; during, one question at a time; after, what is still to be written down."""
    if copil.began_at is None:
        return see("copils.presence", copil_id=copil.id)
    return page("copils/live.html", **room_of(copil))


@blueprint.route("/sessions/<int:copil_id>/presence", methods=["GET", "POST"])
@requires(permissions.FACILITATE, copil=own_copil)
def presence(copil):
    """Note who came, and begin; correct it until the first answer."""
    at = now()
    seats = seats_of(copil.id, at=copil.began_at or at)
    form = presence_form(seats)
    if form.submitted():
        came = {seat.decider.id: form[f"seat_{seat.decider.id}"].data for seat in seats}
        if not has_quorum(seats, came) and not request.form.get("sure"):
            return form_page("copils/presence.html", form, asks_if_sure=True, **_threshold(copil, form, seats))
        with form.attempt():
            (correct_presence if copil.began_at else begin)(viewer(), copil, presences=came, at=at)
            return _after_presence(copil)
    return form_page("copils/presence.html", form, **_threshold(copil, form, seats))


def _threshold(copil: Copil, form: Form, seats: list[Any]) -> dict[str, Any]:
    at = now()
    return {
        "copil": copil,
        "seats": [(seat, form[f"seat_{seat.decider.id}"]) for seat in seats],
        "can_begin": may_begin(copil, at=at) or copil.began_at is not None,
        "opens_at": copil.held_at - EARLY,
        "cancel_url": url_for("copils.copil", copil_id=copil.id),
    }


def _after_presence(copil: Copil):
    if copil.is_listening:
        message(_("Less than half came: the field is listened to, and the same questions are put again."), "wait")
    return _to_room(copil)


@blueprint.post("/sessions/<int:copil_id>/turn")
@requires(permissions.FACILITATE, copil=own_copil)
def turn(copil):
    """Give the floor to one side of a question."""
    form = FloorForm()
    question = next((row for row in heard_at(copil) if row.id == form.question.data), None)
    if question is None:
        raise Conflict(_("This question is not on the agenda of this copil."))
    side, ago = form.side.data or "", timedelta(seconds=form.seconds_ago)
    give_floor(viewer(), copil, question, side=side, ago=ago, at=now())
    return _to_room(copil)


@blueprint.post("/sessions/<int:copil_id>/pause")
@requires(permissions.FACILITATE, copil=own_copil)
def pause(copil):
    """Give the floor to nobody for a while."""
    pause_turns(viewer(), copil, ago=timedelta(seconds=ClickForm().seconds_ago), at=now())
    return _to_room(copil)


@blueprint.get("/sessions/<int:copil_id>/close")
@requires(permissions.FACILITATE, copil=own_copil)
def close_page(copil):
    """Ask before a copil is closed."""
    if copil.began_at is None:
        return see("copils.presence", copil_id=copil.id)
    left = sum(question.answered_at is None for question in heard_at(copil))
    return page("copils/close.html", copil=copil, left=left, cancel_url=url_for("copils.live", copil_id=copil.id))


@blueprint.post("/sessions/<int:copil_id>/close")
@requires(permissions.FACILITATE, copil=own_copil)
def close_copil(copil):
    """Close it."""
    close(viewer(), copil, at=now())
    message(_("The copil is closed. What was answered can still be written down."))
    return see("copils.copil", copil_id=copil.id)
