"""The sand-timer on a projector where nobody is signed in: an address made and closed by whoever projects (C01)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import Conflict, Viewer, issue_token, record, revoke_tokens, show_token, texts

from plugins.labs.models.ephemeral import Ephemeral

_ = texts("labs")

WALL_SCOPE = "labs.wall"
AFTER = timedelta(days=1)


def wall_of(actor: Viewer, ephemeral: Ephemeral) -> str | None:
    """Give the address part of the wall that this person opened; None if they opened none."""
    return show_token(WALL_SCOPE, ephemeral.subject, person_id=actor.person_id)


def open_wall(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Let this lab be projected without session, as far as this person may read it; doing it twice changes nothing.

    It dies by itself a day after the latest end the lab may have.

    :raises Conflict: the lab is over
    """
    if at >= ephemeral.ends_at or ephemeral.cancelled_at is not None:
        raise Conflict(_("This lab is over: there is no time left to project."))
    if wall_of(actor, ephemeral) is not None:
        return
    latest = ephemeral.ends_at + timedelta(minutes=ephemeral.minutes)
    issue_token(
        WALL_SCOPE,
        subject=ephemeral.subject,
        person_id=actor.person_id,
        expires_at=latest + AFTER,
        label=_.later("Sand-timer to project"),
    )
    record("labs.wall_opened", ephemeral.subject, actor=actor, at=at)


def close_wall(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Close the wall that this person opened; doing it twice changes nothing."""
    if wall_of(actor, ephemeral) is None:
        return
    revoke_tokens(WALL_SCOPE, ephemeral.subject, person_id=actor.person_id)
    record("labs.wall_closed", ephemeral.subject, actor=actor, at=at)
