"""« Maintenant / ensuite » where nobody is signed in: an address opened and closed by who organises (C34)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import (
    Conflict,
    Viewer,
    issue_token,
    local_midnight,
    move_expiry,
    record,
    revoke_tokens,
    show_token,
    texts,
)

from plugins.programmes.models.programme import Programme
from plugins.programmes.services.facts import must_be_held, must_organise

_ = texts("programmes")

WALL_SCOPE = "programmes.wall"
AFTER = timedelta(days=2)


def wall_of(programme: Programme) -> str | None:
    """Give the address part of the wall that is open; None if none is."""
    return show_token(WALL_SCOPE, programme.subject)


def open_wall(actor: Viewer, programme: Programme, *, at: datetime) -> None:
    """Let the day be projected without session, as this person may read it; it dies by itself the day after.

    :raises Forbidden: somebody else organises it
    :raises Conflict: it was cancelled, or is over
    """
    must_organise(actor, programme)
    must_be_held(programme)
    if at >= _dies_at(programme):
        raise Conflict(_("This day is over: there is nothing left to project."))
    if wall_of(programme) is not None:
        return
    issue_token(
        WALL_SCOPE,
        subject=programme.subject,
        person_id=actor.person_id,
        expires_at=_dies_at(programme),
        label=_.later("Wall of a day"),
    )
    record("programmes.wall_opened", programme.subject, actor=actor, at=at)


def close_wall(actor: Viewer, programme: Programme, *, at: datetime) -> None:
    """Close the wall; doing it twice changes nothing.

    :raises Forbidden: somebody else organises it
    """
    must_organise(actor, programme)
    if wall_of(programme) is None:
        return
    revoke_tokens(WALL_SCOPE, programme.subject)
    record("programmes.wall_closed", programme.subject, actor=actor, at=at)


def follow_day(programme: Programme) -> None:
    """Let the wall that is open live as long as the day, which has another date."""
    move_expiry(WALL_SCOPE, programme.subject, expires_at=_dies_at(programme))


def _dies_at(programme: Programme) -> datetime:
    return local_midnight(programme.held_on) + AFTER
