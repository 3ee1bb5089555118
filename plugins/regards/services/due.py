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

    Nothing is due before a first card is handed in. Where visitors have a place it is their end, however early a poster
    was tried; else two days after that card.
    """
    until = visitors_until(board.reviewed)
    _follow(board, until if until is not None and until > at else None)
    board.reveal_due_at = _due(board, until)
    session.flush()


def _due(board: Board, until: datetime | None) -> datetime | None:
    first = session.scalar(sa.select(sa.func.min(Card.handed_in_at)).where(Card.board_id == board.id))
    if first is None:
        return None
    is_at_their_end = until is not None and until >= first  # a round on a fair that is over is a round like any other
    return until if is_at_their_end else first + timedelta(hours=REVEAL_HOURS)


def is_late(board: Board, *, at: datetime) -> bool:
    """Tell whether a hidden round is due at another time than was written down, or its code open when it should not."""
    until = visitors_until(board.reviewed)
    is_open = until is not None and until > at
    return board.reveal_due_at != _due(board, until) or is_open != (visitor_token(board) is not None)


def _follow(board: Board, until: datetime | None) -> None:
    """Let the code of a round open as long as visitors may write, and no longer."""
    if until is None:
        close_code(board)
    elif visitor_token(board) is None:
        issue_token(VISITOR_SCOPE, subject=board.subject, expires_at=until)
    else:
        move_expiry(VISITOR_SCOPE, board.subject, expires_at=until)


def close_code(board: Board) -> None:
    """Let the code open nothing any more: the round is revealed."""
    revoke_tokens(VISITOR_SCOPE, board.subject)
