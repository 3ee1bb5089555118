"""Whose card one may read, and what of it (C08 SPEC 3). Every page, picture and search begins with `open_entries`.

A card of which no field is open to somebody is, for them, no card: nothing says that it exists (P19).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import READER, Audience, Viewer, reading, session

from plugins.ambassadors.models.card import CONFIRM_DAYS, KEEP_DAYS, KINDS, Card, Draft, Entry
from plugins.ambassadors.models.vocabulary import Tag
from plugins.ambassadors.queries.vocabulary import tags_of

REMIND_DAYS = 30


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a card as its reader sees it."""

    entry: Entry
    tags: list[Tag] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody may read of one person's card: the fields that are open to them, in the order of `KINDS`."""

    person_id: int
    fields: dict[str, Field]

    @property
    def free(self) -> Entry | None:
        """Give what is said of the time this person has, if it is open."""
        found = self.fields.get("free")
        return found.entry if found else None


def open_entries() -> sa.Select[Entry]:
    """Select the fields of others that `READER` may read at `READ_AT`. What is for oneself is found by nobody.

    Executed with `reading(viewer, at=…)`; the one door to what people say of themselves (P2).
    """
    return sa.select(Entry).where(Entry.readable(), Entry.author_id != READER, Entry.audience != Audience.SELF)


_OPEN_OF = open_entries().where(Entry.author_id.in_(sa.bindparam("people", expanding=True)))
_OWN = sa.select(Entry).where(Entry.author_id == READER)
_CARD = sa.select(Card).where(Card.person_id == sa.bindparam("person"))
_DRAFT = sa.select(Draft).where(Draft.person_id == sa.bindparam("person"))


def shown_cards(viewer: Viewer, person_ids: Iterable[int], *, at: datetime) -> dict[int, Shown]:
    """Give what `viewer` may read of the cards of these people; whoever shows them nothing is absent; two queries."""
    wanted = set(person_ids)
    entries = list(session.scalars(_OPEN_OF, reading(viewer, at=at, people=list(wanted)))) if wanted else []
    return _gathered(entries)


def own_card(viewer: Viewer) -> Shown | None:
    """Give all that a person wrote of themself, whoever may read it; None if they have no card."""
    entries = list(session.scalars(_OWN, {"reader_id": viewer.person_id}))
    return _gathered(entries).get(viewer.person_id or 0)


def _gathered(entries: list[Entry]) -> dict[int, Shown]:
    ticked = tags_of(entry.id for entry in entries)
    found: dict[int, Shown] = {}
    for entry in sorted(entries, key=lambda entry: KINDS.index(entry.kind)):
        card = found.setdefault(entry.author_id, Shown(entry.author_id, {}))
        card.fields[entry.kind] = Field(entry, ticked.get(entry.id, []))
    return found


def card_of(person_id: int) -> Card | None:
    """Give the card of a person, whoever asks: for services, and for the page of its owner."""
    return session.scalar(_CARD, {"person": person_id})


def draft_for(person_id: int) -> Draft | None:
    """Give the paper card that waits to be confirmed by a person; it is for nobody else."""
    return session.scalar(_DRAFT, {"person": person_id})


def hidden_at(card: Card) -> datetime:
    """Say when a card hides by itself, unless it is confirmed before (C08 SPEC 5)."""
    return card.confirmed_at + timedelta(days=CONFIRM_DAYS)


def deleted_at(card: Card) -> datetime:
    """Say when it is deleted, unless it is confirmed before (C08 SPEC 5)."""
    return card.confirmed_at + timedelta(days=KEEP_DAYS)


def is_to_confirm(card: Card, *, at: datetime) -> bool:
    """Tell whether its owner should say that it is still true: a month before it hides, and from then on."""
    return hidden_at(card) - timedelta(days=REMIND_DAYS) <= at
