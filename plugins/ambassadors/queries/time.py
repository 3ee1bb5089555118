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

TIME_WORDS = {QUARTER: _.later("a quarter of an hour"), HOUR: _.later("an hour"), HALF_DAY: _.later("half a day")}
DAY_NAMES = {
    MONDAY: _.later("Monday"),
    TUESDAY: _.later("Tuesday"),
    WEDNESDAY: _.later("Wednesday"),
    THURSDAY: _.later("Thursday"),
    FRIDAY: _.later("Friday"),
    SATURDAY: _.later("Saturday"),
    SUNDAY: _.later("Sunday"),
}


WEEK = MONDAY | TUESDAY | WEDNESDAY | THURSDAY | FRIDAY


def free_words(minutes: int | None, days: int) -> str:
    """Say when somebody is free: « une heure à la fois, le mardi ou le jeudi »; empty if nothing was said."""
    said = [_("%(time)s at once", time=TIME_WORDS[minutes])] if minutes in TIME_WORDS else []
    return ", ".join([*said, *([days_words(days)] if days else [])])


def days_words(days: int) -> str:
    """Say on which days: « le mardi », « le mardi ou le jeudi », « du lundi au vendredi »."""
    if days == WEEK:
        return _("from Monday to Friday")
    named = [_("on %(day)s", day=DAY_NAMES[bit]) for bit in DAYS if days & bit]
    if len(named) == 1:
        return named[0]
    return _("%(days)s or %(last)s", days=", ".join(named[:-1]), last=named[-1])
