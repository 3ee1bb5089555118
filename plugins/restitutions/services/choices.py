"""« Toujours pour cet hébergeur »: a person's own choice, off until they make it, undone in one click (C33 SPEC 4)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Forbidden, Viewer, session

from plugins.restitutions.models import Choice
from plugins.restitutions.queries.hosts import always_shows


def show_always(actor: Viewer, host: str, *, at: datetime) -> None:
    """Show the videos of this host without asking first; twice is once."""
    if actor.person_id is None:
        raise Forbidden
    if not always_shows(actor, host):
        session.add(Choice(person_id=actor.person_id, host=host, chosen_at=at))
        session.flush()


def ask_again(actor: Viewer, host: str) -> None:
    """Ask first again; twice is once."""
    session.execute(sa.delete(Choice).where(Choice.person_id == actor.person_id, Choice.host == host))
