"""What was planned, before delays: the hours a slot had until somebody pushed the button (C34 SPEC 6)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import session

from plugins.programmes.models.programme import Delay, Moved, Programme

_STANDING = sa.and_(Delay.programme_id == sa.bindparam("number"), Delay.undone_at.is_(None))
_FORMERS = sa.select(Moved).join(Delay, Delay.id == Moved.delay_id).where(_STANDING).order_by(Delay.id.desc())
_MOVES = sa.exists().where(Moved.delay_id == Delay.id)
_LATENESS = sa.select(sa.func.coalesce(sa.func.sum(Delay.minutes), 0)).where(_STANDING, _MOVES)


def planned_hours(programme: Programme) -> dict[int, Moved]:
    """Give the hours that slots had before the first delay that still moves them; one that none moves is absent."""
    return {former.slot_id: former for former in session.scalars(_FORMERS, {"number": programme.id})}


def lateness_of(programme: Programme) -> int:
    """Give by how many minutes a day runs later than planned, all its delays together; less than 0 if earlier.

    A delay of which nothing is left, because every hour was written anew since, counts no more.
    """
    return session.scalar(_LATENESS, {"number": programme.id}) or 0
