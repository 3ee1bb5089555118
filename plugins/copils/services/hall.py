"""The wall of the hall without session: an address that whoever may announce a copil opens and closes (C07).

It shows what its opener may read, functions without the names of who holds them, and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import Subject, Viewer, issue_token, record, revoke_tokens, show_token, texts

_ = texts("copils")

HALL_SCOPE = "copils.hall"
BOARD = Subject("copils.board", 1)  # there is one
OPEN_DAYS = 365


def hall_token() -> str | None:
    """Give the address part of the wall of the hall; None while it is closed."""
    return show_token(HALL_SCOPE, BOARD)


def open_hall(actor: Viewer, *, at: datetime) -> None:
    """Open the wall for a year; doing it twice changes nothing."""
    if hall_token() is not None:
        return
    expires_at = at + timedelta(days=OPEN_DAYS)
    label = _.later("Wall of the commitments")
    issue_token(HALL_SCOPE, subject=BOARD, person_id=actor.person_id, expires_at=expires_at, label=label)
    record("copils.hall_opened", BOARD, actor=actor, at=at)


def close_hall(actor: Viewer, *, at: datetime) -> None:
    """Close it, whoever opened it; doing it twice changes nothing."""
    if hall_token() is None:
        return
    revoke_tokens(HALL_SCOPE, BOARD)
    record("copils.hall_closed", BOARD, actor=actor, at=at)
