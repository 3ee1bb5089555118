"""What was said, once revealed: three columns whose identical lines are merged, and the questions that live on.

Nothing here is asked before the reveal: every statement carries its criterion (C36 SPEC 3). Words that are masked leave
by none of them, but to whoever is about to mask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from portal.api import Viewer, among_words, session, sought, texts, word_values

from plugins.regards.models.board import Board
from plugins.regards.models.card import LENSES, QUESTION, Card, Line
from plugins.regards.queries.boards import IS_REVEALED, KEPT_STATEMENTS, readable, reading_rounds

_ = texts("regards")

SUBJECTS_OFFERED = 100


class State(StrEnum):
    """Where a question stands (C36 SPEC 5)."""

    OPEN = "open"
    LIT = "lit"
    CLOSED = "closed"
    BECAME = "became"


MARKS = {
    State.OPEN: (_.later("open question"), "wait"),
    State.LIT: (_.later("shed light on"), "good"),
    State.CLOSED: (_.later("closed question"), ""),
    State.BECAME: (_.later("taken up"), "good"),
}


def state_of(line: Line) -> State:
    """Give where a question stands: closed, else what it became, else lit, else open."""
    if line.became_kind and line.mark != State.CLOSED:
        return State.BECAME
    return State(line.mark) if line.mark else State.OPEN


def is_free(line: Line) -> bool:
    """Tell whether a question may be taken up: it is neither closed nor taken up already."""
    return state_of(line) in {State.OPEN, State.LIT}


def mark_said(line: Line) -> dict[str, str | None]:
    """Give what became of a question by now, by the name of the field."""
    return {"state": line.mark, "note": line.note}


def reply_said(line: Line) -> dict[str, str | None]:
    """Give what the team replied by now, by the name of the field."""
    return {"words": line.reply}


@dataclass(frozen=True, slots=True)
class Merged:
    """One line of a column: the first that says it, and the cards of all that say the same (C36 SPEC 7)."""

    line: Line
    cards: tuple[Card, ...]


SAYS = Line.masked_at.is_(None)
_OF_BOARD = (
    sa.select(Line)
    .join(Line.card)
    .join(Line.board)
    .where(Line.board_id == sa.bindparam("board"), Card.handed_in_at.is_not(None), SAYS, IS_REVEALED, readable())
    .order_by(Line.id)
    .options(contains_eager(Line.card), contains_eager(Line.board))
)


def columns_of(board: Board, viewer: Viewer, *, at: datetime) -> dict[str, list[Merged]]:
    """Give the three columns of a round that is revealed, in the order of writing; empty if it is hidden."""
    merged: dict[tuple[str, str], list[Line]] = {}
    for line in session.scalars(_OF_BOARD, reading_rounds(viewer, at=at, board=board.id)):
        merged.setdefault((line.lens, line.sign), []).append(line)
    columns: dict[str, list[Merged]] = {lens: [] for lens in LENSES}
    for (lens, _sign), lines in merged.items():
        cards = {line.card_id: line.card for line in lines}
        columns[lens].append(Merged(lines[0], tuple(cards.values())))
    return columns


@dataclass(frozen=True, slots=True)
class Mask:
    """What a round shows in place of a line that is masked; not its words."""

    line_id: int
    lens: str
    at: datetime | None
    by_id: int | None
    reason: str | None


def says_the_same(line: Line) -> sa.ColumnElement[bool]:
    """Keep the lines of a round that say what a line says."""
    return sa.and_(Line.board_id == line.board_id, Line.lens == line.lens, Line.sign == line.sign)


def said_first() -> sa.ColumnElement[bool]:
    """Keep, of lines that say the same in a round, the first one: a question asked by many has one life."""
    other, card = aliased(Line), aliased(Card)
    same = sa.and_(other.board_id == Line.board_id, other.lens == Line.lens, other.sign == Line.sign)
    earlier = sa.select(other.id).join(card, card.id == other.card_id).where(same, other.id < Line.id)
    return sa.not_(earlier.where(card.handed_in_at.is_not(None)).correlate(Line).exists())


_WRITTEN = (
    sa.select(Line)
    .join(Line.card)
    .join(Line.board)
    .where(Card.handed_in_at.is_not(None), IS_REVEALED, readable(), said_first())
)
_TO_MASK = _WRITTEN.where(Line.id == sa.bindparam("number")).options(contains_eager(Line.board))
_MASKED = (
    _WRITTEN.where(Line.board_id == sa.bindparam("board"), Line.masked_at.is_not(None))
    .order_by(Line.id)
    .with_only_columns(Line.id, Line.lens, Line.masked_at, Line.masked_by_id, Line.mask_reason)
)
_SAID = _WRITTEN.where(SAYS)
_LINE = _SAID.where(Line.id == sa.bindparam("number")).options(contains_eager(Line.board))
_QUESTIONS = _SAID.where(Line.lens == QUESTION).options(contains_eager(Line.board))
_ONE = _QUESTIONS.where(Line.id == sa.bindparam("number"))
_MANY = _QUESTIONS.where(Line.id.in_(sa.bindparam("numbers", expanding=True)))


def readable_line(viewer: Viewer, line_id: int, *, at: datetime) -> Line | None:
    """Give a revealed line that `viewer` may read, or None."""
    return session.scalar(_LINE, reading_rounds(viewer, at=at, number=line_id))


def line_to_mask(viewer: Viewer, line_id: int, *, at: datetime) -> Line | None:
    """Give a revealed line, masked or not, of a round that `viewer` may read, or None."""
    return session.scalar(_TO_MASK, reading_rounds(viewer, at=at, number=line_id))


def masks_of(board: Board, viewer: Viewer, *, at: datetime) -> list[Mask]:
    """List what is masked in a round that is revealed, in the order of writing."""
    return [Mask(*row) for row in session.execute(_MASKED, reading_rounds(viewer, at=at, board=board.id))]


def readable_question(viewer: Viewer, line_id: int, *, at: datetime) -> Line | None:
    """Give a question that `viewer` may read, or None."""
    return session.scalar(_ONE, reading_rounds(viewer, at=at, number=line_id))


def readable_questions(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Line]:
    """List the questions among these that `viewer` may read."""
    return list(session.scalars(_MANY, reading_rounds(viewer, at=at, numbers=list(ids))))


def question_by_id(line_id: int) -> Line | None:
    """Give a question whoever may read it: for what is told of it."""
    found = sa.select(Line).where(Line.id == line_id, Line.lens == QUESTION).options(joinedload(Line.board))
    return session.scalar(found)


def cards_saying(line: Line) -> list[Card]:
    """List the cards that say what a line says."""
    found = (
        sa.select(Card).join(Line, Line.card_id == Card.id).where(says_the_same(line), Card.handed_in_at.is_not(None))
    )
    return list(session.scalars(found.order_by(Card.id)).unique())


@dataclass(frozen=True, slots=True)
class QuestionSearch:
    """What one looks for among the questions one may read; all of them by default.

    :ivar subject: kind and number of what is reviewed
    """

    words: str = ""
    state: State | None = None
    subject: tuple[str, int] | None = None

    @property
    def statement(self) -> sa.Select[Line]:
        """Select them, without order; the same object for every search of this shape."""
        return _found(len(sought(self.words)), self.state, of_subject=self.subject is not None)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        kind, number = self.subject or ("", 0)
        return {"kind": kind, "number": number, **word_values(sought(self.words))}


STANDS = {
    State.OPEN: sa.and_(Line.mark.is_(None), Line.became_kind.is_(None)),
    State.BECAME: sa.and_(Line.mark.is_distinct_from(State.CLOSED), Line.became_kind.is_not(None)),
    State.LIT: sa.and_(Line.mark == State.LIT, Line.became_kind.is_(None)),
    State.CLOSED: Line.mark == State.CLOSED,
}


@lru_cache(maxsize=KEPT_STATEMENTS)
def _found(words: int, state: State | None, *, of_subject: bool) -> sa.Select[Line]:
    criteria = among_words(Line.folded, words)
    criteria += [STANDS[state]] if state else []
    about = sa.and_(Board.subject_kind == sa.bindparam("kind"), Board.subject_id == sa.bindparam("number"))
    return _QUESTIONS.where(*criteria, *([about] if of_subject else []))


_NEWEST_OF_EACH = (
    sa.select(sa.func.max(Board.id)).where(readable(), IS_REVEALED).group_by(Board.subject_kind, Board.subject_id)
)
_SUBJECTS = (
    sa.select(Board)
    .where(Board.id.in_(_NEWEST_OF_EACH.correlate(None)))
    .order_by(Board.folded, Board.id)
    .limit(SUBJECTS_OFFERED)
)


def newest_boards(viewer: Viewer, *, at: datetime) -> list[Board]:
    """List, for each thing that was reviewed, its newest round that is revealed and that `viewer` may read."""
    return list(session.scalars(_SUBJECTS, reading_rounds(viewer, at=at)))


_OPEN = _found(0, State.OPEN, of_subject=False).where(
    Board.audience.in_(sa.bindparam("audiences", expanding=True)),
)
_ON_THE_WALL = _OPEN.order_by(Line.board_id.desc(), Line.id.desc()).limit(sa.bindparam("most", type_=sa.Integer()))
_COUNTED = sa.select(sa.func.count()).select_from(_OPEN.subquery())


def open_questions(viewer: Viewer, *, at: datetime, most: int, audiences: Iterable[str]) -> tuple[list[Line], int]:
    """Give the newest open questions that `viewer` may read, of rounds of these audiences; and count all."""
    asked = reading_rounds(viewer, at=at, most=most, audiences=list(audiences))
    return list(session.scalars(_ON_THE_WALL, asked)), session.scalar(_COUNTED, asked) or 0
