"""Who runs a slot, who comes to it: names for whoever organises or runs it, a count of seats for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Person, Viewer, people, reading, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.queries.shown import Shown, shown
from plugins.programmes.queries.slots import IN_ORDER, READABLE

_NUMBERS: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
_HOSTS = sa.select(Host.slot_id, Host.person_id).where(Host.slot_id.in_(_NUMBERS)).order_by(Host.id)
_COUNTS = sa.select(SignUp.slot_id, sa.func.count()).where(SignUp.slot_id.in_(_NUMBERS)).group_by(SignUp.slot_id)
_COMING = sa.select(SignUp.person_id).where(SignUp.slot_id == sa.bindparam("number")).order_by(SignUp.id)
_MINE_AMONG = sa.func.max(sa.case((SignUp.person_id == READER, 1), else_=0))
_SEATS = (
    sa.select(SignUp.slot_id, sa.func.count(), _MINE_AMONG).where(SignUp.slot_id.in_(_NUMBERS)).group_by(SignUp.slot_id)
)
_AMONG = sa.select(SignUp.slot_id).where(SignUp.person_id == READER, SignUp.slot_id.in_(_NUMBERS))
_STANDS = sa.and_(Slot.cancelled_at.is_(None), Programme.cancelled_at.is_(None))
_SIGNED = Slot.id.in_(sa.select(SignUp.slot_id).where(SignUp.person_id == READER))
_RUN = Slot.id.in_(sa.select(Host.slot_id).where(Host.person_id == READER))
_MINE = READABLE.where(_STANDS, _SIGNED, Programme.held_on >= sa.bindparam("since")).order_by(*IN_ORDER)
_BOTH = sa.union_all(
    sa.select(Host.slot_id, Host.person_id).where(Host.slot_id.in_(_NUMBERS)),
    sa.select(SignUp.slot_id, SignUp.person_id).where(SignUp.slot_id.in_(_NUMBERS)),
)
_THEIRS = (
    sa.select(SignUp.person_id, Slot)
    .join(Slot, Slot.id == SignUp.slot_id)
    .join(Programme, Programme.id == Slot.programme_id)
    .where(_STANDS, Programme.held_on >= sa.bindparam("since"))
    .where(SignUp.person_id.in_(sa.select(SignUp.person_id).where(SignUp.slot_id.in_(_NUMBERS))))
    .order_by(SignUp.person_id)
)
_MY_OWN = READABLE.where(_STANDS, sa.or_(_SIGNED, _RUN), Programme.held_on >= sa.bindparam("since"))
_OURS = _MY_OWN.order_by(*IN_ORDER)


def hosts_of(slots: Iterable[Shown]) -> dict[int, list[Person]]:
    """Name who runs each of some slots; of a surprise, nobody before its time: a name tells."""
    told = [slot.id for slot in slots if not slot.is_hidden]
    rows = session.execute(_HOSTS, {"some": told}).all()
    names = people(person_id for _slot_id, person_id in rows)
    found: dict[int, list[Person]] = {slot_id: [] for slot_id in told}
    for slot_id, person_id in rows:
        found[slot_id].append(names[person_id])
    return found


def host_ids(slot_id: int) -> list[int]:
    """List who runs a slot, surprise or not: for services."""
    return [person_id for _slot_id, person_id in session.execute(_HOSTS, {"some": [slot_id]})]


def coming_counts(slot_ids: Iterable[int]) -> dict[int, int]:
    """Count who signed up for each of some slots."""
    return {row[0]: row[1] for row in session.execute(_COUNTS, {"some": list(slot_ids)})}


def seats_taken(viewer: Viewer, slot_ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """Give how many signed up for each of some slots, and whether the reader did; a slot that nobody did is absent."""
    rows = session.execute(_SEATS, {READER.key: viewer.person_id, "some": list(slot_ids)})
    return {slot_id: (count, bool(is_mine)) for slot_id, count, is_mine in rows}


def coming_ids(slot_id: int) -> list[int]:
    """List who signed up for a slot, the first first: for services, and for whoever organises or runs it."""
    return list(session.scalars(_COMING, {"number": slot_id}))


def signed_among(viewer: Viewer, slot_ids: Iterable[int]) -> set[int]:
    """Give those that somebody signed up for, among some slots they may read."""
    some = list(slot_ids)
    if viewer.person_id is None or not some:
        return set()
    return set(session.scalars(_AMONG, {READER.key: viewer.person_id, "some": some}))


def my_sign_ups(viewer: Viewer, *, since: date, at: datetime) -> list[Shown]:
    """List the slots that somebody signed up for, on the days from `since` on, the first first."""
    if viewer.person_id is None:
        return []
    return [shown(slot, at=at) for slot in session.scalars(_MINE, reading(viewer, at=at, since=since))]


def my_slots(viewer: Viewer, *, since: date, at: datetime) -> list[Shown]:
    """List the slots that somebody signed up for or runs, on the days from `since` on, the first first."""
    if viewer.person_id is None:
        return []
    return [shown(slot, at=at) for slot in session.scalars(_OURS, reading(viewer, at=at, since=since))]


def concerned_by(slot_ids: Iterable[int]) -> dict[int, set[int]]:
    """Give who runs each of some slots or comes to it, whoever asks: for services that tell them."""
    found: dict[int, set[int]] = {}
    for slot_id, person_id in session.execute(_BOTH, {"some": list(slot_ids)}):
        found.setdefault(slot_id, set()).add(person_id)
    return found


def sign_ups_beside(slot_ids: Iterable[int], *, since: date) -> dict[int, list[Slot]]:
    """Give all that those signed up for who come to one of some slots, by their number: for services that tell them."""
    found: dict[int, list[Slot]] = {}
    for person_id, slot in session.execute(_THEIRS, {"some": list(slot_ids), "since": since}):
        found.setdefault(person_id, []).append(slot)
    return found
