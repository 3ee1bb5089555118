"""Which commitments one may read, among them what one looks for, and who answers for each today (C07).

A statement is built once for each shape of a search, then executed with `asked(viewer, at=…, **search.values)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import (
    FunctionCard,
    Viewer,
    among_words,
    function_cards,
    functions,
    local_day,
    reading,
    session,
    sought,
    texts,
    word_values,
)

from plugins.copils.models.commitment import Commitment, FormerDue, Refusal
from plugins.copils.models.copil import Copil
from plugins.copils.queries.commitment_states import (
    State,
    is_in,
    is_owed,
    is_running,
    mark_of,
    on_day,
    reconfirm_by,
    state_of,
    waits_for_successor,
)

_ = texts("copils")

KEPT_STATEMENTS = 64
AT_A_TIME = 500
COPILS_OFFERED = 60
EVERY = "all"
# What orders a list: what is owed by the day that presses, the rest newest first.
PRESSING = (Commitment.pressing_on, Commitment.id)
NEWEST = (Commitment.made_at, Commitment.id)
Commitments = sa.Select[Commitment]


@dataclass(frozen=True, slots=True)
class Glance:
    """A commitment as a list shows it: with the function that answers for it, and where it stands at an instant."""

    commitment: Commitment
    function: FunctionCard
    at: datetime

    @property
    def state(self) -> State:
        """Derive its state."""
        return state_of(self.commitment, at=self.at)

    @property
    def mark(self) -> tuple[str, str]:
        """Give word and kind of its state; what is late says since when."""
        word, kind = mark_of(self.state)
        if self.state is State.LATE:
            days = (local_day(self.at) - self.commitment.pressing_on).days
            word = _.plural("late by %(num)s day", "late by %(num)s days", days)
        return word, kind

    @property
    def waits_for_successor(self) -> bool:
        """Tell whether somebody else holds the function than who took it on."""
        return waits_for_successor(self.commitment, self.function)

    @property
    def reconfirm_by(self) -> date | None:
        """Give the day until which the successor is to take it on."""
        return reconfirm_by(self.function)

    @property
    def is_still_waiting(self) -> bool:
        """Tell whether the successor let that day pass."""
        return self.reconfirm_by is not None and self.reconfirm_by < local_day(self.at)


def asked(viewer: Viewer, *, at: datetime, **others: Any) -> dict[str, Any]:
    """Give the values that a statement of this module is executed with."""
    return reading(viewer, at=at, **on_day(at), **others)


def readable_commitments() -> Commitments:
    """Select the commitments one may read, each with its question and its copil."""
    with_both = joinedload(Commitment.question, innerjoin=True), joinedload(Commitment.copil, innerjoin=True)
    return sa.select(Commitment).where(Commitment.readable()).options(*with_both)


_ALL = readable_commitments()
_ONE = _ALL.where(Commitment.id == sa.bindparam("number"))
_SOME = _ALL.where(Commitment.id.in_(sa.bindparam("numbers", expanding=True)))
_OF_QUESTION = _ALL.where(Commitment.question_id == sa.bindparam("number")).order_by(Commitment.id)
_OF_COPIL = _ALL.where(Commitment.copil_id == sa.bindparam("number")).order_by(Commitment.id)
_PROMISED = _ALL.where(is_owed()).order_by(*PRESSING).limit(5)
_COPILS = (
    sa.select(Copil)
    .where(Copil.readable(), sa.exists().where(Commitment.copil_id == Copil.id))
    .order_by(Copil.held_at.desc(), Copil.id.desc())
    .limit(COPILS_OFFERED)
)
_FIRST_DAY = sa.select(sa.func.min(FormerDue.due_on)).where(FormerDue.commitment_id == Commitment.id).scalar_subquery()


def readable_commitment(viewer: Viewer, commitment_id: int, *, at: datetime) -> Commitment | None:
    """Give a commitment that `viewer` may read, or None."""
    return session.scalar(_ONE, asked(viewer, at=at, number=commitment_id))


def commitments_by_id(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Commitment]:
    """List those of these that `viewer` may read."""
    return list(session.scalars(_SOME, asked(viewer, at=at, numbers=list(ids))))


def glances(commitments: Iterable[Commitment], *, at: datetime) -> list[Glance]:
    """Show commitments with who answers for each, in one query."""
    rows = list(commitments)
    cards = function_cards({row.function_id for row in rows}, at=at)
    return [Glance(row, cards[row.function_id], at) for row in rows]


def glances_of_question(viewer: Viewer, question_id: int, *, at: datetime) -> list[Glance]:
    """List what was promised in answer to a question."""
    return glances(session.scalars(_OF_QUESTION, asked(viewer, at=at, number=question_id)), at=at)


def glances_of_copil(viewer: Viewer, copil_id: int, *, at: datetime) -> list[Glance]:
    """List what was promised at a copil."""
    return glances(session.scalars(_OF_COPIL, asked(viewer, at=at, number=copil_id)), at=at)


def promised_to_all(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the five commitments whose day comes, or has passed, first."""
    return glances(session.scalars(_PROMISED, asked(viewer, at=at)), at=at)


def every_function(*, at: datetime) -> dict[int, FunctionCard]:
    """Give the functions, alphabetical: asking which of them ever promised would read every commitment."""
    return {card.id: card for card in functions(at=at, with_closed=True)}


def promising_copils(viewer: Viewer, *, at: datetime) -> list[Copil]:
    """List the latest copils where something was promised."""
    return list(session.scalars(_COPILS, asked(viewer, at=at)))


@dataclass(frozen=True, slots=True)
class Search:
    """What one looks for among the commitments one may read; by default what is owed or waits to be confirmed.

    :ivar state: a `State`, *all*, or nothing
    :ivar month: first day of the month it is due in
    """

    words: str = ""
    state: str = ""
    function_id: int | None = None
    copil_id: int | None = None
    month: date | None = None

    @property
    def statement(self) -> Commitments:
        """Select the commitments, without order; the same object for every search of this shape."""
        return _found(
            len(sought(self.words)),
            self.state,
            of_function=self.function_id is not None,
            of_copil=self.copil_id is not None,
            of_month=self.month is not None,
        )

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        until = (self.month + timedelta(days=31)).replace(day=1) if self.month else None
        words = word_values(sought(self.words))
        return {"function": self.function_id, "copil": self.copil_id, "since": self.month, "until": until, **words}

    @property
    def is_of_owed(self) -> bool:
        """Tell whether the day that presses orders what is found."""
        return self.state in {"", State.LATE, State.OPEN, State.SAID_DONE}


@lru_cache(maxsize=KEPT_STATEMENTS)
def _found(words: int, state: str, *, of_function: bool, of_copil: bool, of_month: bool) -> Commitments:
    criteria = among_words(Commitment.folded, words)
    if state != EVERY:
        criteria.append(is_in(State(state)) if state else is_running())
    if of_function:
        criteria.append(Commitment.function_id == sa.bindparam("function"))
    if of_copil:
        criteria.append(Commitment.copil_id == sa.bindparam("copil"))
    if of_month:
        days = (sa.bindparam(name, type_=sa.Date()) for name in ("since", "until"))
        criteria += [Commitment.due_on >= next(days), Commitment.due_on < next(days)]
    return _ALL.where(*criteria)


def with_first_days(viewer: Viewer, search: Search, *, at: datetime) -> Iterator[tuple[Glance, date]]:
    """Give all that a search finds, in the order of its list, each with the day that was promised first."""
    cards = every_function(at=at)
    order = PRESSING if search.is_of_owed else [column.desc() for column in NEWEST]
    wanted = search.statement.add_columns(_FIRST_DAY).order_by(*order).execution_options(yield_per=AT_A_TIME)
    for row, first_day in session.execute(wanted, asked(viewer, at=at, **search.values)):
        card = cards.get(row.function_id) or function_cards([row.function_id], at=at)[row.function_id]  # come meanwhile
        yield Glance(row, card, at), first_day or row.due_on


def former_days(commitment_id: int) -> list[FormerDue]:
    """List the days that were promised before, oldest first (C07 SPEC 7)."""
    found = sa.select(FormerDue).where(FormerDue.commitment_id == commitment_id)
    return list(session.scalars(found.order_by(FormerDue.id)))


def refusals_of(commitment_id: int) -> list[Refusal]:
    """List what was said done and refused, newest first (C07 SPEC 8)."""
    found = sa.select(Refusal).where(Refusal.commitment_id == commitment_id)
    return list(session.scalars(found.order_by(Refusal.id.desc())))
