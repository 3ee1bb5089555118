"""What an act on a day asks first; a refusal is a sentence."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Viewer, local_day, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.hours import evening_of
from plugins.programmes.queries.programmes import is_organiser

_ = texts("programmes")

_USERS = sa.table("users", sa.column("id"))
# what refers to a person goes on being written meanwhile
_PERSON = sa.select(_USERS.c.id).where(_USERS.c.id == sa.bindparam("person")).with_for_update(key_share=True)


def must_organise(actor: Viewer, programme: Programme) -> int:
    """Give the id of who organises this day.

    :raises Forbidden: they do not
    """
    if actor.person_id is None or not is_organiser(actor, programme):
        raise Forbidden(_("Only who organises this day may do this."))
    return actor.person_id


def must_be_held(programme: Programme) -> None:
    """Refuse to change a day that was cancelled.

    :raises Conflict: it was
    """
    if programme.cancelled_at is not None:
        raise Conflict(_("This day was cancelled: nothing in it changes any more."))


def has_come(programme: Programme, at: datetime) -> bool:
    """Tell whether the day itself has come, in the zone of the collectivity (C09 SPEC 6)."""
    return local_day(at) >= programme.held_on


def is_past(programme: Programme, at: datetime) -> bool:
    """Tell whether the day is over, its night too."""
    return evening_of(at) > programme.held_on


def hold(programme: Programme) -> None:
    """Take the row, so that of two acts at once the second sees from here what the first did."""
    session.refresh(programme, with_for_update=True)


def hold_person(person_id: int) -> None:
    """Let the second of two clicks of the same person wait until the first one is written, and see it."""
    session.execute(_PERSON, {"person": person_id})
