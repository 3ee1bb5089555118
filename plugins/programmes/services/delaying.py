"""The day runs late: what remains moves, what is fixed stays; one push, one way back (C34 SPEC 6).

What runs now goes on for longer and does not begin anew. What would run into a fixed slot is cut where that begins;
what would have nothing left is a refusal, for nobody decides by pushing a button that something is not held. A surprise
moves with the hour at which it is told. A negative number of minutes is a day that catches up: what follows a fixed
slot catches up by what room there is after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Event, Invalid, Viewer, edition, publish, session, texts

from plugins.programmes.models.programme import Delay, Moved, Programme
from plugins.programmes.models.slot import Slot
from plugins.programmes.queries.hours import Timed, clash, share_a_track
from plugins.programmes.queries.shown import is_hidden, shown
from plugins.programmes.queries.slots import rows_of
from plugins.programmes.services.facts import hold, must_be_held, must_organise

_ = texts("programmes")

MOST_MINUTES = 180
LEAST_MINUTES = -60


@dataclass(frozen=True, slots=True)
class Move:
    """What a delay does to a slot.

    :ivar cut_by: the fixed slot at whose beginning it ends from now on
    """

    slot: Slot
    starts_at: datetime
    ends_at: datetime | None
    reveals_at: datetime | None
    cut_by: Slot | None = None

    @property
    def id(self) -> int:
        """Give the number of the slot."""
        return self.slot.id

    @property
    def track_id(self) -> int | None:
        """Give its track."""
        return self.slot.track_id

    @property
    def is_one(self) -> bool:
        """Tell whether anything changes: a slot cut where it ended already stays as it is."""
        return (self.starts_at, self.ends_at) != (self.slot.starts_at, self.slot.ends_at)


def delay_moves(programme: Programme, minutes: int, *, at: datetime) -> list[Move]:
    """Say what a delay would do, the first slot first.

    Rule: C34 SPEC 6.

    :raises Invalid: no such number of minutes; nothing is left to move; something would have no time left
    """
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES or minutes == 0:
        raise Invalid(
            _(
                "Say how many minutes: %(most)s at most, or down to %(least)s if the day catches up.",
                most=MOST_MINUTES,
                least=LEAST_MINUTES,
            ),
            field="minutes",
        )
    rows = rows_of(programme)
    moves = [move for slot in rows if (move := _move(slot, timedelta(minutes=minutes), rows, at=at))]
    if not any(move.is_one for move in moves):
        raise Invalid(_("Nothing is left that a delay would move."), field="minutes")
    _check(moves, rows, at=at)
    return moves


def _move(slot: Slot, by: timedelta, rows: Sequence[Slot], *, at: datetime) -> Move | None:
    """Give what becomes of one slot; None if it is fixed, or over, or runs without an end."""
    is_running = slot.starts_at <= at
    if slot.is_fixed or (is_running and (slot.ends_at is None or slot.ends_at <= at)):
        return None
    by = max(by, -_room_before(slot, rows, at=at)) if by < timedelta() else by
    starts_at = slot.starts_at if is_running else slot.starts_at + by
    ends_at = slot.ends_at + by if slot.ends_at else None
    cut_by = _fixed_after(slot, starts_at, ends_at, rows)
    if cut_by is not None:
        ends_at = cut_by.starts_at
    keeps_its_word = is_running or slot.reveals_at is None or not is_hidden(slot, at)
    reveals_at = slot.reveals_at if keeps_its_word or slot.reveals_at is None else slot.reveals_at + by
    return Move(slot, starts_at, ends_at, reveals_at, cut_by)


def _room_before(slot: Slot, rows: Sequence[Slot], *, at: datetime) -> timedelta:
    """Give by how much what follows the fixed slots before this one may begin earlier, all of it together."""
    room = timedelta(days=1)
    for fixed in rows:
        if fixed.is_fixed and fixed.ends_at and at < fixed.ends_at <= slot.starts_at and share_a_track(fixed, slot):
            after = (row.starts_at for row in rows if share_a_track(fixed, row) and row.starts_at >= fixed.ends_at)
            room = min(room, min(after) - fixed.ends_at)
    return room


def _fixed_after(slot: Slot, starts_at: datetime, ends_at: datetime | None, rows: Sequence[Slot]) -> Slot | None:
    """Give the first fixed slot after one that it would now run into."""
    for fixed in rows:
        if fixed.is_fixed and share_a_track(fixed, slot) and fixed.starts_at > slot.starts_at:
            reaches = ends_at is not None and ends_at > fixed.starts_at
            return fixed if reaches or starts_at >= fixed.starts_at else None
    return None


def _check(moves: list[Move], rows: list[Slot], *, at: datetime) -> None:
    """Refuse what leaves a slot no time, begins in the past, or overlaps what stays."""
    for move in moves:
        title = shown(move.slot, at=at).title
        if move.ends_at is not None and move.ends_at <= max(move.starts_at, at):
            raise Invalid(
                _("“%(title)s” would have no time left. Shorten it or take it off first.", title=title), field="minutes"
            )
        if move.starts_at < at and move.starts_at != move.slot.starts_at:
            raise Invalid(_("“%(title)s” would have begun already. Catch up by less.", title=title), field="minutes")
    after: dict[int, Timed] = {row.id: row for row in rows} | {move.id: move for move in moves}
    named = {row.id: shown(row, at=at).title for row in rows}
    for move in moves:
        other = clash(move, after.values())
        if other is not None:
            raise Invalid(
                _(
                    "“%(title)s” would overlap “%(other)s”, which does not move. Change one of them first.",
                    title=named[move.id],
                    other=named[other.id],
                ),
                field="minutes",
            )


def seen_of(moves: Iterable[Move]) -> str:
    """Tell one preview from another, so that one confirms what one saw."""
    return edition(*(f"{move.id} {move.starts_at.isoformat()} {move.ends_at}" for move in moves))


def delay_day(actor: Viewer, programme: Programme, minutes: int, *, seen: str, at: datetime) -> Delay:
    """Move what remains of the day.

    Rule: C34 SPEC 4 and 6.

    :param seen: the preview that was confirmed
    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled, or is no longer as it was previewed
    :raises Invalid: as `delay_moves`
    """
    person_id = must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    moves = delay_moves(programme, minutes, at=at)
    if seen_of(moves) != seen:
        raise Conflict(_("Meanwhile the day has gone on: look once more at what moves, then confirm."))
    delay = Delay(programme_id=programme.id, actor_id=person_id, minutes=minutes, made_at=at)
    session.add(delay)
    session.flush()
    moves = [move for move in moves if move.is_one]
    for move in moves:
        slot = move.slot
        former = {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "reveals_at": slot.reveals_at}
        session.add(Moved(delay_id=delay.id, slot_id=slot.id, **former))
        _lay(slot, move.starts_at, move.ends_at, move.reveals_at, at=at)
    session.flush()
    facts = {"minutes": minutes, "slots": [move.id for move in moves]}
    publish(Event("programmes.day_delayed", programme.subject, person_id, at, facts))
    return delay


def _lay(
    slot: Slot, starts_at: datetime, ends_at: datetime | None, reveals_at: datetime | None, *, at: datetime
) -> None:
    slot.starts_at, slot.ends_at, slot.reveals_at = starts_at, ends_at, reveals_at
    slot.sequence += 1
    slot.changed_at = at


def forget_moves(slot_ids: Iterable[int]) -> None:
    """Forget where delays took slots from: somebody has written their hours anew."""
    session.execute(sa.delete(Moved).where(Moved.slot_id.in_(list(slot_ids))))


def last_delay(programme: Programme) -> Delay | None:
    """Give the delay that can be taken back: the last one, as long as an hour that it moved stands."""
    newest = sa.select(Delay).where(Delay.programme_id == programme.id).order_by(Delay.id.desc()).limit(1)
    delay = session.scalar(newest)
    if delay is None or delay.undone_at is not None or programme.cancelled_at is not None:
        return None
    return delay if _formers(delay) else None


def _formers(delay: Delay) -> Sequence[Moved]:
    return session.scalars(sa.select(Moved).where(Moved.delay_id == delay.id).order_by(Moved.id)).all()


def undo_delay(actor: Viewer, programme: Programme, *, at: datetime) -> None:
    """Take the last delay back: every slot is where it was, but for those whose hours were written anew since.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: there is none, or what was written since stands in the way
    """
    person_id = must_organise(actor, programme)
    hold(programme)
    delay = last_delay(programme)
    if delay is None:
        raise Conflict(_("This delay can no longer be taken back: the programme has changed since."))
    formers = _formers(delay)
    _must_find_room(programme, formers, at=at)
    delay.undone_at = at
    for former in formers:
        slot = session.get_one(Slot, former.slot_id)
        told = slot.reveals_at is not None and not is_hidden(slot, at)
        _lay(slot, former.starts_at, former.ends_at, slot.reveals_at if told else former.reveals_at, at=at)
    session.flush()
    facts = {"minutes": delay.minutes, "slots": [former.slot_id for former in formers]}
    publish(Event("programmes.delay_undone", programme.subject, person_id, at, facts))


def _must_find_room(programme: Programme, formers: Sequence[Moved], *, at: datetime) -> None:
    """Refuse to put a slot back where something else has been put meanwhile."""
    back = {former.slot_id: former for former in formers}
    rows = rows_of(programme)
    after = [Move(row, hours.starts_at, hours.ends_at, None) for row in rows for hours in [back.get(row.id, row)]]
    for move in after:
        other = clash(move, after) if move.id in back else None
        if other is not None:
            raise Conflict(
                _(
                    "“%(title)s” would overlap “%(other)s” if it went back to its hour. Change one of them first.",
                    title=shown(move.slot, at=at).title,
                    other=shown(other.slot, at=at).title,
                )
            )
