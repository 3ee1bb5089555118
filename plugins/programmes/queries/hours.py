"""When a slot is: whether two of them overlap, which one is under way, when a day is over (C34 SPEC 3).

An open end lasts until the next thing of its track begins, and the last one of a day into the night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Protocol, TypeVar

from portal.api import local_day, local_midnight

NIGHT = timedelta(hours=6)


class Timed(Protocol):
    """What has its hours, in a track or for everybody: a `Slot`, or a `Shown`."""

    @property
    def id(self) -> int:
        """Give its number."""

    @property
    def starts_at(self) -> datetime:
        """Give when it begins."""

    @property
    def ends_at(self) -> datetime | None:
        """Give when it ends; None for an open end."""

    @property
    def track_id(self) -> int | None:
        """Give its track; None for everybody."""


T = TypeVar("T", bound=Timed)


def overlap(one: Timed, other: Timed) -> bool:
    """Tell whether two slots are on at once; an open end makes room for whatever begins after it."""
    first, second = sorted((one, other), key=lambda slot: slot.starts_at)
    return first.starts_at == second.starts_at or (first.ends_at is not None and second.starts_at < first.ends_at)


def share_a_track(one: Timed, other: Timed) -> bool:
    """Tell whether the same people are meant to be at both: in one track, or one of them is for everybody."""
    return one.track_id is None or other.track_id is None or one.track_id == other.track_id


def clash(slot: Timed, others: Iterable[T]) -> T | None:
    """Give the first of the others that overlaps a slot where it may not: only across two tracks (C34 SPEC 3)."""
    of_others = (other for other in others if other.id != slot.id)
    return next((other for other in of_others if share_a_track(slot, other) and overlap(slot, other)), None)


def at_once(slots: Iterable[T], ends: Mapping[int, datetime]) -> list[tuple[T, T]]:
    """Give every two of some slots that are on at once, in any track of any day: nobody is at both (C34 SPEC 3).

    :param ends: when each of them ends, open or not
    """
    in_order = sorted(slots, key=lambda slot: slot.starts_at)
    pairs = combinations(in_order, 2)
    return [(one, two) for one, two in pairs if two.starts_at < ends[one.id] or one.starts_at == two.starts_at]


def evening_of(at: datetime) -> date:
    """Give the day that an instant is of as people live it: until six, the night is still of the day before."""
    return local_day(at - NIGHT)


def night_of(day: date) -> datetime:
    """Give when the night after a day is over, for what has no end."""
    return local_midnight(day + timedelta(days=1)) + NIGHT


def end_of(slot: Timed, others: Iterable[Timed], *, day: date) -> datetime:
    """Give when a slot ends: when it says, else when the next thing of its track begins, else in the night."""
    if slot.ends_at is not None:
        return slot.ends_at
    following = (other.starts_at for other in others if share_a_track(slot, other) and other.starts_at > slot.starts_at)
    return min(following, default=night_of(day))


def free_from(slots: Iterable[Timed]) -> datetime | None:
    """Give the first hour of a day at which something ends and nothing follows; None if nothing ends.

    :param slots: the first first
    """
    found: datetime | None = None
    for slot in slots:
        if found is not None and slot.starts_at > found:
            break
        found = max(filter(None, (found, slot.ends_at)), default=None)
    return found
