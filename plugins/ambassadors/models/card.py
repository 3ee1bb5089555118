"""Tables of the card: what a person tells of themself, field by field, each with its own audience (C08).

One criterion says who reads a field: `Entry.readable()`. A card that was not confirmed for a year, or whose owner
pauses, is hidden by `visible_until`, in that same criterion: no page has to remember it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Audience, Audienced, Personal, Subject, group_id, person_id

from plugins.ambassadors.models.vocabulary import Base

KINDS = BRING, SEEK, PASSION, ROLE, FREE = "bring", "seek", "passion", "role", "free"
# What one may be found for; `seek` is the other side.
OFFERED = (BRING, PASSION, ROLE)
LEVELS = (Audience.LAB, Audience.NETWORK, Audience.INTRANET, Audience.SELF)
CONFIRM_DAYS = 365
KEEP_DAYS = 548
MAX_WORDS = 300
# Times one may give at once, in minutes (C44 SPEC 1).
QUARTER, HOUR, HALF_DAY = TIMES = (15, 60, 240)
# Bits of `Entry.days`, Monday first.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = DAYS = (1, 2, 4, 8, 16, 32, 64)
SHUFFLE_PRIME = 2**31 - 1
MAX_STEM = 40
# What the audit says of cards says it of all of them: which one it was would tell that it exists (P19).
CARDS = Subject("ambassadors.cards", 1)


class Card(Base):
    """What one person tells of themself; only they write it (C08 SPEC 1).

    :ivar reader_group_id: the lab that the audience *lab* means, for all fields; the person need not belong to it
    :ivar shuffle: drawn once; times a number of the day, modulo `SHUFFLE_PRIME`, it gives the order of the day (SPEC 2)
    :ivar confirmed_at: when its owner last said that it is still true (SPEC 5)
    :ivar asked_at: when they were last asked
    """

    __tablename__ = "ambassadors_card"
    __personal__ = {"person_id": Personal("person_id", "whose card it is", KEEP_DAYS, "delete", since="confirmed_at")}
    __table_args__ = (sa.UniqueConstraint("person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = person_id()
    reader_group_id: Mapped[int | None] = group_id(nullable=True)
    shuffle: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]


class Entry(Audienced, Base):
    """One field of a card. `author_id` is its owner, whom it speaks of.

    :ivar kind: *bring*, *seek*, *passion*, *role* or *free*
    :ivar minutes: of *free*: the longest one may give at once; None if not said
    :ivar days: of *free*: bits of `DAYS`; 0 if not said
    """

    __tablename__ = "ambassadors_entry"
    __plain__ = ("audience", "kind")
    __personal__ = {
        "author_id": Personal("author_id", "whose card it is", None, "delete"),
        "text": Personal("author_id", "what a person says of themself", None, "delete"),
    }
    __table_args__ = (sa.UniqueConstraint("card_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(sa.ForeignKey("ambassadors_card.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[str] = mapped_column(sa.Text)
    minutes: Mapped[int | None]
    days: Mapped[int] = mapped_column(default=0)


def of_entry() -> Any:
    """Give the column of what belongs to a field."""
    return mapped_column(sa.ForeignKey("ambassadors_entry.id", ondelete="CASCADE"), primary_key=True)


class EntryTag(Base):
    """A word of the vocabulary ticked in a field."""

    __tablename__ = "ambassadors_entry_tag"
    __personal__ = {"tag_id": Personal("entry_id.author_id", "what a person says of themself", None, "delete")}
    entry_id: Mapped[int] = of_entry()
    tag_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ambassadors_tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class EntryWord(Base):
    """A stem of what was typed in a field: what finds it."""

    __tablename__ = "ambassadors_entry_word"
    __personal__ = {"stem": Personal("entry_id.author_id", "finds what a person says of themself", None, "delete")}
    stem: Mapped[str] = mapped_column(sa.String(MAX_STEM), primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ambassadors_entry.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Draft(Base):
    """A paper card, typed after a workshop: only whom it is for reads it, and it is no card until they send it.

    :ivar free: what was said of the time one has, in words
    :ivar reader_group_id: the lab it was typed for. Who typed it is kept nowhere: their own export would
        tell what became of it
    """

    __tablename__ = "ambassadors_draft"
    __personal__ = {
        "person_id": Personal("person_id", "whose paper card it is", 30, "delete", since="typed_at"),
        "bring": Personal("person_id", "what a paper card says", None, "delete"),
        "seek": Personal("person_id", "what a paper card says", None, "delete"),
        "passion": Personal("person_id", "what a paper card says", None, "delete"),
        "role": Personal("person_id", "what a paper card says", None, "delete"),
        "free": Personal("person_id", "what a paper card says", None, "delete"),
    }
    __table_args__ = (sa.UniqueConstraint("person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = person_id()
    reader_group_id: Mapped[int | None] = group_id(nullable=True)
    bring: Mapped[str] = mapped_column(sa.Text)
    seek: Mapped[str] = mapped_column(sa.Text)
    passion: Mapped[str] = mapped_column(sa.Text)
    role: Mapped[str] = mapped_column(sa.Text)
    free: Mapped[str] = mapped_column(sa.Text)
    minutes: Mapped[int | None]
    days: Mapped[int] = mapped_column(default=0)
    typed_at: Mapped[datetime]
