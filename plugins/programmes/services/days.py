"""A day as a whole is changed, called off with a reason, or made again on another date (C34)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from portal.api import (
    Audience,
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Viewer,
    local_day,
    must_have_seen,
    publish,
    session,
    texts,
    zone,
)

from plugins.programmes.models.programme import MAX_REASON, Moved, Organiser, Programme, Track
from plugins.programmes.models.slot import SURPRISE, UNEXPECTED, Slot
from plugins.programmes.queries.planned import planned_hours
from plugins.programmes.queries.programmes import organiser_ids, tracks_of
from plugins.programmes.queries.shown import is_hidden
from plugins.programmes.queries.slots import rows_ever_of, rows_of
from plugins.programmes.services.delaying import forget_moves
from plugins.programmes.services.facts import hold, must_be_held, must_organise
from plugins.programmes.services.leaving import give_closed_seats_back
from plugins.programmes.services.news import tell_closed
from plugins.programmes.services.programmes import Day, check_day, check_words, hour_of, second_click, write_day
from plugins.programmes.services.walls import follow_day

_ = texts("programmes")

SAID = ("title", "held_on", "place", "audience")
# What a slot is made of; who runs it and who comes are of one day only.
COPIED = ("kind", "title", "words", "place", "is_fixed", "takes_names", "seats")


def said_of(programme: Programme) -> dict[str, Any]:
    """Give what a day says of itself, by the name of the field."""
    return {name: getattr(programme, name) for name in SAID}


def change_day(actor: Viewer, programme: Programme, day: Day, *, seen: str | None = None, at: datetime) -> int:
    """Write a day anew; moved to another date, its slots keep their hours.

    Who signed up and may no longer read it is told, and gives their seats back.

    :returns: how many they are
    :param seen: the `edition_of` the day that the actor had before them; None not to ask
    :raises Forbidden: somebody else organises it
    :raises Conflict: it was cancelled, or has come: it is no longer moved
    :raises Overtaken: another organiser was faster
    :raises Invalid: as `check_day`
    """
    person_id = must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    must_have_seen(seen, said_of(programme), {name: getattr(day, name) for name in SAID})
    is_moved = day.held_on != programme.held_on
    if is_moved and local_day(at) >= programme.held_on:
        raise Conflict(_("The day has come: it is no longer moved. Make it again on another date."))
    check_words(day)
    if is_moved:
        check_day(day, at=at)
    was_at, was_open_to, was_said = programme.place, programme.audience, (programme.title, programme.place)
    is_said_anew = is_moved or (day.title.strip(), day.place.strip()) != was_said
    for slot in rows_ever_of(programme) if is_said_anew else ():
        if is_moved:
            _move(slot, programme.held_on, day.held_on, at=at)
        _count(slot, at)  # calendars say of which day it is, and where
    if is_moved:
        forget_moves(slot.id for slot in rows_ever_of(programme))
    write_day(programme, day)
    follow_day(programme)
    session.flush()
    closed_to = give_closed_seats_back(actor, programme, at=at) if was_open_to != programme.audience else set()
    tell_closed(actor, programme, closed_to, at=at)
    facts = {"moved": is_moved, "elsewhere": was_at != programme.place}
    publish(Event("programmes.day_changed", programme.subject, person_id, at, facts))
    return len(closed_to)


def _move(slot: Slot, former: date, day: date, *, at: datetime) -> None:
    told = slot.reveals_at is not None and not is_hidden(slot, at)
    slot.reveals_at = slot.reveals_at if told else _same_hour(slot.reveals_at, former, day)
    slot.ends_at = _same_hour(slot.ends_at, former, day)
    slot.starts_at = _same_hour(slot.starts_at, former, day) or slot.starts_at


def _count(slot: Slot, at: datetime) -> None:
    """Count a change, so that calendars take it (C34 SPEC 4)."""
    slot.sequence += 1
    slot.changed_at = at


def _same_hour(instant: datetime | None, former: date, day: date) -> datetime | None:
    """Give the same hour of another day, summer time counted; what is in the night after stays there."""
    if instant is None:
        return None
    local = instant.astimezone(zone())
    return hour_of(day + (local.date() - former), local.time())


def cancel_day(actor: Viewer, programme: Programme, *, reason: str, at: datetime) -> None:
    """Call a day off; its page stays, with the reason, and calendars are told. Doing it twice changes nothing.

    Rule: C34 SPEC 4.

    :raises Forbidden: somebody else organises it
    :raises Conflict: it is over
    :raises Invalid: no reason, or a long one
    """
    person_id = must_organise(actor, programme)
    hold(programme)
    if programme.cancelled_at is not None:
        return
    if local_day(at) > programme.held_on:
        raise Conflict(_("This day is over: it was held."))
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid(_("Say why, in %(most)s signs at most.", most=MAX_REASON), field="reason")
    programme.cancelled_at, programme.cancel_reason = at, reason.strip()
    for slot in rows_of(programme):
        _count(slot, at)
    session.flush()
    publish(Event("programmes.day_cancelled", programme.subject, person_id, at))


def copy_day(actor: Viewer, programme: Programme, *, held_on: date, title: str, at: datetime) -> Programme:
    """Make a day again on another date: its planned hours, its tracks, its surprises, its organisers.

    How late it ran, who runs a slot, who came, the stands and what the unexpected was stay with the first one.
    Rule: C34, C09 SPEC 6.

    :raises Forbidden: somebody else organises it, or they no longer belong to its lab
    :raises Invalid: as `check_day`; a day is prepared already on that date
    """
    person_id = must_organise(actor, programme)
    hold(programme)
    lab = programme.reader_group_id
    if lab is not None and lab not in actor.lab_ids:
        raise Forbidden(_("Only who belongs to the lab may prepare a day for it."))
    day = Day(title, held_on, programme.place, Audience(programme.audience), lab)
    check_day(day, at=at)
    again = second_click(person_id, day, at=at)
    if again is not None:
        return again
    _must_be_free(person_id, day)
    made = Programme(reader_group_id=lab, author_id=person_id, turn_minutes=programme.turn_minutes, created_at=at)
    write_day(made, day)
    session.add(made)
    session.flush()
    others = [number for number in organiser_ids(programme) if number != person_id]
    session.add_all(Organiser(programme_id=made.id, person_id=number) for number in others)
    tracks = _copied_tracks(programme, made)
    planned = planned_hours(programme)
    for slot in rows_of(programme):
        session.add(_copied(slot, programme, made, tracks, hours=planned.get(slot.id, slot), at=at))
    session.flush()
    publish(Event("programmes.programme_made", made.subject, person_id, at, {"from": programme.id}))
    return made


def _must_be_free(person_id: int, day: Day) -> None:
    """Refuse the date of a day that is prepared already, for the same lab, or by the same person if no lab hosts it."""
    lab = Programme.reader_group_id.is_not_distinct_from(day.lab_group_id)
    own = lab if day.lab_group_id is not None else sa.and_(lab, Programme.author_id == person_id)
    there = sa.select(Programme.title).where(own, Programme.held_on == day.held_on, Programme.cancelled_at.is_(None))
    title = session.scalar(there.order_by(Programme.id).limit(1))
    if title is not None:
        raise Invalid(
            _("“%(title)s” is prepared for that day already. Change it, or choose another date.", title=title),
            field="held_on",
        )


def _copied_tracks(programme: Programme, made: Programme) -> dict[int | None, int | None]:
    tracks: dict[int | None, int | None] = {None: None}
    for track in tracks_of(programme):
        copied = Track(programme_id=made.id, name=track.name, position=track.position)
        session.add(copied)
        session.flush()
        tracks[track.id] = copied.id
    return tracks


def _copied(
    slot: Slot,
    programme: Programme,
    made: Programme,
    tracks: dict[int | None, int | None],
    *,
    hours: Slot | Moved,
    at: datetime,
) -> Slot:
    columns: dict[str, Any] = {name: getattr(slot, name) for name in COPIED}
    columns |= {"title": "", "words": ""} if slot.kind == UNEXPECTED else {}
    for name in ("starts_at", "ends_at", "reveals_at"):
        columns[name] = _same_hour(getattr(hours, name), programme.held_on, made.held_on)
    if slot.kind != SURPRISE:
        columns["reveals_at"] = None
    return Slot(
        programme_id=made.id,
        track_id=tracks[slot.track_id],
        uid=uuid4().hex,
        created_at=at,
        changed_at=at,
        **columns,
    )
