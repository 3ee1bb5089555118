"""The stands of a fair, whoever holds them, and how long the fair lasts (C35)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from portal.api import Viewer, reading, session, zone

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import WORKSHOP, Slot
from plugins.programmes.models.stand import Holder, Stand

EVENING, LATE = time(18), time(23)
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
_READABLE = sa.select(Stand).join(Programme, Programme.id == Stand.programme_id).where(Programme.readable())
_ONE = _READABLE.where(Stand.id == sa.bindparam("number"))
_SOME = _READABLE.where(Stand.id.in_(_NUMBERS))
_OF = sa.select(Stand).where(Stand.programme_id == sa.bindparam("number")).order_by(Stand.position, Stand.id)
_HELD = sa.select(Holder.stand_id, Holder.person_id).where(Holder.stand_id.in_(_NUMBERS)).order_by(Holder.id)
_LAST_WORKSHOP = sa.select(sa.func.max(Slot.ends_at)).where(
    Slot.programme_id == sa.bindparam("number"), Slot.kind == WORKSHOP, Slot.cancelled_at.is_(None)
)


def readable_stand(viewer: Viewer, stand_id: int, *, at: datetime) -> Stand | None:
    """Give a stand of a day that `viewer` may read, closed or not, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=stand_id))


def readable_stands(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Stand]:
    """Give those that `viewer` may read among some stands."""
    return list(session.scalars(_SOME, reading(viewer, at=at, some=list(ids))))


def every_stand_of(programme: Programme) -> list[Stand]:
    """List the stands of a day, closed or not, in the order of their turns."""
    return list(session.scalars(_OF, {"number": programme.id}))


def stands_of(programme: Programme) -> list[Stand]:
    """List the stands that are kept, in the order of their turns."""
    return [stand for stand in every_stand_of(programme) if stand.closed_at is None]


def closed_stands_of(programme: Programme) -> list[Stand]:
    """List those that were closed, which can be opened again."""
    return [stand for stand in every_stand_of(programme) if stand.closed_at is not None]


def holders_of(stand_ids: Iterable[int]) -> dict[int, list[int]]:
    """Give who holds each stand, the first named first; a stand that nobody holds is absent."""
    found: dict[int, list[int]] = {}
    for stand_id, person_id in session.execute(_HELD, {"some": list(stand_ids)}):
        found.setdefault(stand_id, []).append(person_id)
    return found


def programme_of(stand: Stand) -> Programme:
    """Give the day of a stand, whoever reads it."""
    return session.get_one(Programme, stand.programme_id)


def pack_ready_at(programme: Programme) -> datetime:
    """Give when the stands take their packs home: that evening, once the last workshop is over or it is late."""
    evening, late = (datetime.combine(programme.held_on, hour, zone()) for hour in (EVENING, LATE))
    return min(max(evening, _last_workshop(programme) or evening), late)


def _last_workshop(programme: Programme) -> datetime | None:
    return session.scalar(_LAST_WORKSHOP, {"number": programme.id})
