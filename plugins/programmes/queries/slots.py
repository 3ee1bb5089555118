"""The slots of a day, as they may be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from portal.api import Viewer, local_day, reading, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import Slot
from plugins.programmes.queries.hours import end_of
from plugins.programmes.queries.shown import Shown, shown

_NUMBERS: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
READABLE = (
    sa.select(Slot)
    .join(Programme, Programme.id == Slot.programme_id)
    .where(Programme.readable())
    .options(contains_eager(Slot.programme))  # what a slot may say hangs on its day
)
_ONE = READABLE.where(Slot.id == sa.bindparam("number"))
_SOME = READABLE.where(Slot.id.in_(_NUMBERS))
IN_ORDER = (Slot.starts_at, Slot.track_id.is_not(None), Slot.track_id, Slot.id)
_OF = (
    sa.select(Slot).where(Slot.programme_id == sa.bindparam("number"), Slot.cancelled_at.is_(None)).order_by(*IN_ORDER)
)
_OF_SOME = sa.select(Slot).where(Slot.programme_id.in_(_NUMBERS), Slot.cancelled_at.is_(None)).order_by(*IN_ORDER)
_WITH_DAYS = (
    sa.select(Slot, Programme.held_on)
    .join(Programme, Programme.id == Slot.programme_id)
    .where(Slot.programme_id.in_(_NUMBERS), Slot.cancelled_at.is_(None))
)
_OFF = (
    sa.select(Slot)
    .where(Slot.programme_id == sa.bindparam("number"), Slot.cancelled_at.is_not(None))
    .order_by(*IN_ORDER)
)

_EVER = sa.select(Slot).where(Slot.programme_id == sa.bindparam("number")).order_by(*IN_ORDER)


def readable_slot(viewer: Viewer, slot_id: int, *, at: datetime) -> Slot | None:
    """Give the row of a slot whose programme `viewer` may read, or None. It is for services: show it with `shown`."""
    return session.scalar(_ONE, reading(viewer, at=at, number=slot_id))


def readable_slots(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Shown]:
    """Give those that `viewer` may read among some slots, taken off or not, as they may be read now."""
    return [shown(slot, at=at) for slot in session.scalars(_SOME, reading(viewer, at=at, some=list(ids)))]


def slots_of(programme: Programme, *, at: datetime) -> list[Shown]:
    """List what stands on a programme, the first first, as it may be read now."""
    return [shown(slot, at=at) for slot in rows_of(programme)]


def slots_by_day(programmes: Iterable[Programme], *, at: datetime) -> dict[int, list[Shown]]:
    """List what stands on some programmes, by their number, in one query."""
    found: dict[int, list[Shown]] = {programme.id: [] for programme in programmes}
    for slot in session.scalars(_OF_SOME, {"some": list(found)}) if found else ():
        found[slot.programme_id].append(shown(slot, at=at))
    return found


def ends_of(slots: Iterable[Slot | Shown]) -> dict[int, datetime]:
    """Give when each of some slots ends, of any days; an open end lasts until the next thing of its track begins."""
    some = list(slots)
    found: dict[int, datetime] = {slot.id: slot.ends_at for slot in some if slot.ends_at is not None}
    open_ends = [slot for slot in some if slot.ends_at is None]
    rows = session.execute(_WITH_DAYS, {"some": [slot.programme_id for slot in open_ends]}).all() if open_ends else []
    days: dict[int, date] = {row.programme_id: held_on for row, held_on in rows}
    for slot in open_ends:
        others = [row for row, _held_on in rows if row.programme_id == slot.programme_id]
        found[slot.id] = end_of(slot, others, day=days.get(slot.programme_id) or local_day(slot.starts_at))
    return found


def all_slots_of(programme: Programme, *, at: datetime) -> list[Shown]:
    """List every slot that a programme ever had, taken off or not, the first first: for calendars."""
    return [shown(slot, at=at) for slot in session.scalars(_EVER, {"number": programme.id})]


def rows_ever_of(programme: Programme) -> list[Slot]:
    """List the rows of what stands or stood on a programme: what was taken off goes where the day goes."""
    return list(session.scalars(_EVER, {"number": programme.id}))


def rows_of(programme: Programme) -> list[Slot]:
    """List the rows of what stands on a programme, the first first: for services."""
    return list(session.scalars(_OF, {"number": programme.id}))


def taken_off(programme: Programme, *, at: datetime) -> list[Shown]:
    """List what was taken off a programme and could be put back, the first first, as it may be read now."""
    return [shown(slot, at=at) for slot in session.scalars(_OFF, {"number": programme.id})]
