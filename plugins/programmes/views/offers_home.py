"""What of a day stands on « Aujourd'hui »: what runs where one comes or organises, what clashes, what is to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from portal.api import HomeItem, Viewer, hour, instant, local_day, now, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.home import days_today
from plugins.programmes.queries.hours import at_once, evening_of, night_of
from plugins.programmes.queries.lines import Line, bare_lines, now_of
from plugins.programmes.queries.people import my_slots, signed_among
from plugins.programmes.queries.shown import Shown
from plugins.programmes.queries.slots import ends_of, slots_by_day
from plugins.programmes.views import offers_days, offers_slots

_ = texts("programmes")

MOST = 5


def home_items(viewer: Viewer) -> Iterable[HomeItem]:
    """Give what runs today, what is to be chosen between, what one comes to or runs next."""
    if not viewer.is_signed_in:
        return
    at = now()
    days = days_today(viewer, at=at)
    standing = slots_by_day(days, at=at)
    for programme in days:
        yield from _today(programme, standing[programme.id], at)
    slots = my_slots(viewer, since=evening_of(at), at=at)
    signed, ends = signed_among(viewer, (slot.id for slot in slots)), ends_of(slots)
    yield from _clashing([slot for slot in slots if slot.id in signed and ends[slot.id] > at], ends, at)
    for slot in [slot for slot in slots if slot.starts_at > at][:MOST]:
        lines = tuple(line for line in (_when(slot.starts_at, at), slot.place) if line)
        url = offers_slots.url_of("slot", slot.id)
        yield HomeItem("promised", slot.title, url, lines=lines, due_at=slot.starts_at)


def _when(starts_at: datetime, at: datetime) -> str:
    """Say the hour alone of what is today."""
    return hour(starts_at) if local_day(starts_at) == local_day(at) else instant(starts_at)


def _clashing(slots: list[Shown], ends: dict[int, datetime], at: datetime) -> Iterator[HomeItem]:
    for first, second in at_once(slots, ends)[:MOST]:
        title = _("Choose between “%(one)s” and “%(other)s”", one=first.title, other=second.title)
        lines = (_("They are at the same hour now."), _when(second.starts_at, at))
        url = offers_slots.url_of("slot", second.id)
        yield HomeItem("todo", title, url, lines=lines, due_at=second.starts_at)


def _today(programme: Programme, slots: list[Shown], at: datetime) -> Iterator[HomeItem]:
    found = now_of(programme, bare_lines(programme, slots, at=at), at=at)
    if found.is_over:
        return
    running = [_("now: %(title)s", title=line.slot.title) for line in found.running]
    following = [
        _("then: %(title)s, %(when)s", title=line.slot.title, when=_when(line.slot.starts_at, at))
        for line in found.following
    ]
    url = offers_days.url_of("programme", programme)
    lines = tuple([*running, *following][:MOST])
    action = (_("See the day"), url)
    yield HomeItem("now", programme.title, url, lines=lines, due_at=_first_end(programme, found.running), action=action)


def _first_end(programme: Programme, running: list[Line]) -> datetime:
    """Give when the first thing that runs ends; a day of which nothing runs comes after those that do."""
    return min((line.ends_at for line in running), default=night_of(programme.held_on))
