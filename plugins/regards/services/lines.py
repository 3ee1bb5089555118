"""What a card says: three lenses of one to five lines, read from what was typed and checked once for every door."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from portal.api import Invalid, edition, fold, session, texts

from plugins.regards.models.card import (
    INSPIRING,
    LENSES,
    MAX_LINES,
    MAX_SIGNED,
    MAX_WORDS,
    QUESTION,
    RISKY,
    Card,
    Line,
)

_ = texts("regards")

BREAKS = re.compile(r"[\r\n]+")
BARS = re.compile(r"\s+/\s+|[\r\n]+")
BULLET = re.compile(r"^\s*[-–•*>]\s+")  # « -20 % » is no bullet
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
ENDS = " .…?"  # a question may lack its mark; an exclamation says something else


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of a card, lens by lens."""

    inspiring: tuple[str, ...] = ()
    risky: tuple[str, ...] = ()
    question: tuple[str, ...] = ()

    @classmethod
    def typed(cls, *lenses: str | None, parted: re.Pattern[str] = BREAKS) -> Words:
        """Read what was typed, lens by lens: an idea on each line; with `BARS`, also between two bars on one line."""
        return cls(*(tuple(_ideas(text or "", parted)) for text in lenses))

    def of(self, lens: str) -> tuple[str, ...]:
        """Give the lines of one lens."""
        return {INSPIRING: self.inspiring, RISKY: self.risky, QUESTION: self.question}[lens]


def _ideas(text: str, parted: re.Pattern[str]) -> list[str]:
    """Give the ideas of a lens; the no-break spaces of whoever types them stay."""
    found = (BLANKS.sub(" ", BULLET.sub("", part)).strip() for part in parted.split(text))
    return [idea for idea in found if idea]


def faults(words: Words, *, is_draft: bool) -> dict[str, str]:
    """Say what keeps a card from being one, lens by lens; a draft may lack lenses.

    Rule: C36 SPEC 1.
    """
    told = {lens: _fault(words.of(lens), is_draft=is_draft) for lens in LENSES}
    return {lens: text for lens, text in told.items() if text}


def _fault(lines: tuple[str, ...], *, is_draft: bool) -> str:
    if not lines and not is_draft:
        return _("One line at least: a card holds the three lenses.")
    if len(lines) > MAX_LINES:
        return _("Five lines at most: keep those that count.")
    longest = max((len(line) for line in lines), default=0)
    is_long = longest > MAX_WORDS
    return (
        _("Shorten the line of %(length)s signs: %(most)s at most.", length=longest, most=MAX_WORDS) if is_long else ""
    )


def check(words: Words, *, is_draft: bool) -> None:
    """Go on only with what a card may say.

    :raises Invalid: a lens is empty, has too many lines, or one that is too long
    """
    for lens, text in faults(words, is_draft=is_draft).items():
        raise Invalid(text, field=lens)


def checked_signature(signed: str | None) -> str | None:
    """Give on whose behalf a card speaks, on one line; None if it does not say.

    :raises Invalid: it is too long
    """
    text = " ".join((signed or "").split())
    if len(text) > MAX_SIGNED:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_SIGNED), field="signed")
    return text or None


def sign_of(words: str) -> str:
    """Give what lines that say the same have in common, whatever their capitals, accents and last stop (SPEC 7)."""
    return edition(fold(words).strip(ENDS))


def write_lines(card: Card, words: Words, *, by: int | None) -> None:
    """Write the lines of a card anew: none has a life before the reveal, and none changes after it.

    :param by: who writes; a line that stood there stays whose it was
    """
    rows = sa.select(Line.lens, Line.words, Line.author_id).where(Line.card_id == card.id)
    were = {(lens, text): author_id for lens, text, author_id in session.execute(rows)}
    session.execute(sa.delete(Line).where(Line.card_id == card.id))
    for lens in LENSES:
        for text in words.of(lens):
            row = Line(board_id=card.board_id, card_id=card.id, lens=lens, words=text)
            row.folded, row.sign, row.author_id = fold(text), sign_of(text), were.get((lens, text), by)
            session.add(row)
    session.flush()
