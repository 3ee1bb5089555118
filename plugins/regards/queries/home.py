"""What waits for somebody: a card to write for their lab, a reveal, questions put to their team."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Viewer, session

from plugins.regards.models.board import Board, Seat
from plugins.regards.models.card import GROUP, PERSON, QUESTION, Card, Line
from plugins.regards.queries.boards import IS_HIDDEN, IS_REVEALED, readable, reading_rounds
from plugins.regards.queries.lines import SAYS, STANDS, State, said_first

AT_A_GLANCE = 5
RECENT = timedelta(days=30)

_IS_MINE = sa.exists().where(Seat.board_id == Board.id, Seat.person_id == READER)
_SINCE = Board.opened_at > sa.bindparam("since", type_=Board.opened_at.type)
_LABS: sa.BindParameter[Any] = sa.bindparam("labs", expanding=True)
_WROTE = sa.exists().where(
    Card.board_id == Board.id,
    Card.handed_in_at.is_not(None),
    sa.or_(
        sa.and_(Card.origin == GROUP, Card.group_id.in_(_LABS)),
        sa.and_(Card.origin == PERSON, Card.author_id == READER),
    ),
)
_HANDED_IN = sa.exists().where(Card.board_id == Board.id, Card.handed_in_at.is_not(None))
_ASKED = sa.exists().where(
    Line.board_id == Board.id,
    Line.lens == QUESTION,
    SAYS,
    Line.card.has(Card.handed_in_at.is_not(None)),
    STANDS[State.OPEN],
    Line.reply.is_(None),
    said_first(),
)
_SOONEST = (sa.func.coalesce(Board.reveal_due_at, Board.opened_at), Board.id)
_TO_FILL = (
    sa.select(Board)
    .where(readable(), IS_HIDDEN, _SINCE, sa.not_(_IS_MINE), sa.not_(_WROTE))
    .order_by(*_SOONEST)
    .limit(AT_A_GLANCE)
)
_TO_REVEAL = (
    sa.select(Board)
    .where(IS_HIDDEN, sa.or_(Board.author_id == READER, _IS_MINE), _HANDED_IN)
    .order_by(*_SOONEST)
    .limit(AT_A_GLANCE)
)
_TO_ANSWER = sa.select(Board).where(IS_REVEALED, _SINCE, _IS_MINE, _ASKED).order_by(*_SOONEST).limit(AT_A_GLANCE)


def boards_to_fill(viewer: Viewer, *, at: datetime) -> list[Board]:
    """List the open rounds of the month for which no lab of this person, nor they, have handed a card in."""
    if not viewer.lab_ids:
        return []
    asked = reading_rounds(viewer, at=at, since=at - RECENT, labs=list(viewer.lab_ids))
    return list(session.scalars(_TO_FILL, asked))


def boards_to_reveal(viewer: Viewer, *, at: datetime) -> list[Board]:
    """List the rounds this person opened, or is reviewed in, where cards wait for the common reveal."""
    return list(session.scalars(_TO_REVEAL, reading_rounds(viewer, at=at)))


def boards_to_answer(viewer: Viewer, *, at: datetime) -> list[Board]:
    """List the rounds of the month that put to the team of this person questions nobody has replied to."""
    return list(session.scalars(_TO_ANSWER, reading_rounds(viewer, at=at, since=at - RECENT)))
