"""Who writes what is theirs, one click at a time."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import Forbidden, Viewer, session

_PERSON = sa.table("users", sa.column("id"))
# what refers to a person goes on being written meanwhile
_HOLD = sa.select(_PERSON.c.id).where(_PERSON.c.id == sa.bindparam("person")).with_for_update(key_share=True)


def owner_of(actor: Viewer) -> int:
    """Give the person who acts.

    :raises Forbidden: nobody is there
    """
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id


def hold_person(person_id: int) -> None:
    """Let a second click of the same person wait until the first one is written."""
    session.execute(_HOLD, {"person": person_id})
