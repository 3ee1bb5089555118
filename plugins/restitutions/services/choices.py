"""« Toujours pour cet hébergeur »: a person's own choice, off until they make it, undone in one click (C33 SPEC 4)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.api import Forbidden, Viewer, session

from plugins.restitutions.models import Choice


def show_always(actor: Viewer, host: str, *, at: datetime) -> None:
    """Show the videos of this host without asking first; twice is once."""
    if actor.person_id is None:
        raise Forbidden
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Choice).values(person_id=actor.person_id, host=host, chosen_at=at)
    session.execute(row.on_conflict_do_nothing(index_elements=["person_id", "host"]))


def ask_again(actor: Viewer, host: str) -> None:
    """Ask first again; twice is once."""
    session.execute(sa.delete(Choice).where(Choice.person_id == actor.person_id, Choice.host == host))
