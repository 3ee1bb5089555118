"""Working days of the collectivity: Monday to Friday, without its public holidays.

The holidays come from a kept library, in the zone the collectivity chose: Alsace-Moselle has two more, each overseas
territory its own. Rule: C07 SPEC 2 and 4.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from holidays import HolidayBase, country_holidays

from portal.api import local_day, local_midnight, setting, texts

_ = texts("copils")

WORK_FROM, WORK_UNTIL = timedelta(hours=7), timedelta(hours=20)
# ISO 3166-2 codes of the territories whose holidays differ, as the library knows them; "" is the rest of France.
ZONES = {
    "": _.later("Mainland France"),
    "57": _.later("Moselle"),
    "6AE": _.later("Alsace"),
    "971": _.later("Guadeloupe"),
    "972": _.later("Martinique"),
    "973": _.later("French Guiana"),
    "974": _.later("Réunion"),
    "976": _.later("Mayotte"),
    "BL": _.later("Saint Barthélemy"),
    "MF": _.later("Saint Martin"),
    "NC": _.later("New Caledonia"),
    "PF": _.later("French Polynesia"),
    "PM": _.later("Saint Pierre and Miquelon"),
    "WF": _.later("Wallis and Futuna"),
}


@lru_cache(maxsize=len(ZONES))
def _holidays(zone: str) -> HolidayBase:
    return country_holidays("FR", subdiv=zone or None)


def is_working_day(day: date) -> bool:
    """Tell whether one works on a day here."""
    return day.weekday() < 5 and day not in _holidays(setting("copils", "zone"))


def is_usual(instant: datetime) -> bool:
    """Tell whether people are expected at work at an instant: a working day, neither at night nor in the evening."""
    day = local_day(instant)
    return is_working_day(day) and WORK_FROM <= instant - local_midnight(day) < WORK_UNTIL


def working_days_after(day: date, count: int) -> date:
    """Give the day that comes `count` working days after a day; negative counts go back."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_before(instant: datetime, count: int) -> datetime:
    """Give the same hour, `count` working days earlier."""
    day = local_day(instant)
    return local_midnight(working_days_after(day, -count)) + (instant - local_midnight(day))
