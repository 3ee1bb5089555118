"""Which copils one may read, and which one comes next."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Viewer, reading, session

from plugins.copils.models.copil import Copil
from plugins.copils.queries.copil_states import is_calling

_ONE = sa.select(Copil).where(Copil.id == sa.bindparam("number"), Copil.readable())
_CALLING = sa.select(Copil).where(is_calling()).order_by(Copil.held_at, Copil.id)


def readable_copil(viewer: Viewer, copil_id: int, *, at: datetime) -> Copil | None:
    """Give a copil that `viewer` may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=copil_id))


def copil_by_id(copil_id: int | None) -> Copil | None:
    """Give a copil, whoever asks: for services, which have been let in."""
    return session.get(Copil, copil_id) if copil_id is not None else None


def calling_copils(viewer: Viewer, *, at: datetime) -> list[Copil]:
    """List the copils whose agenda still takes questions, the nearest first; those `viewer` may read."""
    return list(session.scalars(_CALLING.where(Copil.readable()), reading(viewer, at=at)))
