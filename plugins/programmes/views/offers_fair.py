"""The fair as others meet it: cards of stands, what one may do there, what stands on the page of the day (C35)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask import url_for

from portal.api import Action, Section, Subject, SubjectCard, Viewer, can, group_members, now, session, texts

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import WORKSHOP, Slot
from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.people import host_ids
from plugins.programmes.queries.programmes import is_organiser, organiser_ids, readable_programme
from plugins.programmes.queries.slots import readable_slot, rows_of
from plugins.programmes.queries.stands import (
    holders_of,
    pack_ready_at,
    programme_of,
    readable_stand,
    readable_stands,
    stands_of,
)
from plugins.programmes.services.facts import has_come
from plugins.programmes.services.stands import may_hold

_ = texts("programmes")


def cards(ids: Iterable[int], viewer: Viewer) -> Iterator[SubjectCard]:
    """Name the stands that `viewer` may read; whoever has no account is led to the day, on its page for everybody."""
    for stand in readable_stands(viewer, ids, at=now()):
        day = url_for("programmes.public_day", programme_id=stand.programme_id)
        url = url_for("programmes.stand", stand_id=stand.id) if viewer.is_signed_in else day
        yield SubjectCard(stand.title, url, stand.subject)


def agenda_cards(ids: Iterable[int], viewer: Viewer) -> Iterator[SubjectCard]:
    """Name one's own agenda; it is nobody else's to read."""
    if viewer.person_id in set(ids):
        number = viewer.person_id or 0
        yield SubjectCard(_("My agenda"), url_for("programmes.agenda"), Subject("programmes.agenda", number))


def closed_cards(ids: Iterable[int], viewer: Viewer) -> Iterator[SubjectCard]:
    """Name days that are no longer open to somebody: the same for every number, and it leads to one's own agenda."""
    for number in ids if viewer.is_signed_in else ():
        title = _("A day that is not open to you")
        yield SubjectCard(title, url_for("programmes.agenda"), Subject("programmes.closed", number))


def actions(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Give what `viewer` may do with a slot or a stand, of calendars and of the fair."""
    offer = _OFFERS.get(subject.kind)
    if offer is not None:
        yield from offer(subject.id, viewer, now())


def of_day(programme: Programme, *, organises: bool) -> Iterator[Action]:
    """Give what one may do with a day that one reads, of calendars and of the fair."""
    there: dict[str, Any] = {"programme_id": programme.id}
    yield Action(_("Put it in my calendar"), url_for("programmes.day_calendar", **there), kind="quiet", order=55)
    if not organises or programme.cancelled_at is not None:
        return
    if not stands_of(programme):  # else their list stands beside the programme
        yield Action(_("Add a stand"), url_for("programmes.new_stand", **there), kind="quiet", order=66)


def _of_slot(number: int, viewer: Viewer, at: datetime) -> Iterator[Action]:
    slot = readable_slot(viewer, number, at=at)
    if slot is not None:
        url = url_for("programmes.slot_calendar", slot_id=slot.id)
        yield Action(_("Put it in my calendar"), url, kind="quiet", order=55)
        if viewer.is_signed_in and stands_of(slot.programme):
            url = url_for("programmes.stands", programme_id=slot.programme_id)
            yield Action(_("The stands of the day"), url, kind="quiet", order=56)


def _of_stand(number: int, viewer: Viewer, at: datetime) -> Iterator[Action]:
    stand = readable_stand(viewer, number, at=at)
    if stand is None or not viewer.is_signed_in:
        return
    programme = programme_of(stand)
    there: dict[str, Any] = {"stand_id": stand.id}
    if may_hold(viewer, stand) and can(viewer, permissions.HOLD, stand):
        if has_come(programme, at):
            yield Action(_("Take its pack"), url_for("programmes.pack", **there), kind="main", order=20)
        if _is_kept(stand, programme):
            yield Action(_("Change it"), url_for("programmes.stand_change", **there), order=60)
    if _is_kept(stand, programme):
        yield Action(_("Poster to print"), url_for("programmes.stand_poster", **there), kind="quiet", order=65)
    if is_organiser(viewer, programme) and can(viewer, permissions.ORGANISE, stand):
        yield from _of_organiser(stand, there)


def _of_organiser(stand: Stand, there: dict[str, Any]) -> Iterator[Action]:
    if stand.closed_at is None:
        yield Action(_("Close the stand"), url_for("programmes.stand_close_page", **there), kind="quiet", order=90)
    else:
        yield Action(_("Open it again"), url_for("programmes.stand_reopen", **there), method="post", order=90)


def _is_kept(stand: Stand, programme: Programme) -> bool:
    return stand.closed_at is None and programme.cancelled_at is None


_OFFERS = {"programmes.slot": _of_slot, "programmes.stand": _of_stand}


def sections(subject: Subject, viewer: Viewer) -> Iterator[Section]:
    """Give the stands of a day, for its page."""
    programme = readable_programme(viewer, subject.id, at=now()) if subject.kind == "programmes.programme" else None
    kept = stands_of(programme) if programme is not None else []
    if programme is None or not kept:
        return
    shown = {"stands": kept, "programme": programme, "linked": viewer.is_signed_in}
    yield Section(_("The stands"), "programmes/_stands.html", shown, order=20)


def team_of(subject: Subject) -> list[frozenset[int]]:
    """Give whoever is reviewed at a stand or a workshop: those who hold or run it, the lab whose stand it is (C36)."""
    stand = session.get(Stand, subject.id) if subject.kind == "programmes.stand" else None
    if stand is not None:
        lab = group_members(stand.lab_group_id) if stand.lab_group_id else []
        return [frozenset(holders_of([stand.id]).get(stand.id, ())) | {person.id for person in lab}]
    slot = session.get(Slot, subject.id) if subject.kind == "programmes.slot" else None
    return [frozenset(host_ids(slot.id))] if slot is not None and slot.kind == WORKSHOP else []


def visitors_until(subject: Subject) -> list[datetime]:
    """Give until when somebody without an account may leave a regard on a stand: the pack of the evening holds it."""
    stand = session.get(Stand, subject.id) if subject.kind == "programmes.stand" else None
    programme = programme_of(stand) if stand is not None and stand.closed_at is None else None
    return [pack_ready_at(programme)] if programme is not None and programme.cancelled_at is None else []


def session_of(subject: Subject) -> list[Subject]:
    """Tell that a day and each of its slots can be restituted (C33); a day gives its slots too."""
    day = session.get(Programme, subject.id) if subject.kind == "programmes.programme" else None
    if day is not None:
        return [subject, *(slot.subject for slot in rows_of(day))]
    return [subject] if subject.kind == "programmes.slot" else []


def readers_of(subject: Subject) -> list[tuple[str, int | None, frozenset[int]]]:
    """Give audience and group of the day that a session is, or is of; and who organises it or runs the slot."""
    slot = session.get(Slot, subject.id) if subject.kind == "programmes.slot" else None
    number = slot.programme_id if slot else subject.id if subject.kind == "programmes.programme" else None
    day = session.get(Programme, number) if number else None
    if day is None:
        return []
    runners = frozenset([*organiser_ids(day), *(host_ids(slot.id) if slot else ())])
    return [(day.audience, day.reader_group_id, runners)]
