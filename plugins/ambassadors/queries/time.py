"""Times and days in words: how long one may give at once, on which days (C08, C44)."""

from __future__ import annotations

from portal.api import texts

from plugins.ambassadors.models.card import (
    DAYS,
    FRIDAY,
    HALF_DAY,
    HOUR,
    MONDAY,
    QUARTER,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
)

_ = texts("ambassadors")

TIME_WORDS = {
    QUARTER: _.later("a quarter of an hour"),
    HOUR: _.later("an hour"),
    HALF_DAY: _.later("half a day"),
}
DAY_NAMES = {
    MONDAY: _.later("Monday"),
    TUESDAY: _.later("Tuesday"),
    WEDNESDAY: _.later("Wednesday"),
    THURSDAY: _.later("Thursday"),
    FRIDAY: _.later("Friday"),
    SATURDAY: _.later("Saturday"),
    SUNDAY: _.later("Sunday"),
}


def free_words(minutes: int | None, days: int) -> str:
    """Say when somebody is free: « une heure à la fois, le mardi ou le jeudi »; empty if nothing was said."""
    said = [_("%(time)s at once", time=TIME_WORDS[minutes])] if minutes in TIME_WORDS else []
    named = [str(DAY_NAMES[bit]) for bit in DAYS if days & bit]
    said += [_("on %(days)s", days=", ".join(named))] if named else []
    return ", ".join(said)
