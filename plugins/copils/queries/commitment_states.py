"""The states of a commitment, derived from the day it is: once in Python, once in SQL, the same (C07 SPEC 6 and 8).

Nobody stores « late », so that nobody can hide it. The criteria have two parameters: `TODAY` and `UNCONFIRMED_SINCE`;
a statement that has one is executed with the values of `on_day`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from portal.api import FunctionCard, UtcDateTime, local_day, texts

from plugins.copils.models.commitment import CONFIRM_DAYS, RECONFIRM_DAYS, Commitment

_ = texts("copils")

TODAY: sa.BindParameter[Any] = sa.bindparam("today", type_=sa.Date())
UNCONFIRMED_SINCE: sa.BindParameter[Any] = sa.bindparam("unconfirmed_since", type_=UtcDateTime())


class State(StrEnum):
    """Where a commitment stands."""

    LATE = "late"
    OPEN = "open"
    SAID_DONE = "said_done"
    UNCONFIRMED = "unconfirmed"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


WORDS = {
    State.LATE: _.later("late"),
    State.OPEN: _.later("under way"),
    State.SAID_DONE: _.later("said done, to be confirmed"),
    State.UNCONFIRMED: _.later("done (not confirmed)"),
    State.KEPT: _.later("kept"),
    State.WITHDRAWN: _.later("withdrawn: the answer was corrected"),
}
KINDS = {
    State.LATE: "late",
    State.OPEN: "wait",
    State.SAID_DONE: "wait",
    State.KEPT: "good",
    State.WITHDRAWN: "stopped",
}
# « En cours » on the board and on the walls: what is owed and not late.
UNDER_WAY = (State.OPEN, State.SAID_DONE)


def state_of(commitment: Commitment, *, at: datetime) -> State:
    """Derive the state of a commitment at an instant.

    Rule: C07 SPEC 6 (late, by the clock; a day that passed unmet is not undone by another day) and 8 (30 days).
    """
    if commitment.withdrawn_at is not None:
        return State.WITHDRAWN
    if commitment.confirmed_at is not None:
        return State.KEPT
    if commitment.proposed_at is not None:
        return State.UNCONFIRMED if commitment.proposed_at <= _unconfirmed_since(at) else State.SAID_DONE
    return State.LATE if commitment.pressing_on < local_day(at) else State.OPEN


def _unconfirmed_since(at: datetime) -> datetime:
    return at - timedelta(days=CONFIRM_DAYS)


def on_day(at: datetime) -> dict[str, Any]:
    """Give the values of the criteria at an instant."""
    return {"today": local_day(at), "unconfirmed_since": _unconfirmed_since(at)}


def is_in(state: State) -> sa.ColumnElement[bool]:
    """Give the criterion of the commitments that stand in `state`; the SQL of `state_of`."""
    if state is State.WITHDRAWN:
        return Commitment.withdrawn_at.is_not(None)
    stands = Commitment.withdrawn_at.is_(None)
    if state is State.KEPT:
        return sa.and_(stands, Commitment.confirmed_at.is_not(None))
    runs = sa.and_(stands, Commitment.confirmed_at.is_(None))
    if state is State.SAID_DONE:
        return sa.and_(runs, Commitment.proposed_at > UNCONFIRMED_SINCE)
    if state is State.UNCONFIRMED:
        return sa.and_(runs, Commitment.proposed_at <= UNCONFIRMED_SINCE)
    owed = sa.and_(runs, Commitment.proposed_at.is_(None))
    return sa.and_(owed, Commitment.pressing_on < TODAY if state is State.LATE else Commitment.pressing_on >= TODAY)


def is_owed() -> sa.ColumnElement[bool]:
    """Give the criterion of what is neither said done, nor kept, nor withdrawn: late or under way."""
    return sa.and_(
        Commitment.withdrawn_at.is_(None), Commitment.confirmed_at.is_(None), Commitment.proposed_at.is_(None)
    )


def is_running() -> sa.ColumnElement[bool]:
    """Give the criterion of what is owed or said done of late: one range of the index of what presses."""
    open_still = sa.or_(Commitment.proposed_at.is_(None), Commitment.proposed_at > UNCONFIRMED_SINCE)
    return sa.and_(Commitment.withdrawn_at.is_(None), Commitment.confirmed_at.is_(None), open_still)


def waits_for_successor(commitment: Commitment, function: FunctionCard) -> bool:
    """Tell whether somebody else holds the function than who took the commitment on: « à reconfirmer » (C07 SPEC 10).

    Derived from the holders, so that it is true though this plugin was off the day they changed.
    """
    is_settled = commitment.confirmed_at or commitment.proposed_at or commitment.withdrawn_at
    return not is_settled and function.holder is not None and function.holder.id != commitment.holder_id


def reconfirm_by(function: FunctionCard) -> date | None:
    """Give the day until which a successor is to take on what they find; None while nobody holds the function."""
    return local_day(function.since_at + timedelta(days=RECONFIRM_DAYS)) if function.since_at else None


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state."""
    return str(WORDS[state]), KINDS.get(state, "")
