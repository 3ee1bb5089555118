"""Time and SQL statements spent by each implementation of a hook: the parent does not pay for its child."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Spent:
    """What one call has spent so far: seconds and SQL statements."""

    seconds: float = 0.0
    statements: int = 0


current: ContextVar[Spent | None] = ContextVar("spent", default=None)


@contextmanager
def metered() -> Iterator[Spent]:
    """Measure a block; SQL is counted by `count_statement`, called from the engine's event."""
    spent, started = Spent(), time.perf_counter()
    outer = current.get()
    mark = current.set(spent)
    try:
        yield spent
    finally:
        spent.seconds = time.perf_counter() - started
        current.reset(mark)
        if outer is not None:
            outer.statements += spent.statements


def count_statement() -> None:
    """Book one SQL statement on the call at work."""
    spent = current.get()
    if spent is not None:
        spent.statements += 1
