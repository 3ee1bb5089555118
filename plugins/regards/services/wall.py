"""The wall of open questions without session: an address that a member of a lab opens, and closes (C36).

It shows what its opener may read as they may read it now, if every agent may, and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import Forbidden, Subject, Viewer, issue_token, record, revoke_tokens, show_token, texts

_ = texts("regards")

WALL_SCOPE = "regards.wall"
WALL = Subject("regards.wall", 1)  # there is one
OPEN_DAYS = 365


def wall_token(actor: Viewer) -> str | None:
    """Give the address part of the wall that this person opened; None while it is closed."""
    return show_token(WALL_SCOPE, WALL, person_id=actor.person_id) if actor.is_signed_in else None


def open_wall(actor: Viewer, *, at: datetime) -> None:
    """Open the wall for a year; doing it twice changes nothing.

    :raises Forbidden: the actor belongs to no lab
    """
    if not actor.lab_ids:
        raise Forbidden(_("This wall is opened by the members of the labs. Ask one of them."))
    if wall_token(actor) is not None:
        return
    expires_at, label = at + timedelta(days=OPEN_DAYS), _.later("Wall of the open questions")
    issue_token(WALL_SCOPE, subject=WALL, person_id=actor.person_id, expires_at=expires_at, label=label)
    record("regards.wall_opened", WALL, actor=actor, at=at)


def close_wall(actor: Viewer, *, at: datetime) -> None:
    """Close the wall that this person opened; doing it twice changes nothing."""
    if wall_token(actor) is None:
        return
    revoke_tokens(WALL_SCOPE, WALL, person_id=actor.person_id)
    record("regards.wall_closed", WALL, actor=actor, at=at)
