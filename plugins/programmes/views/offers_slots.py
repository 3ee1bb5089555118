"""What one may do with a slot, and its card: of a surprise, « Surprise ! » before its time (C34 SPEC 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import url_for

from portal.api import Action, Subject, SubjectCard, Viewer, can, now, session, texts

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import UNEXPECTED, Slot
from plugins.programmes.queries.people import coming_ids
from plugins.programmes.queries.programmes import is_organiser
from plugins.programmes.queries.slots import readable_slot, readable_slots
from plugins.programmes.services.coming import is_over, why_not
from plugins.programmes.services.facts import has_come

_ = texts("programmes")


def url_of(endpoint: str, slot_id: int) -> str:
    """Give an address of a slot."""
    return url_for(f"programmes.{endpoint}", slot_id=slot_id)


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read, as they may be read now."""
    for slot in readable_slots(viewer, ids, at=now()):
        yield SubjectCard(slot.title, url_of("slot", slot.id), slot.subject)


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them."""
    slot = readable_slot(viewer, subject.id, at=now())
    if slot is None or not viewer.is_signed_in:
        return
    programme = session.get_one(Programme, slot.programme_id)
    if programme.cancelled_at is not None:
        return
    if can(viewer, permissions.COME):
        yield from _to_come(slot, programme, viewer)
    if can(viewer, permissions.ORGANISE) and is_organiser(viewer, programme):
        yield from _to_organise(slot, programme)


def _to_come(slot: Slot, programme: Programme, viewer: Viewer) -> Iterator[Action]:
    if is_over(programme, slot, at=now()):
        return
    if viewer.person_id in coming_ids(slot.id):
        yield Action(_("Sign off"), url_of("stay_away", slot.id), method="post", order=5)
    elif not why_not(programme, slot, at=now()):
        yield Action(_("I come"), url_of("come", slot.id), method="post", kind="main", order=5)


def _to_organise(slot: Slot, programme: Programme) -> Iterator[Action]:
    if slot.cancelled_at is not None:
        yield Action(_("Put it back"), url_of("slot_put_back", slot.id), method="post", kind="main", order=8)
        return
    if slot.kind == UNEXPECTED and has_come(programme, now()):
        yield Action(_("Say what it is"), url_of("slot_fill", slot.id), kind="" if slot.title else "main", order=8)
    yield Action(_("Change"), url_of("slot_change", slot.id), order=10)
    yield Action(_("Who runs it"), url_of("slot_hosts", slot.id), order=12)
    yield Action(_("Take off the programme"), url_of("slot_take_off", slot.id), method="post", kind="quiet", order=90)
