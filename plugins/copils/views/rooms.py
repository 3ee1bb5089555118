"""What the page of the room shows: the question, whose turn it is, the form of its answer, the agenda (C07)."""

from __future__ import annotations

from typing import Any

from portal.api import function_choices, now

from plugins.copils.forms.answers import AnswerForm
from plugins.copils.models.copil import Copil
from plugins.copils.queries.agenda import heard_at
from plugins.copils.queries.copil_states import State, mark_of, state_of
from plugins.copils.queries.deciders import seats_of
from plugins.copils.queries.question_states import ANSWERS
from plugins.copils.queries.turns import ASKERS, floor_of, minutes_spent, next_question, question_now, turns_of


def answer_form(copil: Copil, form: AnswerForm | None = None) -> AnswerForm:
    """Make the form of an answer at a copil."""
    made = form or AnswerForm()
    offer_functions(made, copil)
    return made


def offer_functions(form: AnswerForm, copil: Copil) -> None:
    """Offer the functions that may commit, those who sit at a copil first."""
    form.offer(function_choices(), seats_of(copil.id, at=copil.began_at or now()))


def room_of(copil: Copil, form: AnswerForm | None = None) -> dict[str, Any]:
    """Give what the page of the room shows.

    :param form: an answer that was refused, as it was filled
    """
    at, questions, turns = now(), heard_at(copil), turns_of(copil.id)
    state, floor = state_of(copil, at=at), floor_of(copil, questions, turns, at=at)
    current = question_now(floor, questions, turns, is_running=state is State.RUNNING)
    heard = {turn.question_id for turn in turns if turn.side == ASKERS}
    return {
        "copil": copil,
        "state": state,
        "mark": mark_of(state),
        "is_running": state is State.RUNNING,
        "questions": questions,
        "current": current,
        "following": next_question(questions),
        "was_heard": current is not None and current.id in heard,
        "floor": floor,
        "overtime": floor.overtime_minutes(at) if floor else 0,
        "spent": minutes_spent(copil, turns, at=at),
        "answers": ANSWERS,
        "form": answer_form(copil, form) if current and not current.answered_at and not copil.is_listening else None,
    }
