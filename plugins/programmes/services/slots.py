"""What stands on a programme: slots are added, changed, taken off, put back, filled on the day (C34, C09 SPEC 6)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

from portal.api import Conflict, Event, Invalid, Viewer, must_have_seen, publish, session, texts, zone

from plugins.programmes.models.programme import Programme, Track
from plugins.programmes.models.slot import SURPRISE, UNEXPECTED, Slot
from plugins.programmes.queries.hours import clash
from plugins.programmes.queries.programmes import tracks_of
from plugins.programmes.queries.shown import is_hidden, shown
from plugins.programmes.queries.slots import rows_of
from plugins.programmes.services.delaying import forget_moves
from plugins.programmes.services.facts import has_come, hold, must_be_held, must_organise
from plugins.programmes.services.programmes import hour_at, hour_of, new_slot
from plugins.programmes.services.slot_plans import NIGHT_ENDS, SlotPlan, check_lengths, check_plan, plan_of

_ = texts("programmes")

MOVED = {"starts_at", "ends_at", "reveals_at"}
HOURS = {"starts_at", "ends_at", "place", "track_id"}


def add_slot(actor: Viewer, programme: Programme, plan: SlotPlan, *, at: datetime) -> Slot:
    """Put a slot on the programme; one that says the same at the same hour is a second click: it is given back.

    Rule: C34 SPEC 1 and 3.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled; it overlaps another slot
    :raises Invalid: a bound is not kept; the unexpected is written before its day
    """
    _take(actor, programme)
    check_plan(programme, plan, at=at)
    again = _saying(programme, plan)
    if again is not None:
        return again
    slot = new_slot(programme, hours=(plan.starts, plan.ends), at=at, **_said(programme, plan))
    _lay(programme, slot, plan, at=at)
    session.add(slot)
    session.flush()
    _record("programmes.slot_added", programme, slot, actor, at)
    return slot


def _saying(programme: Programme, plan: SlotPlan) -> Slot | None:
    there = (slot for slot in rows_of(programme) if hour_at(slot.starts_at) == plan.starts)
    return next((slot for slot in there if plan_of(slot, programme) == plan), None)


def change_slot(actor: Viewer, slot: Slot, plan: SlotPlan, *, seen: str | None = None, at: datetime) -> None:
    """Write a slot anew; what is the same stays as it is, for calendars too.

    Rule: C34 SPEC 3 and 4, C09 SPEC 6.

    :param seen: the `edition_of` the slot that the actor had before them; None not to ask
    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled, the slot taken off; it overlaps another; it is the last unexpected one
    :raises Overtaken: another organiser was faster
    :raises Invalid: a bound is not kept; the unexpected is written before its day
    """
    programme = _take_with(actor, slot)
    _must_stand(slot)
    check_plan(programme, plan, at=at)
    must_have_seen(seen, asdict(plan_of(slot, programme)), asdict(plan))
    if slot.kind == UNEXPECTED != plan.kind:
        _must_leave_another(programme, slot)
    before = {name: getattr(slot, name) for name in HOURS | MOVED}
    for name, value in _said(programme, plan).items():
        setattr(slot, name, value)
    _lay(programme, slot, plan, at=at)
    if session.is_modified(slot):
        _note(slot, at)
        changed = {name for name, value in before.items() if getattr(slot, name) != value}
        if changed & MOVED:
            forget_moves([slot.id])  # these hours are the planned ones from now on
        told = HOURS - {"place"} if is_hidden(slot, at) else HOURS  # only who runs a surprise reads where it is
        facts = {"moved": bool(changed & told), "moved_unseen": not changed & told and "place" in changed}
        _record("programmes.slot_changed", programme, slot, actor, at, **facts)


def fill_slot(
    actor: Viewer, slot: Slot, *, title: str, words: str, place: str, seen: str | None = None, at: datetime
) -> None:
    """Say on the day itself what the unexpected is; the same words twice change nothing.

    Rule: C09 SPEC 6.

    :param seen: as in `change_slot`
    :raises Forbidden: somebody else organises the day
    :raises Conflict: it is not the day yet, not an unexpected slot, or it was taken off
    :raises Invalid: it says nothing, or too much
    """
    programme = _take_with(actor, slot)
    _must_stand(slot)
    if slot.kind != UNEXPECTED or not has_come(programme, at):
        raise Conflict(_("The unexpected stays empty until the day itself: then you say here what it is."))
    if not title.strip():
        raise Invalid(_("Say in a few words what it is."), field="title")
    check_lengths(title, words, place)
    wanted = {"title": title.strip(), "words": words.strip(), "place": place.strip()}
    must_have_seen(seen, filling_of(slot), wanted)
    if filling_of(slot) == wanted:
        return
    for name, value in wanted.items():
        setattr(slot, name, value)
    _note(slot, at)
    _record("programmes.slot_filled", programme, slot, actor, at)


def filling_of(slot: Slot) -> dict[str, Any]:
    """Give what the unexpected says by now, by the name of the field."""
    return {name: getattr(slot, name) for name in ("title", "words", "place")}


def take_off(actor: Viewer, slot: Slot, *, at: datetime) -> None:
    """Take a slot off the programme; doing it twice changes nothing.

    Rule: C34 SPEC 4, C09 SPEC 6.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled; it is the last unexpected one
    """
    programme = _take_with(actor, slot)
    if slot.cancelled_at is not None:
        return
    if slot.kind == UNEXPECTED:
        _must_leave_another(programme, slot)
    slot.cancelled_at = at
    _note(slot, at)
    _record("programmes.slot_taken_off", programme, slot, actor, at)


def put_back(actor: Viewer, slot: Slot, *, at: datetime) -> None:
    """Put a slot back that was taken off; doing it twice changes nothing.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled; something else stands in its place
    """
    programme = _take_with(actor, slot)
    if slot.cancelled_at is None:
        return
    _must_not_clash(programme, slot, at=at)
    slot.cancelled_at = None
    _note(slot, at)
    _record("programmes.slot_put_back", programme, slot, actor, at)


def _take(actor: Viewer, programme: Programme) -> None:
    must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)


def _take_with(actor: Viewer, slot: Slot) -> Programme:
    """Hold the day of a slot, then read the slot anew: somebody may just have changed it."""
    programme = session.get_one(Programme, slot.programme_id)
    _take(actor, programme)
    session.refresh(slot)
    return programme


def _must_stand(slot: Slot) -> None:
    if slot.cancelled_at is not None:
        raise Conflict(_("This slot was taken off the programme. Put it back first."))


def _must_leave_another(programme: Programme, slot: Slot) -> None:
    if not any(other.kind == UNEXPECTED and other.id != slot.id for other in rows_of(programme)):
        raise Conflict(
            _("Every day keeps a slot for the unexpected. Move it if it is in the way, or add another one first.")
        )


def _said(programme: Programme, plan: SlotPlan) -> dict[str, Any]:
    return {
        "kind": plan.kind,
        "title": plan.title.strip(),
        "words": plan.words.strip(),
        "place": plan.place.strip(),
        "is_fixed": plan.is_fixed,
        "track_id": _track_id(programme, plan.track.strip()),
        "takes_names": plan.takes_names,
        "seats": plan.seats if plan.takes_names else None,
    }


def _track_id(programme: Programme, name: str) -> int | None:
    """Give the track of this name, made if it is new."""
    if not name:
        return None
    tracks = tracks_of(programme)
    found = next((track for track in tracks if track.name.casefold() == name.casefold()), None)
    if found is None:
        found = Track(programme_id=programme.id, name=name, position=len(tracks) + 1)
        session.add(found)
        session.flush()
    return found.id


def _lay(programme: Programme, slot: Slot, plan: SlotPlan, *, at: datetime) -> None:
    """Give a slot its hours, where nothing else stands; what a surprise has said is not taken back.

    An hour that is written as it is read stays the instant it was: a delay may have pushed it into the night.
    """
    was_told = slot.reveals_at is not None and not is_hidden(slot, at)
    if plan.starts != hour_at(slot.starts_at):
        slot.starts_at = hour_of(programme.held_on, plan.starts)
    if plan.ends is None:
        slot.ends_at = None
    elif plan.ends != hour_at(slot.ends_at) or (slot.ends_at and slot.ends_at <= slot.starts_at):
        slot.ends_at = _after(slot, plan.ends)
    if was_told:
        pass
    elif plan.kind != SURPRISE:
        slot.reveals_at = None
    elif plan.reveals is None:
        slot.reveals_at = slot.starts_at
    elif plan.reveals != hour_at(slot.reveals_at):
        slot.reveals_at = _told_at(slot, plan.reveals, at=at)
    _must_not_clash(programme, slot, at=at)


def _after(slot: Slot, ends: time) -> datetime:
    """Give the first such hour after a slot begins."""
    starts = slot.starts_at.astimezone(zone())
    return hour_of(starts.date() + timedelta(days=ends <= starts.time()), ends)


def _told_at(slot: Slot, reveals: time, *, at: datetime) -> datetime:
    """Give when a surprise is to be told: the day it begins, or in the night after.

    :raises Invalid: that is over
    """
    starts = slot.starts_at.astimezone(zone())
    in_the_night = reveals <= NIGHT_ENDS < starts.time()
    told_at = hour_of(starts.date() + timedelta(days=in_the_night), reveals)
    if told_at <= at:
        raise Invalid(_("This hour is past: it would be told at once. Choose a later one."), field="reveals")
    return told_at


def _must_not_clash(programme: Programme, slot: Slot, *, at: datetime) -> None:
    with session.no_autoflush:
        other = clash(slot, rows_of(programme))
    if other is not None:
        raise Conflict(
            _(
                "It would overlap “%(title)s”. Two slots may be on at once in two different tracks only;"
                " an open end lasts until the next thing of its track begins.",
                title=shown(other, at=at).title,
            )
        )


def _note(slot: Slot, at: datetime) -> None:
    """Count a change, so that calendars take it (C34 SPEC 4)."""
    slot.sequence += 1
    slot.changed_at = at
    session.flush()


def _record(name: str, programme: Programme, slot: Slot, actor: Viewer, at: datetime, **facts: object) -> None:
    publish(Event(name, slot.subject, actor.person_id, at, {"programme": programme.id, **facts}))
