"""The breaker: a hook that keeps breaking is cut, at once in every worker, and tried again after a pause.

Counts are those of all processes: each adds its own to one row per plugin and hook, with the fault that makes it write.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from portal.db import PortalState, is_postgresql
from portal.loader.models import Breaker

log = logging.getLogger(__name__)
WINDOW = timedelta(minutes=10)
LEAST_FAULTS = 5
LEAST_PERCENT = 20
FIRST_PAUSE = timedelta(minutes=10)
MAX_PAUSE = timedelta(hours=6)
Key = tuple[str, str]


def add_calls(conn: Connection, calls: dict[Key, list[int]]) -> None:
    """Add calls and faults to the windows, then cut what breaks too often."""
    if not calls:
        return
    at = datetime.now(UTC)
    rows = [
        {"plugin": plugin, "hook": hook, "window_at": at, "calls": max(calls, faults), "faults": faults, "trials": 0}
        for (plugin, hook), (calls, faults) in sorted(calls.items())  # one order for all: no two wait for each other
    ]
    insert: Any = (postgresql.insert if is_postgresql(conn) else sqlite.insert)(Breaker)
    is_open = Breaker.window_at > at - WINDOW
    sums: dict[str, Any] = {
        name: sa.case((is_open, getattr(Breaker, name)), else_=0) + insert.excluded[name]
        for name in ("calls", "faults")
    }
    sums["window_at"] = sa.case((is_open, Breaker.window_at), else_=at)
    conn.execute(insert.on_conflict_do_update(index_elements=["plugin", "hook"], set_=sums), rows)
    if any(faults for _calls, faults in calls.values()):
        _cut(conn, at)


def _cut(conn: Connection, at: datetime) -> None:
    too_often = sa.and_(
        Breaker.cut_at.is_(None),
        Breaker.window_at > at - WINDOW,
        Breaker.faults >= LEAST_FAULTS,
        Breaker.faults * 100 >= Breaker.calls * LEAST_PERCENT,
    )
    cut = sa.update(Breaker).where(too_often).values(cut_at=at, next_try_at=at + FIRST_PAUSE, trials=0)
    found = conn.execute(cut.returning(Breaker.plugin, Breaker.hook)).all()
    for plugin, hook in found:
        log.error("hook cut", extra={"plugin": plugin, "hook": hook})
    if found:
        move_revision(conn)


def move_revision(conn: Connection) -> None:
    """Tell every process, outside a request's transaction."""
    conn.execute(sa.update(PortalState).values(revision=PortalState.revision + 1))


def close_again(conn: Connection, key: Key) -> None:
    """Take a hook back after a trial that went well, in every worker."""
    closed = sa.update(Breaker).where(_is(key), Breaker.cut_at.is_not(None)).returning(Breaker.plugin)
    if conn.execute(closed.values(cut_at=None, next_try_at=None, trials=0, calls=0, faults=0)).all():
        log.info("hook taken back", extra={"plugin": key[0], "hook": key[1]})
        move_revision(conn)


def postpone(conn: Connection, key: Key) -> None:
    """Leave a hook cut after a trial that broke: the pause doubles, six hours at most."""
    trials = int(conn.scalar(sa.select(Breaker.trials).where(_is(key))) or 0) + 1
    pause = min(FIRST_PAUSE * 2**trials, MAX_PAUSE)
    values = {"trials": trials, "next_try_at": datetime.now(UTC) + pause}
    conn.execute(sa.update(Breaker).where(_is(key), Breaker.cut_at.is_not(None)).values(**values))


def _is(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(Breaker.plugin == key[0], Breaker.hook == key[1])


class Cuts:
    """What is cut, as one app knows it: when each may be tried again."""

    def __init__(self, next_tries: Mapping[Key, datetime] | None = None) -> None:
        self._next_tries = dict(next_tries or {})

    def __contains__(self, key: Key) -> bool:
        return key in self._next_tries

    def refuses(self, key: Key) -> bool:
        """Tell whether a call must not be made; once the pause is over, one is let through as the trial."""
        due = self._next_tries.get(key) if self._next_tries else None
        if due is None:
            return False
        at = datetime.now(UTC)
        if at < due:
            return True
        self._next_tries[key] = at + FIRST_PAUSE  # who comes while the trial runs stays out
        return False

    def forget(self, key: Key) -> None:
        """Note here that a trial went well."""
        self._next_tries.pop(key, None)
