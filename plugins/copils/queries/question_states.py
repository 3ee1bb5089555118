"""The states of a question, derived: what is said of it to those who read the copil, and to those who ask it (C07)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from portal.api import local_day, texts

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import DELEGATED, LATER, NO, YES, Question

_ = texts("copils")


class State(StrEnum):
    """Where a question stands."""

    GATHERING = "gathering"
    WAITING = "waiting"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ASKED = "asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


WORDS = {
    State.GATHERING: _.later("waiting for voices"),
    State.WAITING: _.later("waits for the next copil"),
    State.RETURNED: _.later("returned to those who asked"),
    State.WITHDRAWN: _.later("withdrawn by those who asked"),
    State.MERGED: _.later("asked together with another"),
    State.ASKED: _.later("asked"),
    State.ANSWERED: _.later("answered"),
    State.UNANSWERED: _.later("no answer"),
}
KINDS = {State.GATHERING: "wait", State.WAITING: "wait", State.RETURNED: "wait", State.UNANSWERED: "late"}
ANSWERS = {
    YES: _.later("yes, and a commitment"),
    NO: _.later("no, and here is why"),
    LATER: _.later("not now: looked at again later"),
    DELEGATED: _.later("handed to another function"),
}


def state_of(question: Question, copil: Copil | None, *, today: date) -> State:
    """Derive the state of a question on a day of the collectivity.

    Rule: C07 SPEC 4: without an answer after the seventh working day, it shows « sans réponse » by itself.

    :param copil: the one it is asked at; None while it waits for one
    """
    aside = {
        State.WITHDRAWN: question.withdrawn_at is not None,
        State.RETURNED: question.returned_at is not None,
        State.MERGED: question.merged_into_id is not None,
        State.GATHERING: question.asked_at is None,
        State.WAITING: copil is None,
        State.ANSWERED: question.answered_at is not None,
    }
    found = next((state for state, is_so in aside.items() if is_so), None)
    if found is not None or copil is None:
        return found or State.WAITING
    is_owed = copil.cancelled_at is None and not copil.is_listening
    return State.UNANSWERED if is_owed and today > copil.answers_due_on else State.ASKED


def was_late(question: Question) -> bool:
    """Tell whether the answer came after the seventh working day: it is taken, and that is shown (C07 SPEC 4)."""
    if question.answered_at is None or question.copil is None:
        return False
    return local_day(question.answered_at) > question.copil.answers_due_on


def is_on_agenda() -> sa.ColumnElement[bool]:
    """Give the criterion of the questions put at their copil: public, neither returned, withdrawn nor merged."""
    return sa.and_(
        Question.asked_at.is_not(None),
        Question.withdrawn_at.is_(None),
        Question.returned_at.is_(None),
        Question.merged_into_id.is_(None),
    )


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state."""
    return str(WORDS[state]), KINDS.get(state, "")
