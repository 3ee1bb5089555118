"""Who is told what becomes of a day: event → what is said. A surprise has no words in it before its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from portal.api import Event, Subject, Viewer, followers, local_day, notify, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.hours import overlap
from plugins.programmes.queries.people import coming_ids, host_ids, signed_slots
from plugins.programmes.queries.programmes import organiser_ids
from plugins.programmes.queries.slots import rows_of

_ = texts("programmes")

LATER = _.later("“%(title)s” is running late: what remains moves by %(minutes)s min")
EARLIER = _.later("“%(title)s” is catching up: what remains comes %(minutes)s min earlier")
BACK = _.later("“%(title)s” is no longer late: what had moved is back at its hour")
OVERLAPS = _.later("“%(title)s” is now at the same hour as something else you signed up for: choose one of them")
MOVED = _.later("“%(title)s” has another hour or another place")
OFF = _.later("“%(title)s” was taken off the programme")
ON_AGAIN = _.later("“%(title)s” is on the programme again")
REVEALED = _.later("The surprise is out: it is “%(title)s”")
FILLED = _.later("The unexpected has come: “%(title)s”")
CALLED_OFF = _.later("“%(title)s” is called off; the page of the day says why")
ELSEWHEN = _.later("“%(title)s” has another date or another place")
TO_RUN = _.later("You run “%(title)s”")
TO_ORGANISE = _.later("You organise “%(title)s”")


def _tell(
    event: Event, persons: Iterable[object], text: object, *, about: Subject | None = None, **facts: object
) -> None:
    actor = Viewer(person_id=event.actor_id) if event.actor_id is not None else None
    told = {number for number in persons if isinstance(number, int)}
    notify(told, about or event.subject, text, at=event.at, actor=actor, facts=facts)


def _of_slot(slot_id: int) -> set[int]:
    return {*coming_ids(slot_id), *host_ids(slot_id)}


def _of_day(programme: Programme, slot_ids: Iterable[int]) -> set[int]:
    concerned = {*followers(programme.subject), *organiser_ids(programme)}
    return concerned.union(*(_of_slot(number) for number in slot_ids))


def _programme(event: Event) -> Programme:
    number = event.facts.get("programme", event.subject.id)
    return session.get_one(Programme, number)


def _moved_slots(event: Event) -> list[int]:
    slots = event.facts["slots"]
    return [number for number in slots if isinstance(number, int)] if isinstance(slots, list) else []


def day_delayed(event: Event) -> None:
    """Tell whom the day concerns how late it is, and whose sign-ups are now at the same hour that they are."""
    minutes = event.facts["minutes"]
    late = isinstance(minutes, int) and minutes > 0
    told = _of_day(_programme(event), _moved_slots(event))
    _tell(event, told, LATER if late else EARLIER, minutes=abs(int(str(minutes))))
    _tell_overlaps(event)


def delay_undone(event: Event) -> None:
    """Tell the same people that it is not."""
    _tell(event, _of_day(_programme(event), _moved_slots(event)), BACK)
    _tell_overlaps(event)


def _tell_overlaps(event: Event) -> None:
    programme, moved = _programme(event), set(_moved_slots(event))
    concerned = {person for number in moved for person in coming_ids(number)}
    for person_id in sorted(concerned):
        for first, second in pairwise(signed_slots(person_id, since=local_day(event.at))):
            if overlap(first, second) and moved & {first.id, second.id} and programme.cancelled_at is None:
                _tell(event, [person_id], OVERLAPS, about=second.subject)


def slot_changed(event: Event) -> None:
    """Tell who comes, who runs it and who follows the day, if hour or place changed."""
    if event.facts.get("moved"):
        _tell(event, {*_of_slot(event.subject.id), *followers(_programme(event).subject)}, MOVED)


def _slot(text: object) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        """Tell who comes, who runs it and who follows the day."""
        _tell(event, {*_of_slot(event.subject.id), *followers(_programme(event).subject)}, text)

    return tell


def day_cancelled(event: Event) -> None:
    """Tell everybody whom the day concerns."""
    programme = _programme(event)
    _tell(event, _of_day(programme, [slot.id for slot in rows_of(programme)]), CALLED_OFF)


def day_changed(event: Event) -> None:
    """Tell them, if it has another date or another place."""
    programme = _programme(event)
    if event.facts.get("moved") or event.facts.get("elsewhere"):
        _tell(event, _of_day(programme, [slot.id for slot in rows_of(programme)]), ELSEWHEN)


def host_named(event: Event) -> None:
    """Tell whoever was named last."""
    _tell(event, host_ids(event.subject.id)[-1:], TO_RUN)


def organiser_named(event: Event) -> None:
    """Tell whoever was named last."""
    _tell(event, organiser_ids(_programme(event))[-1:], TO_ORGANISE)


TELLERS: dict[str, Callable[[Event], None]] = {
    "programmes.day_delayed": day_delayed,
    "programmes.delay_undone": delay_undone,
    "programmes.day_cancelled": day_cancelled,
    "programmes.day_changed": day_changed,
    "programmes.slot_changed": slot_changed,
    "programmes.slot_taken_off": _slot(OFF),
    "programmes.slot_put_back": _slot(ON_AGAIN),
    "programmes.slot_filled": _slot(FILLED),
    "programmes.slot_revealed": _slot(REVEALED),
    "programmes.host_named": host_named,
    "programmes.organiser_named": organiser_named,
}
