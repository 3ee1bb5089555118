"""Notices as a reader reads them: in their language, about what they may read now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.content.models import Notice
from portal.content.subjects import cards_of
from portal.people.persons import people
from portal.texts import CORE, dgettext, texts
from portal.values import Person, Subject, SubjectCard, Viewer

_ = texts(CORE)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One notice, in words, with the address of what it is about."""

    id: int
    text: str
    url: str
    at: datetime
    is_read: bool
    must_act: bool


def news_items(notices: Iterable[Notice], reader: Viewer) -> list[NewsItem]:
    """Put notices into words; one whose subject is no longer there for this reader is left out."""
    rows = list(notices)
    names = people(row.actor_id for row in rows)
    cards = cards_of((Subject(row.subject_kind, row.subject_id) for row in rows), reader)
    items = []
    for row in rows:
        card = cards.get(Subject(row.subject_kind, row.subject_id))
        if card is not None:
            words = _words(row, card, names.get(row.actor_id or 0))
            items.append(NewsItem(row.id, words, card.url, row.at, row.read_at is not None, row.must_act))
    return items


def _words(row: Notice, card: SubjectCard, actor: Person | None) -> str:
    who = actor.name if actor else _("somebody")
    return dgettext(row.domain, row.text, **{**row.facts, "title": card.title, "actor": who})
