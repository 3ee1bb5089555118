"""When a round is revealed by itself: two days after its first card, and no later than visitors may write (SPEC 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import issue_token, move_expiry, revoke_tokens, session, show_token

from plugins.regards.models.board import REVEAL_HOURS, Board
from plugins.regards.models.card import Card
from plugins.regards.queries.reviewed import visitors_until

VISITOR_SCOPE = "regards.visitor"


def visitor_token(board: Board) -> str | None:
    """Give the address part that lets visitors write; None if it opens nothing."""
    return show_token(VISITOR_SCOPE, board.subject)


def set_due(board: Board, *, at: datetime) -> None:
    """Say when a round that is hidden is revealed by itself, and until when its code opens: the fair may be late.

    Nothing is due before a first card is handed in.
    """
    until = visitors_until(board.reviewed, at=at)
    _follow(board, until)
    first = session.scalar(sa.select(sa.func.min(Card.handed_in_at)).where(Card.board_id == board.id))
    soonest = [first + timedelta(hours=REVEAL_HOURS)] if first else []
    board.reveal_due_at = min([*soonest, until], default=None) if soonest and until else min(soonest, default=None)
    session.flush()


def _follow(board: Board, until: datetime | None) -> None:
    """Let the code of a round open as long as visitors may write."""
    if until is None:
        return
    if visitor_token(board) is None:
        issue_token(VISITOR_SCOPE, subject=board.subject, expires_at=until)
    else:
        move_expiry(VISITOR_SCOPE, board.subject, expires_at=until)


def close_code(board: Board) -> None:
    """Let the code open nothing any more: the round is revealed."""
    revoke_tokens(VISITOR_SCOPE, board.subject)
