"""What plugins cost: time and SQL, each moment booked to one plugin, so that the shares add up to the whole.

A frame stands for whoever is at work in this thread: the view of a request, then each implementation that it asks.
What happens inside an inner frame is not the outer one's. Figures stay in memory and are written twice a minute.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic, perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from portal.db import is_postgresql
from portal.loader.models import Meter as MeterRow

WRITE_SECONDS = 30
KEPT = timedelta(days=2)
SPAN = timedelta(days=1)
NOT_WORK = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
CHANGES = ("INSERT", "UPDATE", "DELETE")


class Frame:
    """Who is at work: what was spent inside, and what of it was somebody else's."""

    __slots__ = ("changes", "inner_seconds", "outer", "started", "statements")

    def __init__(self) -> None:
        self.statements = self.changes = 0
        self.inner_seconds = 0.0
        self.outer = _at_work.get()
        _at_work.set(self)
        self.started = perf_counter()

    def leave(self) -> float:
        """Give the work back to the outer frame; give the seconds that were this frame's own."""
        spent = perf_counter() - self.started
        _at_work.set(self.outer)
        if self.outer is not None:
            self.outer.inner_seconds += spent
        return spent - self.inner_seconds


_at_work: ContextVar[Frame | None] = ContextVar("frame", default=None)


def start_request() -> Frame:
    """Begin a request: nobody is at work in this thread, whatever the one before left."""
    _at_work.set(None)
    return Frame()


def count_statements(engine: Engine) -> None:
    """Let every statement of an engine be counted for whoever is at work."""
    event.listen(engine, "before_cursor_execute", _count)


def _count(conn: Connection, cursor: object, statement: str, parameters: object, context: object, many: bool) -> None:
    frame = _at_work.get()
    if frame is not None and not statement.startswith(NOT_WORK):
        frame.statements += 1
        if statement.startswith(CHANGES):
            frame.changes += 1


@dataclass(slots=True)
class Tally:
    """Sums that wait to be written.

    :ivar costs: plugin → pages, seconds, statements
    :ivar calls: (plugin, hook) → calls, faults
    """

    costs: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[tuple[str, str], list[int]] = field(default_factory=dict)


class Meter:
    """The figures of one collectivity in one process; they outlive its rebuilt apps."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tally = Tally()
        self._written = monotonic()
        self._is_urgent = False

    def book(self, plugin: str, hook: str, seconds: float, statements: int) -> None:
        """Count one call of an implementation."""
        with self._lock:
            cost = self._tally.costs.get(plugin) or self._tally.costs.setdefault(plugin, [0, 0.0, 0])
            cost[1] += seconds
            cost[2] += statements
            calls = self._tally.calls.get((plugin, hook)) or self._tally.calls.setdefault((plugin, hook), [0, 0])
            calls[0] += 1

    def book_page(self, plugin: str, seconds: float, statements: int) -> None:
        """Count one answer of a view."""
        with self._lock:
            cost = self._tally.costs.setdefault(plugin, [0, 0.0, 0])
            cost[0] += 1
            cost[1] += seconds
            cost[2] += statements

    def book_fault(self, plugin: str, hook: str) -> None:
        """Count a fault of an implementation; the figures are written after this request."""
        with self._lock:
            self._tally.calls.setdefault((plugin, hook), [0, 0])[1] += 1
            self._is_urgent = True

    def take(self, *, whole: bool = False) -> Tally | None:
        """Give what waits, once it is time to write it; None before.

        :param whole: now, whatever the time
        """
        with self._lock:
            if not (whole or self._is_urgent or monotonic() - self._written >= WRITE_SECONDS):
                return None
            taken, self._tally = self._tally, Tally()
            self._written, self._is_urgent = monotonic(), False
            return taken


def write_costs(conn: Connection, tally: Tally) -> None:
    """Add to the sums of this hour, and forget those of the day before yesterday."""
    at = datetime.now(UTC)
    hour = at.replace(minute=0, second=0, microsecond=0)
    rows = [
        {"plugin": plugin, "hour_at": hour, "pages": pages, "microseconds": round(spent * 1e6), "statements": sql}
        for plugin, (pages, spent, sql) in sorted(tally.costs.items())
    ]
    if not rows:
        return
    insert: Any = (postgresql.insert if is_postgresql(conn) else sqlite.insert)(MeterRow)
    sums = {name: getattr(MeterRow, name) + insert.excluded[name] for name in ("pages", "microseconds", "statements")}
    conn.execute(insert.on_conflict_do_update(index_elements=["plugin", "hour_at"], set_=sums), rows)
    conn.execute(sa.delete(MeterRow).where(MeterRow.hour_at < at - KEPT))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plugin cost over the last day.

    :ivar pages: answers of its own views
    :ivar time_percent: its share of the time of all answers
    :ivar sql_percent: its share of the statements of all answers
    """

    pages: int
    time_percent: float
    sql_percent: float


def costs(conn: Any) -> dict[str, Cost]:
    """Give what each plugin cost over the last day, the core as `portal`; empty if nothing was measured.

    :param conn: a connection or a session
    """
    since = datetime.now(UTC) - SPAN
    sums = [sa.func.sum(column) for column in (MeterRow.pages, MeterRow.microseconds, MeterRow.statements)]
    rows = conn.execute(
        sa.select(MeterRow.plugin, *sums).where(MeterRow.hour_at > since).group_by(MeterRow.plugin)
    ).all()
    time, sql = (float(sum(row[column] for row in rows)) or 1.0 for column in (2, 3))
    return {name: Cost(int(pages), float(spent) * 100 / time, float(n) * 100 / sql) for name, pages, spent, n in rows}
