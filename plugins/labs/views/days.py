"""Days of the collectivity: services receive the day it is, as they receive the instant."""

from __future__ import annotations

from datetime import date, datetime

from portal.api import local_day, local_midnight, now


def today() -> date:
    """Give the day it is in the collectivity."""
    return local_day(now())


def year_span(year: int) -> tuple[datetime, datetime]:
    """Give the instants between which a year of the collectivity lies."""
    return local_midnight(date(year, 1, 1)), local_midnight(date(year + 1, 1, 1))
