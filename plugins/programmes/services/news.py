"""Who is told what becomes of a day: event → what is said. A surprise has no words in it before its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from portal.api import Audience, Event, Subject, Viewer, followers, hour, notify, session, texts

from plugins.programmes.models.programme import Moved, Programme
from plugins.programmes.models.slot import Slot
from plugins.programmes.queries.hours import at_once, evening_of
from plugins.programmes.queries.people import concerned_by, host_ids, sign_ups_beside
from plugins.programmes.queries.planned import lateness_of, planned_hours
from plugins.programmes.queries.programmes import organiser_ids
from plugins.programmes.queries.slots import ends_of, rows_of

_ = texts("programmes")

# One text for late, early and back at its hour: told anew before it is read, it says what is true by then.
LATENESS = _.later("“%(title)s”: what remains is now at %(minutes)+d min from what was planned")
BEGINS = _.later("“%(title)s” begins at %(hour)s, planned at %(was_hour)s")
ENDS = _.later("“%(title)s” goes on until %(hour)s, planned until %(was_hour)s")
OVERLAPS = _.later("“%(title)s” is now at the same hour as something else you signed up for: choose one of them")
MOVED = _.later("“%(title)s” has another hour or another place")
OFF = _.later("“%(title)s” was taken off the programme")
ON_AGAIN = _.later("“%(title)s” is on the programme again")
REVEALED = _.later("The surprise is out: it is “%(title)s”")
FILLED = _.later("The unexpected has come: “%(title)s”")
CALLED_OFF = _.later("“%(title)s” is called off; the page of the day says why")
ELSEWHEN = _.later("“%(title)s” has another date or another place")
TO_LAB = _.later(
    "“%(day)s”, %(date)s, is now open to the members of its lab alone: the seats that you had taken are given back"
)
TO_LABS = _.later(
    "“%(day)s”, %(date)s, is now open to the members of labs alone: the seats that you had taken are given back"
)
TO_RUN = _.later("You run “%(title)s”")
TO_ORGANISE = _.later("You organise “%(title)s”")


def _tell(
    event: Event, persons: Iterable[object], text: object, *, about: Subject | None = None, **facts: object
) -> None:
    actor = Viewer(person_id=event.actor_id) if event.actor_id is not None else None
    told = {number for number in persons if isinstance(number, int)}
    notify(told, about or event.subject, text, at=event.at, actor=actor, facts=facts)


def _of_slot(slot_id: int) -> set[int]:
    return concerned_by([slot_id]).get(slot_id, set())


def _of_all(programme: Programme) -> set[int]:
    concerned = concerned_by(slot.id for slot in rows_of(programme))
    return {*followers(programme.subject), *organiser_ids(programme)}.union(*concerned.values())


def _programme(event: Event) -> Programme:
    number = event.facts.get("programme", event.subject.id)
    return session.get_one(Programme, number)


def _moved_slots(event: Event) -> list[int]:
    slots = event.facts["slots"]
    return [number for number in slots if isinstance(number, int)] if isinstance(slots, list) else []


def hours_moved(event: Event) -> None:
    """Tell what is now true: of the day, to who follows or organises it; of a slot, to who comes or runs it.

    What a slot says is its present hour and the planned one, however many delays lie between the two. Whose sign-ups
    are now at the same hour is told that they are.
    """
    programme, moved = _programme(event), set(_moved_slots(event))
    of_day = {*followers(programme.subject), *organiser_ids(programme)}
    _tell(event, of_day, LATENESS, minutes=lateness_of(programme))
    planned, concerned = planned_hours(programme), concerned_by(moved)
    for slot in rows_of(programme):
        if slot.id in concerned:
            _tell_hours(event, slot, planned.get(slot.id, slot), concerned[slot.id])
    _tell_overlaps(event, moved)


def _tell_hours(event: Event, slot: Slot, planned: Slot | Moved, persons: Iterable[int]) -> None:
    has_begun = slot.starts_at <= event.at
    text, name = (ENDS, "ends_at") if has_begun else (BEGINS, "starts_at")
    present, former = getattr(slot, name), getattr(planned, name)
    if present is not None and former is not None:
        _tell(event, persons, text, about=slot.subject, hour=hour(present), was_hour=hour(former))


def _tell_overlaps(event: Event, moved: set[int]) -> None:
    theirs = sign_ups_beside(moved, since=evening_of(event.at))
    ends = ends_of({slot.id: slot for slots in theirs.values() for slot in slots}.values())
    told: dict[Subject, set[int]] = {}
    for person_id, slots in theirs.items():
        for first, second in at_once(slots, ends):
            if moved & {first.id, second.id} and ends[first.id] > event.at:
                told.setdefault(second.subject, set()).add(person_id)
    for subject, persons in told.items():
        _tell(event, persons, OVERLAPS, about=subject)


def slot_changed(event: Event) -> None:
    """Tell who comes, who runs it and who follows the day, if hour or place changed; and whose sign-ups now overlap.

    The place of a surprise is told to who runs it alone.
    """
    if event.facts.get("moved_unseen"):
        _tell(event, host_ids(event.subject.id), MOVED)
    if event.facts.get("moved"):
        _slot(MOVED)(event)
        _tell_overlaps(event, {event.subject.id})


def slot_put_back(event: Event) -> None:
    """Tell them that it is back; who signed up for something else meanwhile chooses."""
    _slot(ON_AGAIN)(event)
    _tell_overlaps(event, {event.subject.id})


def _slot(text: object) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        """Tell who comes, who runs it and who follows the day."""
        _tell(event, {*_of_slot(event.subject.id), *followers(_programme(event).subject)}, text)

    return tell


def day_cancelled(event: Event) -> None:
    """Tell everybody whom the day concerns."""
    programme = _programme(event)
    _tell(event, _of_all(programme), CALLED_OFF)


def day_changed(event: Event) -> None:
    """Tell them, if it has another date or another place."""
    programme = _programme(event)
    if event.facts.get("moved") or event.facts.get("elsewhere"):
        _tell(event, _of_all(programme), ELSEWHEN)
    if event.facts.get("moved"):
        _tell_overlaps(event, {slot.id for slot in rows_of(programme)})


def tell_closed(actor: Viewer, programme: Programme, persons: Iterable[int], *, at: datetime) -> None:
    """Tell those who may no longer read a day, in words of their own: nothing leads there any more."""
    text = TO_LAB if programme.audience == Audience.LAB else TO_LABS
    facts = {"day": programme.title, "date": f"{programme.held_on:%d/%m/%Y}"}
    notify(persons, Subject("programmes.closed", programme.id), text, at=at, actor=actor, facts=facts)


def host_named(event: Event) -> None:
    """Tell whoever was named last."""
    _tell(event, host_ids(event.subject.id)[-1:], TO_RUN)


def organiser_named(event: Event) -> None:
    """Tell whoever was named last."""
    _tell(event, organiser_ids(_programme(event))[-1:], TO_ORGANISE)


TELLERS: dict[str, Callable[[Event], None]] = {
    "programmes.day_delayed": hours_moved,
    "programmes.delay_undone": hours_moved,
    "programmes.day_cancelled": day_cancelled,
    "programmes.day_changed": day_changed,
    "programmes.slot_changed": slot_changed,
    "programmes.slot_taken_off": _slot(OFF),
    "programmes.slot_put_back": slot_put_back,
    "programmes.slot_filled": _slot(FILLED),
    "programmes.slot_revealed": _slot(REVEALED),
    "programmes.host_named": host_named,
    "programmes.organiser_named": organiser_named,
}
