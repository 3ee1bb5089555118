"""Dates and hours as people here read them: stored in UTC, shown in the collectivity's zone (G2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import current_app

from portal.texts import CORE, language, texts

_ = texts(CORE)


def zone() -> ZoneInfo:
    """Give the time zone of the collectivity at work."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def local(instant: datetime) -> datetime:
    """Give an instant in the collectivity's zone."""
    return instant.astimezone(zone())


def local_day(instant: datetime) -> date:
    """Give the day an instant falls on, here."""
    return local(instant).date()


def local_midnight(on: date) -> datetime:
    """Give the instant at which a day begins here, aware UTC."""
    return datetime.combine(on, time(), zone()).astimezone(UTC)


@lru_cache(maxsize=4096)
def _written(on: date, pattern: str, spoken: str) -> str:
    """Write a day, the first of a month as French does: « 1er juin ». A list says the same days again and again."""
    text = format_date(on, pattern, locale=spoken)
    return text.replace("1\u00a0", "1er\u00a0", 1) if on.day == 1 and spoken == "fr" else text


def day(value: date | datetime) -> str:
    """Write a day: « 26 janvier 2018 »."""
    return _written(local_day(value) if isinstance(value, datetime) else value, "d\u00a0MMMM y", language.get())


def weekday(value: date | datetime) -> str:
    """Write a day with its name: « vendredi 26 janvier 2018 »."""
    return _written(local_day(value) if isinstance(value, datetime) else value, "EEEE d\u00a0MMMM y", language.get())


def hour(value: datetime) -> str:
    """Write an hour: « 14 h 40 », « 9 h »."""
    moment = local(value)
    if language.get() != "fr":
        return f"{moment:%H:%M}"
    return f"{moment.hour}\u00a0h\u00a0{moment.minute:02}" if moment.minute else f"{moment.hour}\u00a0h"


def instant(value: datetime) -> str:
    """Write a day and an hour: « 26 janvier 2018, 14 h 40 »."""
    return f"{day(value)}, {hour(value)}"


def iso(value: date | datetime) -> str:
    """Write for machines (`<time datetime>`), in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def minutes(value: int) -> str:
    """Write a duration: « 35 min », « 1 h 10 », « 2 jours »."""
    days, rest = divmod(value, 24 * 60)
    if days and not rest:
        return _.plural("%(num)s day", "%(num)s days", days)
    hours, left = divmod(value, 60)
    if not hours:
        return f"{left}\u00a0min"
    return f"{hours}\u00a0h\u00a0{left:02}" if left else f"{hours}\u00a0h"


FILTERS = {"day": day, "weekday": weekday, "hour": hour, "instant": instant, "iso": iso, "minutes": minutes}
