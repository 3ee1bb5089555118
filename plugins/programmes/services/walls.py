"""Walls of a day where nobody is signed in: an address opened and closed by who organises (C34, C35 SPEC 3).

Their addresses, and the codes of its stands, die by themselves at the end of the day after.
"""

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
from plugins.programmes.queries.stands import every_stand_of
from plugins.programmes.services.facts import hold, must_be_held, must_organise

_ = texts("programmes")

WALL_SCOPE, TURNS_SCOPE, STAND_SCOPE = "programmes.wall", "programmes.turns", "programmes.stand"
LABELS = {WALL_SCOPE: _.later("Wall of a day"), TURNS_SCOPE: _.later("Wall of the turns")}
AFTER = timedelta(days=2)  # from the midnight at which the day begins


def wall_of(programme: Programme, *, scope: str = WALL_SCOPE) -> str | None:
    """Give the address part of the wall that is open; None if none is."""
    return show_token(scope, programme.subject)


def open_wall(actor: Viewer, programme: Programme, *, at: datetime, scope: str = WALL_SCOPE) -> None:
    """Let the day be projected without session, as this person may read it; opening it twice changes nothing.

    :raises Forbidden: somebody else organises it
    :raises Conflict: it was cancelled, or is over
    """
    must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    if at >= dies_at(programme):
        raise Conflict(_("This day is over: there is nothing left to project."))
    if wall_of(programme, scope=scope) is not None:
        return
    issue_token(
        scope,
        subject=programme.subject,
        person_id=actor.person_id,
        expires_at=dies_at(programme),
        label=LABELS[scope],
    )
    record("programmes.wall_opened", programme.subject, actor=actor, at=at)


def close_wall(actor: Viewer, programme: Programme, *, at: datetime, scope: str = WALL_SCOPE) -> None:
    """Close the wall; doing it twice changes nothing.

    :raises Forbidden: somebody else organises it
    """
    must_organise(actor, programme)
    hold(programme)
    if wall_of(programme, scope=scope) is None:
        return
    revoke_tokens(scope, programme.subject)
    record("programmes.wall_closed", programme.subject, actor=actor, at=at)


def close_walls_of(programme: Programme, person_id: int) -> None:
    """Close the walls that somebody opened: they show the day as this person reads it, who organises it no more."""
    for scope in LABELS:
        revoke_tokens(scope, programme.subject, person_id=person_id)


def follow_day(programme: Programme) -> None:
    """Let what is open live as long as the day, which has another date: its walls, the codes of its stands."""
    for scope in LABELS:
        move_expiry(scope, programme.subject, expires_at=dies_at(programme))
    for stand in every_stand_of(programme):
        move_expiry(STAND_SCOPE, stand.subject, expires_at=dies_at(programme))


def dies_at(programme: Programme) -> datetime:
    """Give when the addresses of a day open nothing any more."""
    return local_midnight(programme.held_on) + AFTER
