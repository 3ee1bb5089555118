"""What the clock does to rounds, written down once with its true instant, and who is reviewed by now.

No page waits for this: what is revealed is derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import session

from plugins.regards.models.board import Board
from plugins.regards.services.due import set_due, visitor_token
from plugins.regards.services.facts import hold
from plugins.regards.services.opening import follow_reviewed
from plugins.regards.services.revealing import note_reveal

AT_A_TURN = 200
FOLLOWED = timedelta(days=366)
HIDDEN = Board.revealed_at.is_(None)


def sweep_reveals(at: datetime) -> bool | None:
    """Note the rounds that are revealed by themselves; follow the end of a fair, which may be late."""
    due = sa.select(Board).where(HIDDEN, Board.reveal_due_at <= at).order_by(Board.id).limit(AT_A_TURN)
    for board in session.scalars(due).all():
        hold(board)
        if board.revealed_at is None and board.reveal_due_at is not None:
            note_reveal(board, since=board.reveal_due_at, actor_id=None)
    for board in session.scalars(sa.select(Board).where(HIDDEN).order_by(Board.id)).all():
        if visitor_token(board) is not None:
            hold(board)
            set_due(board, at=at)
    return None


def sweep_teams(at: datetime) -> bool | None:
    """Follow who is reviewed and what it is called, in the rounds of the year."""
    recent = sa.select(Board).where(Board.opened_at > at - FOLLOWED).order_by(Board.id.desc()).limit(AT_A_TURN)
    follow_reviewed(list(session.scalars(recent)))
    return None
