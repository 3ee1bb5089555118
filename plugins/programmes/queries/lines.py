"""A day as its page, its sheet and its walls show it: one line after the other, what is parallel side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from portal.api import Person, Viewer, local_day

from plugins.programmes.models.programme import Moved, Programme, Track
from plugins.programmes.queries.hours import end_of
from plugins.programmes.queries.people import hosts_of, seats_taken
from plugins.programmes.queries.planned import planned_hours
from plugins.programmes.queries.programmes import tracks_of
from plugins.programmes.queries.shown import Shown
from plugins.programmes.queries.slots import slots_of

NOBODY = (0, False)


@dataclass(frozen=True, slots=True)
class Line:
    """One slot on a page.

    :ivar hosts: nobody for a surprise before its time
    :ivar coming: how many signed up
    :ivar is_mine: whoever reads signed up
    :ivar ends_at: when it really ends: an open end lasts until the next thing of its track
    :ivar is_kept: nobody says yet what the unexpected is, for its day has not come
    :ivar planned: its hours before a delay; None if none moved it
    """

    slot: Shown
    is_running: bool
    ends_at: datetime
    is_kept: bool = False
    hosts: list[Person] = field(default_factory=list)
    coming: int = 0
    is_mine: bool = False
    planned: Moved | None = None

    @property
    def planned_start(self) -> datetime | None:
        """Give when it was to begin; None if it begins as planned."""
        begins_late = self.planned is not None and self.planned.starts_at != self.slot.starts_at
        return self.planned.starts_at if self.planned is not None and begins_late else None

    @property
    def planned_end(self) -> datetime | None:
        """Give until when it was to last, if it began as planned and does not end so."""
        ends_late = self.planned is not None and self.planned.ends_at != self.slot.ends_at
        return self.planned.ends_at if self.planned is not None and ends_late and not self.planned_start else None

    @property
    def left(self) -> int | None:
        """Count the seats that are left; None for as many as come."""
        return max(self.slot.seats - self.coming, 0) if self.slot.seats is not None else None


@dataclass(frozen=True, slots=True)
class Block:
    """What goes on at once: one line for everybody, or tracks side by side."""

    lanes: list[tuple[Track | None, list[Line]]]


def lines_of(viewer: Viewer, programme: Programme, *, at: datetime) -> list[Line]:
    """Give the lines of a day, the first first."""
    slots = slots_of(programme, at=at)
    hosts, taken = hosts_of(slots), seats_taken(viewer, (slot.id for slot in slots))
    planned = planned_hours(programme)
    return [
        replace(
            line,
            hosts=hosts.get(line.slot.id, []),
            coming=taken.get(line.slot.id, NOBODY)[0],
            is_mine=taken.get(line.slot.id, NOBODY)[1],
            planned=planned.get(line.slot.id),
        )
        for line in bare_lines(programme, slots, at=at)
    ]


def bare_lines(programme: Programme, slots: Sequence[Shown], *, at: datetime) -> list[Line]:
    """Give the lines of a day as far as hours go: nobody runs them, nobody comes."""
    ends = {slot.id: end_of(slot, slots, day=programme.held_on) for slot in slots}
    is_ahead = local_day(at) < programme.held_on
    return [
        Line(
            slot,
            is_running=slot.starts_at <= at < ends[slot.id],
            ends_at=ends[slot.id],
            is_kept=slot.is_empty and is_ahead,
        )
        for slot in slots
    ]


def blocks_of(programme: Programme, lines: Sequence[Line]) -> list[Block]:
    """Put lines that are parallel side by side, in the order of their tracks."""
    is_parallel = any(line.slot.track_id is not None for line in lines)
    tracks = {track.id: track for track in tracks_of(programme)} if is_parallel else {}
    blocks: list[Block] = []
    run: list[Line] = []
    for line in lines:
        if line.slot.track_id is not None:
            run.append(line)
            continue
        blocks += [_side_by_side(run, tracks)] if run else []
        blocks.append(Block([(None, [line])]))
        run = []
    return [*blocks, _side_by_side(run, tracks)] if run else blocks


def _side_by_side(lines: list[Line], tracks: dict[int, Track]) -> Block:
    lanes = ((track, [line for line in lines if line.slot.track_id == track.id]) for track in tracks.values())
    return Block([lane for lane in lanes if lane[1]])


@dataclass(frozen=True, slots=True)
class Now:
    """What a wall says: what runs, what comes next in each track, whether the day is still ahead or behind."""

    running: list[Line]
    following: list[Line]
    is_ahead: bool
    is_over: bool


def now_of(programme: Programme, lines: Sequence[Line], *, at: datetime) -> Now:
    """Say what runs and what comes next: the next thing for everybody, or the next of each track before it."""
    ahead = [line for line in lines if line.slot.starts_at > at]
    running = [line for line in lines if line.is_running]
    following: dict[int | None, Line] = {}
    for line in ahead:
        following.setdefault(line.slot.track_id, line)
        if line.slot.track_id is None:
            break
    is_over = not ahead and not running and (local_day(at) >= programme.held_on)
    return Now(running, list(following.values()), local_day(at) < programme.held_on, is_over)
