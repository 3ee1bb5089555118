"""Which rounds one may read, and which are open: derived from the clock, in SQL as in Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import (
    ANONYMOUS,
    READ_AT,
    READER,
    Subject,
    Viewer,
    among_words,
    reading,
    session,
    sought,
    texts,
    word_values,
)

from plugins.regards.models.board import Board, Seat

_ = texts("regards")

OPEN, REVEALED = "open", "revealed"
STATES = {"": _.later("all"), OPEN: _.later("open, lines hidden"), REVEALED: _.later("revealed")}
SHOWN_OF_A_SUBJECT = 5
KEPT_STATEMENTS = 32

# Of a statement that says it, the values are `reading_rounds`.
_IS_TIME = sa.and_(
    sa.func.coalesce(Board.reveal_due_at <= READ_AT, sa.false()),
    Board.id.not_in(sa.bindparam("late", expanding=True)),
)
IS_REVEALED = sa.or_(Board.revealed_at.is_not(None), _IS_TIME)
IS_HIDDEN = sa.and_(Board.revealed_at.is_(None), sa.not_(_IS_TIME))


def readable() -> sa.ColumnElement[bool]:
    """Give the criterion of the rounds `READER` may read: their audience, and whoever is reviewed there."""
    reviewed = sa.select(Seat.board_id).where(Seat.person_id == READER)
    return sa.or_(Board.readable(), Board.id.in_(reviewed))


_DUE = sa.select(Board).where(Board.revealed_at.is_(None), Board.reveal_due_at <= READ_AT)
_READABLE = sa.select(Board).where(readable())
_ONE = _READABLE.where(Board.id == sa.bindparam("number"))
_MANY = _READABLE.where(Board.id.in_(sa.bindparam("numbers", expanding=True)))
_ON = _READABLE.where(Board.subject_kind == sa.bindparam("kind"), Board.subject_id == sa.bindparam("number"))
_HIDDEN_ON = (
    sa.select(Board)
    .where(IS_HIDDEN, Board.subject_kind == sa.bindparam("kind"), Board.subject_id == sa.bindparam("number"))
    .order_by(Board.id.desc())
    .limit(1)
)
_NEWEST_ON = _ON.order_by(Board.opened_at.desc(), Board.id.desc()).limit(SHOWN_OF_A_SUBJECT)


def reading_rounds(viewer: Viewer, *, at: datetime, **others: Any) -> dict[str, Any]:
    """Give the values that a statement with `IS_REVEALED` in it is executed with: a fair that is late stays hidden.

    Few are due and not noted yet: the sweep passes every minute.
    """
    due = session.scalars(_DUE, {READ_AT.key: at})
    return reading(viewer, at=at, late=[board.id for board in due if board.shown_since(at) is None], **others)


def readable_board(viewer: Viewer, board_id: int, *, at: datetime) -> Board | None:
    """Give a round that `viewer` may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=board_id))


def readable_boards(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Board]:
    """List the rounds among these that `viewer` may read."""
    return list(session.scalars(_MANY, reading(viewer, at=at, numbers=list(ids))))


def board_by_id(board_id: int) -> Board | None:
    """Give a round as it is now, whoever may read it: its code opens it."""
    return session.get(Board, board_id, populate_existing=True)


def boards_on(subject: Subject, viewer: Viewer, *, at: datetime) -> list[Board]:
    """List the newest rounds on a subject that `viewer` may read."""
    return list(session.scalars(_NEWEST_ON, reading(viewer, at=at, kind=subject.kind, number=subject.id)))


def hidden_board_on(subject: Subject, *, at: datetime) -> Board | None:
    """Give the round that is open on a subject, whoever may read it; there is one at a time."""
    return session.scalar(_HIDDEN_ON, reading_rounds(ANONYMOUS, at=at, kind=subject.kind, number=subject.id))


@dataclass(frozen=True, slots=True)
class BoardSearch:
    """What one looks for among the rounds one may read; all of them by default."""

    words: str = ""
    state: str = ""

    @property
    def statement(self) -> sa.Select[Board]:
        """Select them, without order; the same object for every search of this shape."""
        return _found(len(sought(self.words)), self.state)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        return word_values(sought(self.words))


@lru_cache(maxsize=KEPT_STATEMENTS)
def _found(words: int, state: str) -> sa.Select[Board]:
    criteria = [readable(), *among_words(Board.folded, words)]
    criteria += [IS_REVEALED] if state == REVEALED else [IS_HIDDEN] if state == OPEN else []
    return sa.select(Board).where(*criteria)


def mark_of(board: Board, *, at: datetime) -> tuple[str, str]:
    """Give word and kind of the state of a round."""
    return (_("revealed"), "good") if board.shown_since(at) else (_("open, lines hidden"), "wait")
