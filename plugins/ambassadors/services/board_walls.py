"""The board on a wall without session: an address that whoever belongs to a lab opens and closes (C44).

It shows what every agent may read, without a name, and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import Viewer, issue_token, record, revoke_tokens, show_token, texts

from plugins.ambassadors.models.wanted import BOARD

_ = texts("ambassadors")

WALL_SCOPE = "ambassadors.wall"
OPEN_DAYS = 365


def wall_token() -> str | None:
    """Give the address part of the wall; None while it is closed."""
    return show_token(WALL_SCOPE, BOARD)


def open_wall(actor: Viewer, *, at: datetime) -> None:
    """Open the wall for a year; doing it twice changes nothing."""
    if wall_token() is not None:
        return
    expires_at, label = at + timedelta(days=OPEN_DAYS), _.later("Wall of what is looked for")
    issue_token(WALL_SCOPE, subject=BOARD, person_id=actor.person_id, expires_at=expires_at, label=label)
    record("ambassadors.wall_opened", BOARD, actor=actor, at=at)


def close_wall(actor: Viewer, *, at: datetime) -> None:
    """Close it, whoever opened it; doing it twice changes nothing."""
    if wall_token() is None:
        return
    revoke_tokens(WALL_SCOPE, BOARD)
    record("ambassadors.wall_closed", BOARD, actor=actor, at=at)
