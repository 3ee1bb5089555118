"""Which column of a file is which: the names are those of `columns.toml`, capitals, accents and « N° » set aside."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.api import Invalid, fold, texts

from plugins.directory.models.imports import Kind

_ = texts("directory")
with Path(__file__).with_name("columns.toml").open("rb") as _file:
    KNOWN: Mapping[str, Mapping[str, list[str]]] = tomllib.load(_file)
TITLES = {
    "matricule": _.later("Staff number"),
    "name": _.later("Full name"),
    "last_name": _.later("Last name"),
    "first_name": _.later("First name"),
    "email": _.later("E-mail address"),
    "service": _.later("Service"),
    "service_code": _.later("Code of the service"),
    "direction": _.later("Direction above the service"),
    "job_title": _.later("Job title"),
    "phone": _.later("Phone"),
    "superior": _.later("Superior"),
    "leaves_on": _.later("Last day here"),
    "code": _.later("Code of the service"),
    "parent_code": _.later("Code of the service above"),
}
SMALL_WORDS = frozenset({"de", "du", "des", "d", "l", "la", "le", "les", "of", "the"})
NUMBERS = re.compile(r"\b(?:n°|nº|no\.?|num\.?|numero)(?!\w)\s*")


@dataclass(frozen=True, slots=True)
class Columns:
    """What was understood of the titles.

    :ivar fields: place of each field that was found
    :ivar aside: titles that are not read, in order
    """

    header: tuple[str, ...]
    fields: Mapping[str, int]
    aside: tuple[str, ...]

    def cell(self, cells: Sequence[str], field: str) -> str | None:
        """Give the text of a field in a row; None if the file has no such column."""
        place = self.fields.get(field)
        return None if place is None else cells[place]

    def title(self, field: str) -> str:
        """Give what the file calls a field, else what we call it."""
        place = self.fields.get(field)
        return str(TITLES[field]) if place is None else self.header[place]

    @property
    def chosen(self) -> dict[int, str]:
        """Give the field of each column that is read."""
        return {place: field for field, place in self.fields.items()}


def plain(title: str) -> str:
    """Write a title without what nobody agrees on: capitals, accents, small words, « N° », signs."""
    text = NUMBERS.sub("numero ", fold(title.replace("º", "°")).replace("+", " plus "))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join(word for word in words if word not in SMALL_WORDS)


def recognise(header: Sequence[str], kind: Kind) -> Columns:
    """Find which column is which; of two that mean the same, the first is read."""
    known = {plain(name): field for field, names in KNOWN[kind].items() for name in names}
    fields: dict[str, int] = {}
    for place, title in enumerate(header):
        field = known.get(plain(title))
        if field is not None:
            fields.setdefault(field, place)
    return _columns(header, fields, kind)


def chosen(header: Sequence[str], fields: Iterable[tuple[str, int]], kind: Kind) -> Columns:
    """Take somebody's choice of columns: (field, place) pairs.

    :raises Invalid: a field is chosen twice
    """
    found: dict[str, int] = {}
    for field, place in fields:
        if field in found:
            words = {"title": TITLES[field], "one": header[found[field]], "two": header[place]}
            raise Invalid(_("“%(title)s” is chosen twice: %(one)s, %(two)s. Leave one of them aside.", **words))
        found[field] = place
    return _columns(header, found, kind)


def _columns(header: Sequence[str], fields: dict[str, int], kind: Kind) -> Columns:
    if "last_name" in fields and "first_name" not in fields and "name" not in fields:
        fields["name"] = fields.pop("last_name")  # « Nom » alone is the whole name
    read = set(fields.values())
    aside = tuple(title for place, title in enumerate(header) if place not in read and title)
    return Columns(tuple(header), fields, aside)


def missing(columns: Columns, kind: Kind) -> str | None:
    """Say in one sentence which compulsory column is missing, and which are nearest; None if none is."""
    have = set(columns.fields)
    if kind is Kind.SERVICES:
        absent = [field for field in ("code", "name") if field not in have]
    elif not have & {"matricule", "email"}:
        absent = ["matricule", "email"]
    else:
        absent = [] if "name" in have or have >= {"last_name", "first_name"} else ["name"]
    if not absent:
        return None
    names = [_quoted(TITLES[field]) for field in absent]
    wanted = names[0] if kind is Kind.SERVICES else _(" or ").join(names)
    near = _nearest(columns.aside or columns.header, [name for field in absent for name in KNOWN[kind][field]])
    values = {"wanted": wanted, "near": ", ".join(map(_quoted, near))}
    if not near:
        return _("A column is missing: %(wanted)s.", wanted=wanted)
    return _("A column is missing: %(wanted)s. The nearest in your file: %(near)s.", **values)


def _quoted(title: object) -> str:
    return _("“%(title)s”", title=title)


def _nearest(titles: Sequence[str], names: Sequence[str]) -> list[str]:
    """Give the titles that look most like one of these names, three at most."""
    names = [plain(name) for name in names]

    def likeness(title: str) -> float:
        return max(difflib.SequenceMatcher(None, plain(title), name).ratio() for name in names)

    return sorted(titles, key=likeness, reverse=True)[:3]
