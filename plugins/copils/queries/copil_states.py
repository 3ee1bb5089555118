"""The states of a copil, derived from the clock alone: once in Python, once in SQL, the same (C07).

The criteria speak of `READ_AT`: a statement that has one is executed with `reading(viewer, at=…)`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from portal.api import READ_AT, texts

from plugins.copils.models.copil import Copil

_ = texts("copils")

# A copil that began and that nobody closed ends by itself: people go home.
OVERRUN = timedelta(hours=6)


class State(StrEnum):
    """Where a copil stands."""

    CALL = "call"
    FROZEN = "frozen"
    RUNNING = "running"
    HELD = "held"
    LISTENING = "listening"
    CANCELLED = "cancelled"


WORDS = {
    State.CALL: _.later("call for questions"),
    State.FROZEN: _.later("agenda settled"),
    State.RUNNING: _.later("under way"),
    State.HELD: _.later("held"),
    State.LISTENING: _.later("listening only"),
    State.CANCELLED: _.later("called off"),
}
KINDS = {State.CALL: "wait", State.RUNNING: "wait"}


def ends_at(copil: Copil) -> datetime:
    """Give when a copil is over: when it was closed, else its planned end, else some hours after it began."""
    if copil.closed_at is not None:
        return copil.closed_at
    planned = copil.held_at + timedelta(minutes=copil.minutes)
    return max(planned, copil.began_at + OVERRUN) if copil.began_at else planned


def state_of(copil: Copil, *, at: datetime) -> State:
    """Derive the state of a copil at an instant.

    Rule: C07 SPEC 2 and 12.
    """
    if copil.cancelled_at is not None:
        return State.CANCELLED
    if at >= ends_at(copil):
        return State.LISTENING if copil.is_listening else State.HELD
    if copil.began_at is not None:
        return State.RUNNING
    return State.CALL if at < copil.freezes_at else State.FROZEN


def is_ahead() -> sa.ColumnElement[bool]:
    """Give the criterion of the copils that have neither begun nor been called off at `READ_AT`."""
    return sa.and_(Copil.cancelled_at.is_(None), Copil.began_at.is_(None), Copil.held_at > READ_AT)


def is_calling() -> sa.ColumnElement[bool]:
    """Give the criterion of the copils whose agenda still takes questions at `READ_AT`."""
    return sa.and_(is_ahead(), Copil.freezes_at > READ_AT)


def mark_of(state: State) -> tuple[str, str]:
    """Give word and kind of a state; only what one may still do something about has a colour."""
    return str(WORDS[state]), KINDS.get(state, "")
