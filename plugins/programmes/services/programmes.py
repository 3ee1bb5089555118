"""A day is made, with its lunch and the room it keeps for what nobody planned (C34, C09 SPEC 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import sqlalchemy as sa

from portal.api import (
    Audience,
    Event,
    Forbidden,
    Invalid,
    Viewer,
    fold,
    local_day,
    local_midnight,
    publish,
    session,
    setting,
    texts,
    zone,
)

from plugins.programmes.models.programme import LEVELS, MAX_PLACE, MAX_TITLE, Programme
from plugins.programmes.models.slot import BREAK, UNEXPECTED, Slot
from plugins.programmes.services.facts import hold_person

_ = texts("programmes")

AHEAD_DAYS = 732
SECOND_CLICK = timedelta(minutes=2)
# A day begins with these two: lunch, which stays where it is, and the quarter of an hour that the day of Dunkerque left
# between work and carnival.
LUNCH = (time(12, 30), time(14))
KEPT_FREE = (time(17, 15), time(17, 30))


@dataclass(frozen=True, slots=True)
class Day:
    """What making a programme asks.

    :ivar lab_group_id: the lab that hosts it; None for none
    """

    title: str
    held_on: date
    place: str
    audience: str
    lab_group_id: int | None = None


def make_programme(actor: Viewer, day: Day, *, at: datetime) -> Programme:
    """Make a day, with lunch and one slot kept for the unexpected; the same one twice is a second click.

    Rule: C34, C09 SPEC 6.

    :raises Forbidden: nobody is signed in, or they do not belong to the lab
    :raises Invalid: no title, a day that is over or too far
    """
    if actor.person_id is None or (day.lab_group_id is not None and day.lab_group_id not in actor.lab_ids):
        raise Forbidden(_("Only who belongs to the lab may prepare a day for it."))
    check_day(day, at=at)
    hold_person(actor.person_id)
    again = second_click(actor.person_id, day, at=at)
    if again is not None:
        return again
    programme = Programme(
        reader_group_id=day.lab_group_id,
        author_id=actor.person_id,
        turn_minutes=setting("programmes", "turn_minutes"),
        created_at=at,
    )
    write_day(programme, day)
    session.add(programme)
    session.flush()
    session.add(new_slot(programme, hours=LUNCH, at=at, kind=BREAK, title=_("Lunch"), is_fixed=True))
    session.add(new_slot(programme, hours=KEPT_FREE, at=at, kind=UNEXPECTED))
    session.flush()
    publish(Event("programmes.programme_made", programme.subject, actor.person_id, at))
    return programme


def second_click(author_id: int, day: Day, *, at: datetime) -> Programme | None:
    """Give the same day that the same person made a moment ago."""
    same = sa.and_(
        Programme.author_id == author_id,
        Programme.title == day.title.strip(),
        Programme.place == day.place.strip(),
        Programme.held_on == day.held_on,
        Programme.audience == day.audience,
        Programme.reader_group_id.is_not_distinct_from(day.lab_group_id),
        Programme.cancelled_at.is_(None),
        Programme.created_at > at - SECOND_CLICK,
    )
    return session.scalar(sa.select(Programme).where(same).order_by(Programme.id.desc()).limit(1))


def write_day(programme: Programme, day: Day) -> None:
    """Write what a day says of itself; whose it is stays."""
    programme.title, programme.place = day.title.strip(), day.place.strip()
    programme.held_on, programme.audience = day.held_on, day.audience
    programme.over_at = local_midnight(day.held_on + timedelta(days=1))
    programme.folded = fold(programme.title, programme.place)


def check_day(day: Day, *, at: datetime) -> None:
    """Refuse a day that says too little or too much, that is over or too far.

    :raises Invalid: names the field
    """
    check_words(day)
    if not local_day(at) <= day.held_on <= local_day(at) + timedelta(days=AHEAD_DAYS):
        raise Invalid(_("Choose a day from today on, two years ahead at most."), field="held_on")


def check_words(day: Day) -> None:
    """Refuse a day that says too little or too much, whenever it is.

    :raises Invalid: names the field
    """
    if not day.title.strip():
        raise Invalid(_("Give the day a title."), field="title")
    if len(day.title) > MAX_TITLE:
        raise Invalid(_("Shorten the title: %(most)s signs at most.", most=MAX_TITLE), field="title")
    if len(day.place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")
    if day.audience not in LEVELS:
        raise Invalid(_("Choose who can read."), field="audience")
    if day.audience == Audience.LAB and day.lab_group_id is None:
        raise Invalid(_("Choose the lab whose members can read."), field="audience")


def new_slot(
    programme: Programme, *, hours: tuple[time, time | None], at: datetime, title: str = "", **columns: object
) -> Slot:
    """Give a new slot of a day between two hours of the collectivity; it is not added to the session."""
    starts, ends = hours
    return Slot(
        programme_id=programme.id,
        title=title,
        starts_at=hour_of(programme.held_on, starts),
        ends_at=hour_of(programme.held_on, ends) if ends else None,
        uid=uuid4().hex,
        created_at=at,
        changed_at=at,
        **columns,
    )


def hour_at(instant: datetime | None) -> time | None:
    """Give the hour of the clock here at an instant."""
    return instant.astimezone(zone()).time() if instant else None


def hour_of(day: date, hour: time) -> datetime:
    """Give an hour of a day of the collectivity as an instant, summer time counted."""
    return datetime.combine(day, hour, zone()).astimezone(UTC)
