"""What stands on a programme: slots are added, changed, taken off, put back, filled on the day (C34, C09 SPEC 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from portal.api import Conflict, Event, Invalid, Viewer, publish, session, texts, zone

from plugins.programmes.models.programme import MAX_PLACE, MAX_TRACK, Programme, Track
from plugins.programmes.models.slot import KINDS, MAX_SLOT, MAX_WORDS, SURPRISE, UNEXPECTED, Slot
from plugins.programmes.queries.hours import clash
from plugins.programmes.queries.programmes import tracks_of
from plugins.programmes.queries.shown import is_hidden, shown
from plugins.programmes.queries.slots import rows_of
from plugins.programmes.services.facts import has_come, hold, must_be_held, must_organise
from plugins.programmes.services.programmes import hour_at, hour_of, new_slot

_ = texts("programmes")

MOST_SEATS = 10_000
# A slot that ends before it begins, but no later than this, ends in the night: the carnival.
NIGHT_ENDS = time(6)
HOURS = ("starts_at", "ends_at", "place", "track_id")


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What a slot says, as an organiser writes it.

    :ivar ends: None for an open end
    :ivar track: the name of its track; nothing for everybody together
    :ivar reveals: when a surprise says what it is; None for its start
    """

    kind: str
    title: str
    starts: time
    ends: time | None
    place: str = ""
    words: str = ""
    track: str = ""
    is_fixed: bool = False
    reveals: time | None = None
    takes_names: bool = False
    seats: int | None = None


def add_slot(actor: Viewer, programme: Programme, plan: SlotPlan, *, at: datetime) -> Slot:
    """Put a slot on the programme.

    Rule: C34 SPEC 1 and 3.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled; it overlaps another slot
    :raises Invalid: a bound is not kept; the unexpected is written before its day
    """
    _take(actor, programme)
    _check(programme, plan, at=at)
    slot = new_slot(programme, hours=(plan.starts, plan.ends), at=at, **_said(programme, plan))
    _lay(programme, slot, plan, at=at)
    session.add(slot)
    session.flush()
    _record("programmes.slot_added", programme, slot, actor, at)
    return slot


def change_slot(actor: Viewer, slot: Slot, plan: SlotPlan, *, at: datetime) -> None:
    """Write a slot anew; what is the same stays as it is, for calendars too.

    Rule: C34 SPEC 3 and 4, C09 SPEC 6.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled, the slot taken off; it overlaps another; it is the last unexpected one
    :raises Invalid: a bound is not kept; the unexpected is written before its day
    """
    programme = _take_with(actor, slot)
    _must_stand(slot)
    _check(programme, plan, slot, at=at)
    if slot.kind == UNEXPECTED != plan.kind:
        _must_leave_another(programme, slot)
    before = {name: getattr(slot, name) for name in HOURS}
    for name, value in _said(programme, plan).items():
        setattr(slot, name, value)
    _lay(programme, slot, plan, at=at)
    if session.is_modified(slot):
        _note(slot, at)
        is_moved = any(getattr(slot, name) != value for name, value in before.items())
        _record("programmes.slot_changed", programme, slot, actor, at, moved=is_moved)


def fill_slot(actor: Viewer, slot: Slot, *, title: str, words: str, place: str, at: datetime) -> None:
    """Say on the day itself what the unexpected is.

    Rule: C09 SPEC 6.

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
    _check_lengths(title, words, place)
    slot.title, slot.words, slot.place = title.strip(), words.strip(), place.strip()
    _note(slot, at)
    _record("programmes.slot_filled", programme, slot, actor, at)


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


def _check(programme: Programme, plan: SlotPlan, slot: Slot | None = None, *, at: datetime) -> None:
    if plan.kind not in KINDS:
        raise Invalid(_("Choose what it is."), field="kind")
    _check_lengths(plan.title, plan.words, plan.place)
    if len(plan.track) > MAX_TRACK:
        raise Invalid(_("Shorten the name of the track: %(most)s signs at most.", most=MAX_TRACK), field="track")
    if plan.kind != UNEXPECTED and not plan.title.strip():
        raise Invalid(_("Give it a title."), field="title")
    if plan.kind == UNEXPECTED and (plan.title.strip() or plan.words.strip()) and not has_come(programme, at):
        raise Invalid(
            _("The unexpected stays empty until the day itself: leave title and words out."),
            field="title" if plan.title.strip() else "words",
        )
    if plan.seats is not None and not 1 <= plan.seats <= MOST_SEATS:
        raise Invalid(_("Say how many seats: a number from 1 on, or nothing for as many as come."), field="seats")
    if plan.ends is not None and (plan.ends == plan.starts or NIGHT_ENDS < plan.ends < plan.starts):
        raise Invalid(_("Its end must come after its beginning."), field="ends")


def _check_lengths(title: str, words: str, place: str) -> None:
    if len(title) > MAX_SLOT:
        raise Invalid(_("Shorten the title: %(most)s signs at most.", most=MAX_SLOT), field="title")
    if len(words) > MAX_WORDS:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_WORDS), field="words")
    if len(place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")


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
