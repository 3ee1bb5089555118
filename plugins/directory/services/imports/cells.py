"""One cell: tidied, or refused with what is wrong. A lone « - » empties a field; an empty cell says nothing of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from portal.api import fold

EMPTIES = "-"
LENGTHS = {
    "matricule": 40,
    "name": 120,
    "last_name": 120,
    "first_name": 120,
    "email": 254,
    "service": 480,
    "direction": 480,
    "service_code": 40,
    "code": 40,
    "parent_code": 40,
    "job_title": 120,
    "phone": 40,
    "superior": 254,
    "leaves_on": 30,
}
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MANGLED = re.compile("[ÃÂ][\u0080-\u00bf\u0152-\u2122]|â€|\ufffd")
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(?:\.[^\s@<>,;:\"()\[\]\\.]+)+")
SCIENTIFIC = re.compile(r"\d+[.,]\d+E\+?\d+", re.IGNORECASE)
DAY = re.compile(r"(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2}))(?:[ T]+0?0:00(?::00)?(?:\.0+)?)?")
FIRST_YEAR, LAST_YEAR, NEVER_YEAR = 1950, 2150, 2900


class Faulty(Exception):
    """A cell that cannot be taken.

    :ivar problem: code, a key of `problems.PROBLEMS`
    """

    def __init__(self, problem: str, field: str = "", value: str = "", detail: object = "") -> None:
        super().__init__(problem)
        self.problem, self.field, self.value, self.detail = problem, field, shown(value), str(detail)[:120]


@dataclass(frozen=True, slots=True)
class Emptied:
    """What a lone « - » says: this field is to be empty."""


def shown(value: str) -> str:
    """Write a faulty value so that a page and a spreadsheet can show it: short, without signs nobody sees."""
    return "".join(sign if sign.isprintable() else "�" for sign in value[:80]) + ("…" if len(value) > 80 else "")


def single_spaced(text: str) -> str:
    """Write a text on one line, its spaces made single, without the mark that begins some files."""
    return " ".join(text.replace("\ufeff", "").split())


def tidy(text: str, field: str) -> str:
    """Give the words of a cell, spaces made single.

    :raises Faulty: signs that nobody types, letters broken on the way, a formula, too long
    """
    words = single_spaced(text)
    if words[:1] == "'" and words[1:].lstrip().startswith(FORMULA):
        words = words[1:].lstrip()  # the apostrophe that our own exports put there
        if words == EMPTIES:
            raise Faulty("formula", field, words)
    for sign in words:
        kind = unicodedata.category(sign)
        if sign in TURNING or kind in {"Cc", "Cs", "Co"}:
            raise Faulty("turning" if sign in TURNING else "control", field, words)
    if MANGLED.search(words):
        raise Faulty("mangled", field, words)
    if words != EMPTIES and words.startswith(FORMULA) and not (field == "phone" and words.startswith("+")):
        raise Faulty("formula", field, words)
    if len(words) > LENGTHS[field]:
        raise Faulty("too_long", field, words, LENGTHS[field])
    return words


def address(words: str) -> str:
    """Give an e-mail address.

    :raises Faulty: it is none
    """
    if not ADDRESS.fullmatch(words):
        raise Faulty("bad_email", "email", words)
    return words.lower()


def number(words: str, field: str) -> str:
    """Give a staff number, or a code.

    :raises Faulty: a spreadsheet wrote it as 1,23E+05
    """
    if SCIENTIFIC.fullmatch(words):
        raise Faulty("scientific", field, words)
    return words


def last_day(words: str) -> date | None:
    """Give a day; None for the far days by which software says « never » (31/12/9999).

    :raises Faulty: no day, or one that no agent lives
    """
    found = DAY.fullmatch(words)
    if found is None:
        raise Faulty("bad_date", "leaves_on", words)
    parts = [int(part) for part in found.groups() if part]
    year, month, day = parts if found.group(4) else reversed(parts)
    if year >= NEVER_YEAR:
        return None
    try:
        on = date(year, month, day)
    except ValueError as error:
        raise Faulty("bad_date", "leaves_on", words) from error
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise Faulty("far_date", "leaves_on", words)
    return on


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names have the same words: people write theirs with the capitals and in the order they like."""
    return sorted(fold(one).replace("-", " ").split()) == sorted(fold(other).replace("-", " ").split())


def is_same_phone(one: str, other: str) -> bool:
    """Tell whether two numbers are one, spaces and dots aside."""
    return re.sub(r"[\s.()-]", "", one) == re.sub(r"[\s.()-]", "", other)


def is_same_text(one: str, other: str) -> bool:
    """Tell whether two texts are one, spaces and line ends aside: a cell cannot hold them otherwise."""
    return single_spaced(one) == single_spaced(other)
