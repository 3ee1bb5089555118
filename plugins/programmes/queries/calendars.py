"""Slots as a calendar reads them (C34 SPEC 4; RFC 5545, RFC 5546). What is shown is `Shown`: a surprise says nothing.

A slot keeps its UID for ever, whatever the host is called: it is drawn by lot, which RFC 7986 §5.3 prefers to a name of
a host. DTSTAMP and LAST-MODIFIED are its last change, so that a file says the same until something changes. An open end
has neither DTEND nor DURATION: RFC 5545 §3.6.1 then lets it end when it begins. Any length would be invented, and would
take somebody's evening; the description says that it has no end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from portal.api import texts, zone

from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.shown import Shown

_ = texts("programmes")

MADE_BY = "-//Capot ouvert//programmes//FR"
PUBLISH, CANCEL = "PUBLISH", "CANCEL"
Entry = tuple[Shown, Programme]
Address = Callable[[Programme, int | None], str]


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A calendar file: its content, and what it asks of the calendar that opens it.

    :ivar method: *PUBLISH*, or *CANCEL*: take these events off (RFC 5546 §3.2)
    """

    content: bytes
    method: str


def file_of(entries: Sequence[Entry], *, name: str, address: Address, is_feed: bool = False) -> CalendarFile:
    """Give the file of some slots.

    :param address: of the page of a day, or of one of its slots
    :param is_feed: a calendar asks for it again and again: what was taken off stays in it, said to be cancelled; a
        file of which everything was taken off asks instead that it be removed
    """
    is_over = bool(entries) and not is_feed and all(_is_off(*entry) for entry in entries)
    method = CANCEL if is_over else PUBLISH
    calendar = Calendar()
    for key, value in (("version", "2.0"), ("prodid", MADE_BY), ("calscale", "GREGORIAN"), ("method", method)):
        calendar.add(key, value)
    for key in ("name", "x-wr-calname"):
        calendar.add(key, name)
    days = [slot.starts_at.year for slot, _day in entries] or [2000]
    calendar.add_component(_zone_between(zone().key, min(days) - 1, max(days) + 2))
    for slot, programme in entries:
        calendar.add_component(_event(slot, programme, address))
    return CalendarFile(calendar.to_ical(), method)


def _event(slot: Shown, programme: Programme, address: Address) -> Event:
    here = zone()
    organizer = vCalAddress(address(programme, None))  # RFC 5546 §3.2.1 wants one; no name nor address of a person
    organizer.params["CN"] = programme.title
    event = Event.new(
        uid=f"{slot.uid}@capot-ouvert",
        stamp=slot.changed_at,
        last_modified=slot.changed_at,
        sequence=slot.sequence,
        start=slot.starts_at.astimezone(here),
        end=slot.ends_at.astimezone(here) if slot.ends_at else None,
        summary=slot.title,
        description=_words(slot, programme),
        location=", ".join(filter(None, (slot.place, programme.place))) or None,
        url=address(programme, slot.id),
        organizer=organizer,
    )
    event.add("status", "CANCELLED" if _is_off(slot, programme) else "CONFIRMED")
    return event


def _is_off(slot: Shown, programme: Programme) -> bool:
    return slot.cancelled_at is not None or programme.cancelled_at is not None


def _words(slot: Shown, programme: Programme) -> str:
    """Give the description: of which day it is, what is said of it, whether it has an end."""
    open_end = "" if slot.ends_at else _("Nobody knows yet when it ends.")
    return "\n\n".join(filter(None, (slot.words, open_end, programme.title)))


@lru_cache(maxsize=64)
def _zone_between(key: str, first: int, last: int) -> Timezone:
    """Give the rules of a zone between two years: a calendar has no other source for them (RFC 5545 §3.6.5)."""
    made = Timezone.from_tzinfo(ZoneInfo(key), first_date=date(first, 1, 1), last_date=date(last, 1, 1))
    parts: list[Any] = list(made.subcomponents)
    for part in parts:
        leap = part.TZOFFSETTO - part.TZOFFSETFROM
        if leap > timedelta():  # the hour of a leap is that of the clock before it: 2 h, where icalendar says 3 h
            part.DTSTART -= leap
            if "rdate" in part:
                part.add("rdate", [moment.dt - leap for moment in part.pop("rdate").dts])
    return made
