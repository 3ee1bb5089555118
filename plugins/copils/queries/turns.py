"""Whose turn it is, how long it may last, how the time was shared (C07 SPEC 3).

Everything is derived from the turns that were noted: a page read on another screen says the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import session, texts

from plugins.copils.models.copil import Copil, Turn
from plugins.copils.models.question import Question
from plugins.copils.queries.copil_states import State, ends_at, state_of

_ = texts("copils")

ASKERS, DECIDERS = "askers", "deciders"
SIDES = {ASKERS: _.later("those who ask"), DECIDERS: _.later("those who decide")}
LEAST_SHARE = timedelta(minutes=1)
LEVELS = 20


@dataclass(frozen=True, slots=True)
class Floor:
    """The turn that runs.

    :ivar until: when the share of this side is used up; the turn itself ends when somebody ends it
    :ivar share: half of the time of the question; those who decide get no more, those who ask may get what they leave
    """

    turn: Turn
    question: Question
    until: datetime
    share: timedelta

    @property
    def side(self) -> str:
        """Give the words for who has the floor."""
        return str(SIDES[self.turn.side])

    def level(self, at: datetime) -> int:
        """Give the level of the sand, from 0 (all the time is to come) to 20 (time is up)."""
        left = min(max(self.until - at, timedelta()), self.share)
        return LEVELS - LEVELS * left // self.share

    def overtime_minutes(self, at: datetime) -> int:
        """Count the whole minutes beyond the share."""
        return max(at - self.until, timedelta()) // timedelta(minutes=1)


def turns_of(copil_id: int) -> list[Turn]:
    """List the turns of a copil in the order they were given."""
    return list(session.scalars(sa.select(Turn).where(Turn.copil_id == copil_id).order_by(Turn.id)))


def running_turn(copil_id: int) -> Turn | None:
    """Give the turn that runs; there is at most one."""
    running = sa.select(Turn).where(Turn.copil_id == copil_id, Turn.ended_at.is_(None))
    return session.scalar(running.order_by(Turn.id.desc()).limit(1))


def was_heard(copil: Copil, question: Question) -> bool:
    """Tell whether those who ask a question had the floor on it at this copil (C07 SPEC 3)."""
    theirs = sa.and_(Turn.copil_id == copil.id, Turn.question_id == question.id, Turn.side == ASKERS)
    return session.scalar(sa.select(Turn.id).where(theirs).limit(1)) is not None


def _spent(turns: Iterable[Turn], *, at: datetime) -> dict[str, timedelta]:
    """Sum the time of each side."""
    total = {ASKERS: timedelta(), DECIDERS: timedelta()}
    for turn in turns:
        total[turn.side] += max((turn.ended_at or at) - turn.started_at, timedelta())
    return total


def minutes_spent(copil: Copil, turns: Iterable[Turn], *, at: datetime) -> dict[str, int]:
    """Give the time of each side in minutes, for people; nobody speaks once the copil is over, closed or not."""
    total = _spent(turns, at=min(at, ends_at(copil)))
    return {side: round(time / timedelta(minutes=1)) for side, time in total.items()}


def floor_of(copil: Copil, questions: list[Question], turns: list[Turn], *, at: datetime) -> Floor | None:
    """Give who has the floor, and until when; None in a pause, and once the copil is over.

    A question is offered its part of the time that is left when it is taken up, half of it to each side.
    """
    if state_of(copil, at=at) is not State.RUNNING:
        return None
    turn = next((turn for turn in turns if turn.ended_at is None), None)
    question = next((row for row in questions if turn and row.id == turn.question_id), None)
    if turn is None or question is None:
        return None
    of_it = [other for other in turns if other.question_id == question.id]
    share = _share(copil, questions, taken_up_at=of_it[0].started_at)
    used = _spent((other for other in of_it if other is not turn), at=turn.started_at)[turn.side]
    return Floor(turn, question, turn.started_at + max(share - used, timedelta()), share)


def _share(copil: Copil, questions: list[Question], *, taken_up_at: datetime) -> timedelta:
    end = (copil.began_at or copil.held_at) + timedelta(minutes=copil.minutes)
    left = [row for row in questions if row.answered_at is None or row.answered_at > taken_up_at]
    return max((end - taken_up_at) / (2 * max(len(left), 1)), LEAST_SHARE)


def next_question(questions: list[Question]) -> Question | None:
    """Give the first question of the agenda that has no answer yet."""
    return next((question for question in questions if question.answered_at is None), None)


def question_now(
    floor: Floor | None, questions: list[Question], turns: list[Turn], *, is_running: bool
) -> Question | None:
    """Give the question whose turn runs; in a pause the last one, to go on with it or to read its answer aloud.

    Before the first turn, and once the copil is over: the first that has no answer.
    """
    if floor is not None:
        return floor.question
    last = turns[-1].question_id if turns and is_running else None
    return next((question for question in questions if question.id == last), None) or next_question(questions)
