"""Finding somebody: words, talent, time, day and place, over what people opened to whoever looks (C08 SPEC 2 and 3).

A statement is built once for each shape of a search. Nothing is kept of what was looked for (SPEC 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import Viewer, people_table, reading

from plugins.ambassadors.models.card import FREE, OFFERED, SEEK, TIMES, Card, Entry, EntryTag, EntryWord
from plugins.ambassadors.models.vocabulary import TagWord
from plugins.ambassadors.queries.cards import Field, Shown, open_entries, own_card, shown_cards
from plugins.ambassadors.queries.order import TURN, day_values
from plugins.ambassadors.queries.stems import stems

KEPT_STATEMENTS = 64
# The two sides: what people bring, and what they come to seek.
BRINGS, SEEKS = "brings", "seeks"
KINDS_OF = {BRINGS: OFFERED, SEEKS: (SEEK,)}

_HERE = people_table()
_FREE = open_entries().with_only_columns(Entry.card_id, Entry.minutes, Entry.days).where(Entry.kind == FREE).subquery()
_SAYS_WHEN = sa.or_(_FREE.c.minutes.is_not(None), _FREE.c.days != 0)
_WAIT: sa.Label[Any] = sa.case((_SAYS_WHEN, 0), else_=1).label("wait")
# Who said when they can comes first, then the order of the day (SPEC 2); ascending.
ORDER = (_WAIT, TURN, Card.person_id)
_PEOPLE = (
    sa.select(Card.person_id, _HERE.c.name, _HERE.c.service, _WAIT, TURN)
    .join(_HERE, _HERE.c.id == Card.person_id)
    .outerjoin(_FREE, _FREE.c.card_id == Card.id)
)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for.

    :ivar words: for each word, the stems it may be found under; all of the words must be found
    :ivar minutes: the time needed at once
    :ivar day: a bit of `DAYS`
    :ivar service_ids: where, with all that stands under it; None for everywhere
    """

    words: tuple[frozenset[str], ...] = ()
    side: str = BRINGS
    minutes: int | None = None
    day: int | None = None
    service_ids: frozenset[int] | None = None
    tag_id: int | None = None

    @property
    def statement(self) -> sa.Select[Any]:
        """Select the people, without order; the same object for every search of this shape."""
        return _found(
            len(self.words),
            self.side,
            of_tag=self.tag_id is not None,
            in_time=self.minutes is not None,
            on_day=self.day is not None,
            of_place=self.service_ids is not None,
        )

    def values(self, viewer: Viewer, *, at: datetime, day: date) -> dict[str, Any]:
        """Give the values of its parameters.

        :param day: whose order it is
        """
        asked = {f"stems_{place}": sorted(found) for place, found in enumerate(self.words)}
        times = [minutes for minutes in TIMES if minutes >= (self.minutes or 0)]
        where = {"times": times, "day": self.day, "services": sorted(self.service_ids or ()), "tag": self.tag_id}
        return reading(viewer, at=at, **asked, **where, **day_values(day))

    def matched(self, card: Shown) -> dict[str, Field]:
        """Give the fields that answer the search: those with a word of it, or with the talent."""
        of_side = {kind: field for kind, field in card.fields.items() if kind in KINDS_OF[self.side]}
        wanted = frozenset().union(*self.words)
        if not wanted and self.tag_id is None:
            return of_side
        return {kind: field for kind, field in of_side.items() if self._answers(field, wanted)}

    def _answers(self, field: Field, wanted: frozenset[str]) -> bool:
        said = " ".join([field.entry.text, *(f"{tag.label} {tag.synonyms}" for tag in field.tags)])
        return bool(wanted & stems(said)) or any(tag.id == self.tag_id for tag in field.tags)


@lru_cache(maxsize=KEPT_STATEMENTS)
def _found(words: int, side: str, *, of_tag: bool, in_time: bool, on_day: bool, of_place: bool) -> sa.Select[Any]:
    """Every criterion is about a field that is open to the reader, the time one has too."""
    told = open_entries().with_only_columns(Entry.author_id).where(Entry.kind.in_(KINDS_OF[side]))
    asked = [told.where(Entry.id.in_(_with_word(place))) for place in range(words)]
    asked += [told.where(Entry.id.in_(_WITH_TAG))] if of_tag else []
    criteria: list[sa.ColumnElement[bool]] = [Card.person_id.in_(found) for found in asked or [told]]
    criteria += [_FREE.c.minutes.in_(sa.bindparam("times", expanding=True))] if in_time else []
    criteria += [_FREE.c.days.op("&")(sa.bindparam("day", type_=sa.Integer())) != 0] if on_day else []
    criteria += [_HERE.c.service_id.in_(sa.bindparam("services", expanding=True))] if of_place else []
    return _PEOPLE.where(*criteria)


_WITH_TAG = sa.select(EntryTag.entry_id).where(EntryTag.tag_id == sa.bindparam("tag", type_=sa.Integer()))


def _with_word(place: int) -> sa.CompoundSelect[Any]:
    """Select the fields where a word was typed, or that bear a tag that says it."""
    asked: sa.BindParameter[Any] = sa.bindparam(f"stems_{place}", expanding=True)
    typed = sa.select(EntryWord.entry_id).where(EntryWord.stem.in_(asked))
    ticked = sa.select(EntryTag.entry_id).join(TagWord, TagWord.tag_id == EntryTag.tag_id)
    return sa.union(typed, ticked.where(TagWord.stem.in_(asked)))


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found, with what of their card answers."""

    person_id: int
    name: str
    service: str | None
    card: Shown
    fields: dict[str, Field]


def found_people(viewer: Viewer, rows: Iterable[Any], search: Search, *, at: datetime) -> list[Found]:
    """Show those who were found, in the same order; two queries."""
    listed = list(rows)
    cards = shown_cards(viewer, [row.person_id for row in listed], at=at)
    return [
        Found(row.person_id, row.name, row.service, card, search.matched(card))
        for row in listed
        if (card := cards.get(row.person_id))
    ]


def own_stems(viewer: Viewer, side: str) -> frozenset[str]:
    """Give what one's own card says on one side, as stems: typed or ticked, whoever may read it."""
    card = own_card(viewer)
    fields = [field for kind, field in (card.fields if card else {}).items() if kind in KINDS_OF[side]]
    said = [field.entry.text for field in fields]
    said += [f"{tag.label} {tag.synonyms}" for field in fields for tag in field.tags]
    return frozenset(stems(" ".join(said)))
