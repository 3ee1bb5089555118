"""What somebody does with a staged import: apply, pause, go on, abandon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.api import Conflict, Invalid, Role, Viewer, people_table, record, session, texts

from plugins.directory.models.imports import Change, Import, Line, Listed, Outcome, State
from plugins.directory.services.imports.staging import erase, subject_of

_ = texts("directory")
MANY_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Departures:
    """What stands before people leave by an import.

    :ivar keyless: lines in which nobody can be recognised: one of them may be somebody who would leave
    :ivar asks_number: many leave, or an administrator does: the number is typed
    """

    number: int
    keyless: int
    asks_number: bool

    @property
    def may_leave(self) -> bool:
        """Tell whether the departures may be confirmed at all."""
        return self.number > 0 and self.keyless == 0


def departures_of(row: Import) -> Departures:
    """Count who would leave, and say what is asked first."""
    number = int(row.counts.get(Change.LEFT, 0))
    table = people_table()
    leaving = sa.select(Line.person_id).where(Line.import_id == row.id, Line.change == Change.LEFT)
    administrators = sa.select(sa.func.count()).where(table.c.id.in_(leaving), table.c.role == Role.ADMIN)
    many = number * 100 > row.people_here * MANY_PERCENT
    return Departures(number, row.keyless, number > 0 and (many or bool(session.scalar(administrators))))


def start_import(row: Import, *, lets_leave: bool, typed: int | None, actor: Viewer | None, at: datetime) -> None:
    """Begin to apply an import; the batches are done by `applying.apply_batch`.

    :param lets_leave: the departures are confirmed; else nobody leaves
    :param typed: the number of departures, where it is asked
    :raises Conflict: it was applied or abandoned meanwhile, or another one is being applied
    :raises Invalid: the departures cannot be confirmed so
    """
    hold(row)
    if row.state != State.STAGED:
        raise Conflict(_("This import is no longer waiting: look at what has become of it."))
    if lets_leave:
        _check_departures(departures_of(row), typed)
    _skip(row, lets_leave=lets_leave)
    waiting = sa.select(sa.func.count()).where(Line.import_id == row.id, Line.outcome == "")
    row.state, row.lets_leave, row.content = State.APPLYING, lets_leave, None
    row.total, row.started_at, row.moved_at = session.scalar(waiting) or 0, at, at
    _take_turn(row)
    record("directory.import_started", subject_of(row.id), actor=actor, at=at, facts={"lines": row.total})


def _check_departures(asked: Departures, typed: int | None) -> None:
    if asked.keyless:
        raise Invalid(_("Nobody leaves while lines have no readable key: correct them first."), field="lets_leave")
    if asked.asks_number and typed != asked.number:
        raise Invalid(_("Type the number of departures: %(number)s.", number=asked.number), field="typed")


def _take_turn(row: Import) -> None:
    busy = session.scalar(sa.select(Import.id).where(Import.turn == 1))
    if busy is None:
        try:
            with session.begin_nested():
                row.turn = 1
                session.flush()
        except IntegrityError:  # PostgreSQL: somebody clicked at the same instant
            busy = -1
    if busy is not None:
        raise Conflict(_("Another import is being applied, or is paused. End it first."))


def _skip(row: Import, *, lets_leave: bool) -> None:
    """Set aside what asks for no work: who stays, and who is unchanged and already known as listed."""
    idle = sa.and_(Line.change == Change.UNCHANGED, Line.person_id.in_(sa.select(Listed.person_id)))
    services = sa.and_(Line.change == Change.UNCHANGED, Line.person_id.is_(None))
    which = sa.or_(idle, services) if lets_leave else sa.or_(idle, services, Line.change == Change.LEFT)
    lines = sa.update(Line).where(Line.import_id == row.id, Line.outcome == "", which)
    session.execute(lines.values(outcome=Outcome.NOTHING), execution_options={"synchronize_session": False})


def pause_import(row: Import, *, actor: Viewer, at: datetime) -> None:
    """Stop after the batch that runs; what is done stays done.

    :raises Conflict: it is not being applied
    """
    hold(row)
    if row.state != State.APPLYING:
        raise Conflict(_("This import is not being applied any more."))
    row.state = State.PAUSED
    session.flush()
    record("directory.import_paused", subject_of(row.id), actor=actor, at=at)


def resume_import(row: Import, *, actor: Viewer, at: datetime) -> None:
    """Go on where the last batch ended.

    :raises Conflict: it is not paused
    """
    hold(row)
    if row.state != State.PAUSED:
        raise Conflict(_("This import is not paused any more."))
    row.state, row.moved_at = State.APPLYING, at
    session.flush()
    record("directory.import_resumed", subject_of(row.id), actor=actor, at=at)


def abandon_import(row: Import, *, actor: Viewer, at: datetime) -> None:
    """End an import where it is: what is done stays done, the rest is erased without being done.

    :raises Conflict: it has ended already
    """
    hold(row)
    if row.state in {State.DONE, State.ABANDONED}:
        raise Conflict(_("This import has ended already."))
    row.state, row.turn, row.ended_at = State.ABANDONED, None, at
    erase(row, at=at)
    record("directory.import_abandoned", subject_of(row.id), actor=actor, at=at, facts={"done": row.done})


def hold(row: Import) -> None:
    """Read an import anew and keep others from changing it until the end of the transaction: two may click at once."""
    session.refresh(row, with_for_update=True)
