"""When somebody is free, read from what a paper card says in words: « mardi, une heure » (C08)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.api import fold, texts

from plugins.ambassadors.models.card import HALF_DAY, HOUR, QUARTER
from plugins.ambassadors.queries.time import DAY_NAMES, WEEK

_ = texts("ambassadors")

PARTS = re.compile(r"[,;\n]|\s[-–/]\s")
WORD = re.compile(r"[^\W_]+")
# As one writes them in a box of a sheet; the first is what the sheet prints.
TIME_SPELLINGS = {
    QUARTER: _.later("a quarter of an hour | 15 min | 15 minutes"),
    HOUR: _.later("an hour | one hour | 1 hour | 1 h | 1h | 60 min"),
    HALF_DAY: _.later("half a day | a half-day | 1/2 day"),
}
# A part that says when one is not free is left in its words.
BUT = _.later("except | but | not | no | without")
SMALL_WORDS = _.later("on | or | and | the | at | a")


@dataclass(frozen=True, slots=True)
class SaidTime:
    """What was read.

    :ivar minutes: the longest time that is named
    :ivar days: bits of `DAYS`
    :ivar rest: the parts that say more than days and times
    """

    minutes: int | None
    days: int
    rest: str


def said_time(text: str) -> SaidTime:
    """Read the days and times that are named in a text."""
    minutes, days, rest = 0, 0, []
    for part in (part.strip() for part in PARTS.split(text) if part.strip()):
        found_minutes, found_days, is_whole = _read(_plain(part))
        minutes, days = max(minutes, found_minutes), days | found_days
        rest += [] if is_whole else [part]
    return SaidTime(minutes or None, days, ", ".join(rest))


def _read(part: str) -> tuple[int, int, bool]:
    """Give the time and the days of a part, and whether it says nothing else."""
    if set(part.split()) & set(_spellings(BUT)):
        return 0, 0, False
    week = _plain(_("from Monday to Friday"))
    left, days = (part.replace(week, ""), WEEK) if week in part else (part, 0)
    minutes = 0
    for number, spelled in TIME_SPELLINGS.items():
        for spelling in sorted(_spellings(spelled), key=len, reverse=True):
            left, count = re.subn(rf"\b{spelling}\b", "", left)
            minutes = max(minutes, number) if count else minutes
    names = {_plain(str(name)): bit for bit, name in DAY_NAMES.items()}
    named = [names[key] for word in left.split() if (key := word if word in names else word.removesuffix("s")) in names]
    days |= sum(set(named))
    others = [word for word in left.split() if word.removesuffix("s") not in names and word not in names]
    return minutes, days, bool(minutes or days) and not set(others) - set(_spellings(SMALL_WORDS))


def _spellings(words: object) -> list[str]:
    return [_plain(spelling) for spelling in str(words).split("|")]


def _plain(text: str) -> str:
    return " ".join(WORD.findall(fold(text)))
