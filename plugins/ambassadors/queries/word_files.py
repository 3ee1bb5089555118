"""A file of words as spreadsheets write them: any usual coding, separator and heading (C08 SPEC 9).

Without headings, the columns are those of `COLUMNS`, in this order. Nothing is written here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from portal.api import Invalid, fold, texts

_ = texts("ambassadors")

COLUMNS = ("family", "word", "synonyms", "kind", "esco", "cnfpt", "no_writing", "no_mail")
HEADINGS = {
    "family": {"famille", "family", "theme"},
    "word": {"mot", "word", "libelle", "label", "talent"},
    "synonyms": {"synonymes", "synonyms", "synonyme"},
    "kind": {"genre", "kind", "sorte", "type"},
    "esco": {"esco", "esco_uri", "uri esco"},
    "cnfpt": {"cnfpt", "cnfpt_code", "code cnfpt"},
    "no_writing": {"sans_ecrit", "sans ecrit", "no_writing", "without writing"},
    "no_mail": {"sans_mail", "sans mail", "sans_courriel", "no_mail", "without mail"},
}
SEPARATORS = ";,\t"
MAX_BYTES = 200_000
MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """One line of a file.

    :ivar number: its number in the file, from 1
    :ivar cells: by name of `COLUMNS`; an absent column is absent
    """

    number: int
    cells: dict[str, str]


def decoded(content: bytes) -> str:
    """Read the text of a file.

    :raises Invalid: too large, or not a text
    """
    if len(content) > MAX_BYTES:
        raise Invalid(_("This file is too large: 200 kB at most."), field="file")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("This file cannot be read as a text. Save it as CSV."), field="file")


def read_words(text: str) -> list[Read]:
    """Read the lines of a file that say something.

    :raises Invalid: nothing is in it, too many lines are, or it is not a table
    """
    if "\0" in text:
        raise Invalid(_("This file cannot be read as a text. Save it as CSV."), field="file")
    rows = _rows(text.lstrip("\ufeff"))
    names = _named([cell for _number, row in rows[:1] for cell in row])
    body = rows[1:] if names else rows
    found = [Read(number, _cells(names or list(COLUMNS), row)) for number, row in body]
    if not found:
        raise Invalid(_("There is no word in it."), field="file")
    if len(found) > MAX_LINES:
        raise Invalid(_("It is too long: %(max)s lines at most.", max=MAX_LINES), field="file")
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.strip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Invalid(_("This file cannot be read as a table. Save it as CSV."), field="file") from error


def _named(cells: list[str]) -> list[str]:
    """Say which column is which; empty if the first line is no heading."""
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    names = [known.get(fold(cell), "") for cell in cells]
    return names if {"word", "family"} <= set(names) else []


def _cells(names: list[str], row: list[str]) -> dict[str, str]:
    return {name: " ".join(cell.split()) for name, cell in zip(names, row, strict=False) if name}
