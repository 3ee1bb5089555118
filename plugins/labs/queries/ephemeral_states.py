"""The states of an ephemeral lab, derived from the clock alone: once in Python, once in SQL, the same (C01 SPEC 3).

A lab closes at `ends_at` though no job runs; nobody stores a state.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.api import texts

from plugins.labs.models.ephemeral import Ephemeral, Guest, Participant

_ = texts("labs")


class State(StrEnum):
    """Where an ephemeral lab stands."""

    OPEN = "open"
    ANNOUNCED = "announced"
    CLOSED = "closed"
    TOLD = "told"
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"


WORDS = {
    State.OPEN: _.later("open"),
    State.ANNOUNCED: _.later("announced"),
    State.CLOSED: _.later("closed, to be told"),
    State.TOLD: _.later("told"),
    State.NOT_HELD: _.later("did not happen"),
    State.CANCELLED: _.later("called off"),
}
CURRENT = (State.OPEN, State.ANNOUNCED)
# a lab to which nobody came, or that was called off, enters no count (C01 SPEC 7)
COUNTED = (State.OPEN, State.ANNOUNCED, State.CLOSED, State.TOLD)


def state_of(ephemeral: Ephemeral, *, participants: int, at: datetime) -> State:
    """Derive the state of a lab at an instant.

    Rule: C01 SPEC 3 and 7.

    :param participants: agents and guests who are in it
    """
    if ephemeral.cancelled_at is not None:
        return State.CANCELLED
    if at < ephemeral.starts_at:
        return State.ANNOUNCED
    if at < ephemeral.ends_at:
        return State.OPEN
    if not participants:
        return State.NOT_HELD
    return State.TOLD if ephemeral.told_at is not None else State.CLOSED


def has_people() -> sa.ColumnElement[bool]:
    """Give the criterion of the labs somebody came to, guests included."""
    agents = sa.exists().where(Participant.ephemeral_id == Ephemeral.id, Participant.left_at.is_(None))
    guests = sa.exists().where(Guest.ephemeral_id == Ephemeral.id, Guest.left_at.is_(None))
    return sa.or_(agents, guests)


def is_in(*states: State, at: datetime) -> sa.ColumnElement[bool]:
    """Give the criterion of the labs that stand in one of `states` at `at`; the SQL of `state_of`."""
    criteria = _criteria(at)
    return sa.or_(sa.false(), *(criteria[state] for state in states))


def not_over(*, at: datetime) -> sa.ColumnElement[bool]:
    """Give the criterion of the labs whose time has not run out, few among many.

    It says nothing that `is_in(*CURRENT)` does not: it makes both databases start from the index of `ends_at`, whatever
    order is asked for.
    """
    late = aliased(Ephemeral)
    return Ephemeral.id.in_(sa.select(late.id).where(late.ends_at > at))


def _criteria(at: datetime) -> dict[State, sa.ColumnElement[bool]]:
    kept = Ephemeral.cancelled_at.is_(None)
    ended = sa.and_(kept, Ephemeral.starts_at <= at, Ephemeral.ends_at <= at)
    held = sa.and_(ended, has_people())
    return {
        State.CANCELLED: Ephemeral.cancelled_at.is_not(None),
        State.ANNOUNCED: sa.and_(kept, Ephemeral.starts_at > at),
        State.OPEN: sa.and_(kept, Ephemeral.starts_at <= at, Ephemeral.ends_at > at),
        State.NOT_HELD: sa.and_(ended, sa.not_(has_people())),
        State.CLOSED: sa.and_(held, Ephemeral.told_at.is_(None)),
        State.TOLD: sa.and_(held, Ephemeral.told_at.is_not(None)),
    }


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state; only what is happening now has a colour.

    Rule: C01 SPEC 5: told, whatever the outcome, and not told yet look the same.
    """
    return str(WORDS[state]), "wait" if state is State.OPEN else ""
