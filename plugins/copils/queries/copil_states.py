"""The states of a copil, derived from the clock alone: once in Python, once in SQL, the same (C07).

The criteria speak of `READ_AT` and `OVER_SINCE`: a statement that has them is executed with `reading(viewer, at=…,
**over(at))`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from portal.api import READ_AT, UtcDateTime, texts

from plugins.copils.models.copil import Copil

_ = texts("copils")

# A copil that nobody closed ends by itself: people go home. Never shorter than the longest one that is announced.
OVERRUN = timedelta(hours=6)
EARLY = timedelta(minutes=30)
OVER_SINCE: sa.BindParameter[Any] = sa.bindparam("over_since", type_=UtcDateTime())


class State(StrEnum):
    """Where a copil stands."""

    CALL = "call"
    FROZEN = "frozen"
    RUNNING = "running"
    HELD = "held"
    UNOPENED = "unopened"
    LISTENING = "listening"
    CANCELLED = "cancelled"


WORDS = {
    State.CALL: _.later("call for questions"),
    State.FROZEN: _.later("agenda settled"),
    State.RUNNING: _.later("under way"),
    State.HELD: _.later("held"),
    State.UNOPENED: _.later("was not opened"),
    State.LISTENING: _.later("listening only"),
    State.CANCELLED: _.later("called off"),
}
KINDS = {State.CALL: "wait", State.RUNNING: "wait", State.UNOPENED: "late"}
CURRENT = (State.CALL, State.FROZEN, State.RUNNING)
MOVABLE = (State.CALL, State.FROZEN, State.UNOPENED)


def ends_at(copil: Copil) -> datetime:
    """Give when a copil is over: when it was closed, else some hours after it began or should have."""
    return copil.closed_at or (copil.began_at or copil.held_at) + OVERRUN


def over(at: datetime) -> dict[str, Any]:
    """Give the value of `OVER_SINCE` at an instant."""
    return {"over_since": at - OVERRUN}


def state_of(copil: Copil, *, at: datetime) -> State:
    """Derive the state of a copil at an instant.

    Rule: C07 SPEC 2 and 12.
    """
    if copil.cancelled_at is not None:
        return State.CANCELLED
    is_over = at >= ends_at(copil)
    if copil.began_at is not None:
        after = State.LISTENING if copil.is_listening else State.HELD
        return after if is_over else State.RUNNING
    if is_over:
        return State.UNOPENED
    return State.CALL if at < copil.freezes_at else State.FROZEN


def may_begin(copil: Copil, *, at: datetime) -> bool:
    """Tell whether a copil can be opened: from half an hour before its hour on, however late it is.

    One that nobody opened that day is opened later: what was answered there must be written down.
    """
    return copil.began_at is None and copil.cancelled_at is None and at >= copil.held_at - EARLY


def may_move(copil: Copil, *, at: datetime) -> bool:
    """Tell whether the day of a copil may change: not at its hour, whoever came or stayed away (C07 SPEC 12)."""
    is_at_its_hour = copil.held_at - EARLY <= at < ends_at(copil)
    return state_of(copil, at=at) in MOVABLE and not is_at_its_hour


def is_current() -> sa.ColumnElement[bool]:
    """Give the criterion of the copils that are neither over nor called off: the SQL of `CURRENT`."""
    was_closed = sa.and_(Copil.closed_at.is_not(None), Copil.closed_at <= READ_AT)
    has_ended = sa.and_(Copil.closed_at.is_(None), sa.func.coalesce(Copil.began_at, Copil.held_at) <= OVER_SINCE)
    return sa.and_(Copil.cancelled_at.is_(None), sa.not_(sa.or_(was_closed, has_ended)))


def is_ahead() -> sa.ColumnElement[bool]:
    """Give the criterion of the copils that have neither begun nor been called off at `READ_AT`."""
    return sa.and_(Copil.cancelled_at.is_(None), Copil.began_at.is_(None), Copil.held_at > READ_AT)


def is_calling() -> sa.ColumnElement[bool]:
    """Give the criterion of the copils whose agenda still takes questions at `READ_AT`."""
    return sa.and_(is_ahead(), Copil.freezes_at > READ_AT)


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state; only what one may still do something about has a colour."""
    return str(WORDS[state]), KINDS.get(state, "")
