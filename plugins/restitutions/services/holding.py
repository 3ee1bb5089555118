"""Holding a restitution while it changes, and whose it is; what an event says of it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Viewer, session, texts

from plugins.restitutions.models import Restitution, Status

_ = texts("restitutions")
_PERSON = sa.table("users", sa.column("id"))
# what refers to a person goes on being written meanwhile
_ONE = sa.select(_PERSON.c.id).where(_PERSON.c.id == sa.bindparam("person")).with_for_update(key_share=True)


def hold_author(actor: Viewer) -> int:
    """Let a second click of the same person wait until the first one is written; give their number.

    :raises Forbidden: nobody is signed in
    """
    if actor.person_id is None:
        raise Forbidden
    session.execute(_ONE, {"person": actor.person_id})
    return actor.person_id


def hold(restitution: Restitution) -> None:
    """Let nobody change it meanwhile.

    :raises Conflict: it was taken down
    """
    session.refresh(restitution, with_for_update=True)
    if restitution.status == Status.WITHDRAWN:
        raise Conflict(_("This restitution was taken down. Its video is no longer here."))


def must_own(actor: Viewer, restitution: Restitution) -> None:
    """Let its owner alone go on.

    :raises Forbidden: it is somebody else's
    """
    if actor.person_id is None or restitution.author_id != actor.person_id:
        raise Forbidden(_("Only whoever added it can do this."))


def facts_of(restitution: Restitution) -> dict[str, object]:
    """Say in an event which session a restitution is of."""
    of = restitution.restituted
    return {"session": [of.kind, of.id]} if of else {}
