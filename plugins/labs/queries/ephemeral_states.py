"""The states of an ephemeral lab, derived from the clock alone: once in Python, once in SQL, the same (C01 SPEC 3).

A lab closes at `ends_at` though no job runs; nobody stores a state. The criteria speak of `READ_AT`: a statement that
has one is executed with `reading(viewer, at=…)`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from portal.api import READ_AT, texts

from plugins.labs.models.ephemeral import Ephemeral, Guest, Participant

_ = texts("labs")
_late = sa.alias(Ephemeral.__table__, "late")


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


def state_of(ephemeral: Ephemeral, *, participants: int, at: datetime) -> State:
    """Derive the state of a lab at an instant.

    Rule: C01 SPEC 3 and 7.

    :param participants: agents and guests who are in it
    """
    if ephemeral.cancelled_at is not None:
        return State.CANCELLED
    if at < ephemeral.ends_at:
        return State.OPEN if at >= ephemeral.starts_at else State.ANNOUNCED
    if ephemeral.told_at is not None:
        return State.TOLD
    return State.CLOSED if participants else State.NOT_HELD


def has_people() -> sa.ColumnElement[bool]:
    """Give the criterion of the labs somebody came to, guests included."""
    return sa.or_(_somebody_of(Participant), _somebody_of(Guest))


def _somebody_of(table: type[Participant] | type[Guest]) -> sa.ColumnElement[bool]:
    """Look for the first one. An EXISTS says the same, but PostgreSQL may then read everybody who ever came."""
    here = sa.and_(table.ephemeral_id == Ephemeral.id, table.left_at.is_(None))
    first = sa.select(sa.literal(1)).select_from(table).where(here).limit(1).correlate(Ephemeral)
    return first.scalar_subquery().is_not(None)


def is_in(state: State) -> sa.ColumnElement[bool]:
    """Give the criterion of the labs that stand in `state` at `READ_AT`; the SQL of `state_of`."""
    if state is State.CANCELLED:
        return Ephemeral.cancelled_at.is_not(None)
    kept = Ephemeral.cancelled_at.is_(None)
    if state is State.ANNOUNCED:
        return sa.and_(kept, Ephemeral.starts_at > READ_AT)
    if state is State.OPEN:
        return sa.and_(kept, Ephemeral.starts_at <= READ_AT, Ephemeral.ends_at > READ_AT)
    ended = sa.and_(kept, Ephemeral.ends_at <= READ_AT)
    if state is State.TOLD:
        return sa.and_(ended, Ephemeral.told_at.is_not(None))
    untold = sa.and_(ended, Ephemeral.told_at.is_(None))
    return sa.and_(untold, has_people() if state is State.CLOSED else sa.not_(has_people()))


def is_counted() -> sa.ColumnElement[bool]:
    """Give the criterion of the labs that enter counts: not one to which nobody came, or that was called off.

    Rule: C01 SPEC 7.
    """
    held = sa.or_(Ephemeral.ends_at > READ_AT, Ephemeral.told_at.is_not(None), has_people())
    return sa.and_(Ephemeral.cancelled_at.is_(None), held)


def is_current() -> sa.ColumnElement[bool]:
    """Give the criterion of the labs that are open or announced, few among many.

    The subquery says nothing more: it makes both databases start from the index of `ends_at`, whatever order is asked.
    """
    among_few = Ephemeral.id.in_(sa.select(_late.c.id).where(_late.c.ends_at > READ_AT))
    return sa.and_(among_few, Ephemeral.cancelled_at.is_(None), Ephemeral.ends_at > READ_AT)


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state; only what is happening now has a colour.

    Rule: C01 SPEC 5: told, whatever the outcome, and not told yet look the same.
    """
    return str(WORDS[state]), "wait" if state is State.OPEN else ""
