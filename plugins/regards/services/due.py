"""When a round is revealed by itself: two days after its first card, and no later than visitors may write (SPEC 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import issue_token, move_expiry, session, show_token

from plugins.regards.models.board import REVEAL_HOURS, Board
from plugins.regards.models.card import Card

VISITOR_SCOPE = "regards.visitor"
WORDS_KEPT = timedelta(days=7)  # so long after, whoever comes too late with a card gets their words back


def visitor_token(board: Board) -> str | None:
    """Give the address part that lets visitors write, while the round takes them; None if none was ever made."""
    return show_token(VISITOR_SCOPE, board.subject)


def set_due(board: Board, *, at: datetime) -> None:
    """Say when a round that is hidden is revealed by itself; make its code where visitors have a place.

    Nothing is due before a first card is handed in. Where visitors have a place it is their end, however early a poster
    was tried; else two days after that card.
    """
    board.reveal_due_at = _due(board)
    if _wants_code(board, at):
        issue_token(VISITOR_SCOPE, subject=board.subject)
    session.flush()


def _wants_code(board: Board, at: datetime) -> bool:
    return board.takes_visitors(at) and visitor_token(board) is None


def _due(board: Board) -> datetime | None:
    until = board.visitors_until
    first = session.scalar(sa.select(sa.func.min(Card.handed_in_at)).where(Card.board_id == board.id))
    if first is None:
        return None
    is_at_their_end = until is not None and until >= first  # a round on a fair that is over is a round like any other
    return until if is_at_their_end else first + timedelta(hours=REVEAL_HOURS)


def is_late(board: Board, *, at: datetime) -> bool:
    """Tell whether a hidden round is due at another time than was written down, or lacks its code."""
    return board.reveal_due_at != _due(board) or _wants_code(board, at)


def date_code(board: Board, *, at: datetime) -> None:
    """Let the code of a round, which takes visitors no more, give words back for a week, and open nothing then."""
    move_expiry(VISITOR_SCOPE, board.subject, expires_at=at + WORDS_KEPT)
