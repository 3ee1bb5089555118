"""What importing words would do, line by line, before anything is done; each refusal with its reason (C08 SPEC 4, 9).

A word that is not in the file stays as it is: an import adds and corrects, it takes nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa

from portal.api import fold, session, texts

from plugins.ambassadors.models.vocabulary import (
    KINDS,
    MAX_CODE,
    MAX_LABEL,
    MAX_SYNONYMS,
    MAX_TAGS,
    MAX_URI,
    ROLE,
    TALENT,
    Tag,
)
from plugins.ambassadors.queries.watched import sensitive_subjects
from plugins.ambassadors.queries.word_files import Read, read_words

_ = texts("ambassadors")

ESCO = re.compile(r"https?://data\.europa\.eu/esco/(skill|occupation|isco)/[\w.-]{1,80}", re.ASCII)
YES = {"oui", "yes", "o", "y", "x", "1", "vrai", "true"}
LAST_ROLE = _.later(
    "At least one role must need neither writing nor an e-mail address: without it, who works outdoors has no place."
)


class What(StrEnum):
    """What becomes of a line."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a line of a file says it; the columns of `Tag`."""

    kind: str
    family: str
    label: str
    synonyms: str = ""
    esco_uri: str | None = None
    cnfpt_code: str | None = None
    needs_writing: bool = False
    needs_mail: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Give what it is found again by."""
        return self.kind, fold(self.label)

    @property
    def values(self) -> dict[str, object]:
        """Give the columns by their name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one line of a file, and why not."""

    number: int
    label: str
    what: What
    reason: str = ""
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    :ivar refusal: why none of it can be done; empty if it can
    """

    lines: list[Line]
    refusal: str = ""
    known: Mapping[tuple[str, str], Tag] = field(default_factory=dict)

    def count(self, what: What) -> int:
        """Count the lines of which this becomes."""
        return sum(line.what is what for line in self.lines)

    @property
    def does_something(self) -> bool:
        """Tell whether anything would change."""
        return not self.refusal and bool(self.count(What.ADDED) + self.count(What.CHANGED))


def known_tags() -> dict[tuple[str, str], Tag]:
    """Give every word of the vocabulary, retired ones too, by what a file names it by."""
    return {(tag.kind, tag.folded): tag for tag in session.scalars(sa.select(Tag))}


def plan_import(text: str) -> Plan:
    """Say what importing this text would do.

    :raises Invalid: it is no table of words
    """
    known = known_tags()
    seen: set[tuple[str, str]] = set()
    room = MAX_TAGS - sum(tag.retired_at is None for tag in known.values())
    lines: list[Line] = []
    for read in read_words(text):
        line = _line(read, known, seen, room - sum(line.what is What.ADDED for line in lines))
        lines.append(line)
        seen |= {line.word.key} if line.word else set()
    return Plan(lines, _lacking(lines, known), known)


def _line(read: Read, known: Mapping[tuple[str, str], Tag], seen: set[tuple[str, str]], room: int) -> Line:
    word = _word(read.cells)
    reason = _refusal(read.cells, word) or (_("It stands twice in the file.") if word.key in seen else "")
    tag = known.get(word.key)
    if not reason and tag is None and room < 1:
        reason = _("%(max)s words at most: nobody reads a longer list.", max=MAX_TAGS)
    if reason:
        return Line(read.number, word.label, What.REFUSED, reason)
    if tag is None:
        return Line(read.number, word.label, What.ADDED, word=word)
    same = all(getattr(tag, name) == value for name, value in word.values.items())
    return Line(read.number, word.label, What.SAME if same else What.CHANGED, word=word)


def _word(cells: Mapping[str, str]) -> Word:
    kind = {"": TALENT, "talent": TALENT, "role": ROLE}.get(fold(cells.get("kind", "")), "?")
    parts = [part.strip() for part in re.split(r"[;|,]", cells.get("synonyms", ""))]
    is_role = kind == ROLE
    return Word(
        kind,
        cells.get("family", ""),
        cells.get("word", ""),
        "; ".join(filter(None, parts)),
        cells.get("esco") or None,
        cells.get("cnfpt") or None,
        is_role and fold(cells.get("no_writing", "")) not in YES,
        is_role and fold(cells.get("no_mail", "")) not in YES,
    )


def _refusal(cells: Mapping[str, str], word: Word) -> str:
    if not word.label or not word.family:
        return _("A word and its family are needed.")
    if word.kind not in KINDS:
        return _("“%(word)s” is neither a talent nor a role.", word=cells.get("kind", ""))
    if max(len(word.label), len(word.family)) > MAX_LABEL or len(fold(word.label)) > 2 * MAX_LABEL:
        return _("A word or a family has %(max)s signs at most.", max=MAX_LABEL)
    if len(word.synonyms) > MAX_SYNONYMS or len(word.cnfpt_code or "") > MAX_CODE:
        return _("The synonyms, or the code of the CNFPT, are too long.")
    if word.esco_uri and (len(word.esco_uri) > MAX_URI or ESCO.fullmatch(word.esco_uri) is None):
        return _("The address of ESCO begins with http://data.europa.eu/esco/.")
    subjects = sensitive_subjects(word.family, word.label, word.synonyms)
    return _("It touches on %(subjects)s: not at work.", subjects=", ".join(subjects)) if subjects else ""


def _lacking(lines: list[Line], known: Mapping[tuple[str, str], Tag]) -> str:
    """Say what would be missing afterwards: a role that needs neither writing nor e-mail (C19 SPEC 5)."""
    after = {key: not (tag.needs_writing or tag.needs_mail) for key, tag in known.items() if tag.retired_at is None}
    for line in lines:
        word = line.word
        if word is not None and (word.key in after or word.key not in known):
            after[word.key] = not (word.needs_writing or word.needs_mail)
    roles = [is_for_all for (kind, _label), is_for_all in after.items() if kind == ROLE]
    return str(LAST_ROLE) if roles and not any(roles) else ""
