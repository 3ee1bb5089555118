"""The room on a projector where nobody is signed in: an address opened and closed by whoever facilitates (C07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import Conflict, Viewer, issue_token, move_expiry, record, revoke_tokens, show_token, texts

from plugins.copils.models.copil import Copil
from plugins.copils.queries.copil_states import CURRENT, ends_at, state_of
from plugins.copils.services.facts import must_facilitate

_ = texts("copils")

ROOM_SCOPE = "copils.room"
AFTER = timedelta(days=1)


def room_of(copil: Copil) -> str | None:
    """Give the address part of the wall that is open; None if none is."""
    return show_token(ROOM_SCOPE, copil.subject)


def open_room(actor: Viewer, copil: Copil, *, at: datetime) -> None:
    """Let this copil be projected without session, as this person may read it; doing it twice changes nothing.

    It dies by itself a day after the copil.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it is over, or called off
    """
    must_facilitate(actor, copil, at=at)
    if state_of(copil, at=at) not in CURRENT:
        raise Conflict(_("This copil is over: there is nothing left to project."))
    if room_of(copil) is not None:
        return
    issue_token(
        ROOM_SCOPE,
        subject=copil.subject,
        person_id=actor.person_id,
        expires_at=_dies_at(copil),
        label=_.later("Wall of a copil"),
    )
    record("copils.room_opened", copil.subject, actor=actor, at=at)


def close_room(actor: Viewer, copil: Copil, *, at: datetime) -> None:
    """Close the wall; doing it twice changes nothing.

    :raises Forbidden: somebody else facilitates it, or they decide there
    """
    must_facilitate(actor, copil, at=at)
    if room_of(copil) is None:
        return
    forget_room(copil)
    record("copils.room_closed", copil.subject, actor=actor, at=at)


def forget_room(copil: Copil) -> None:
    """Let the wall open nothing any more: it is read as whoever opened it reads."""
    revoke_tokens(ROOM_SCOPE, copil.subject)


def follow_day(copil: Copil) -> None:
    """Let the wall that is open live as long as the copil, which has another day."""
    move_expiry(ROOM_SCOPE, copil.subject, expires_at=_dies_at(copil))


def _dies_at(copil: Copil) -> datetime:
    return ends_at(copil) + AFTER
