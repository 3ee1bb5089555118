"""Verbs of the card: its owner writes it, says that it is still true, deletes it; nobody else does (C08 SPEC 1 and 5).

The audit says that a card was written, never whose: that a card exists is its owner's to tell (P19). Services flush and
never commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import Audience, Invalid, NotFound, Viewer, record, session, texts

from plugins.ambassadors.models.card import (
    CARDS,
    FREE,
    KINDS,
    LEVELS,
    MAX_WORDS,
    ROLE,
    SHUFFLE_PRIME,
    TIMES,
    Card,
    Draft,
    Entry,
    EntryTag,
    EntryWord,
)
from plugins.ambassadors.models.vocabulary import ROLE as ROLE_TAG
from plugins.ambassadors.models.vocabulary import TALENT, Tag
from plugins.ambassadors.queries.cards import card_of, hidden_at
from plugins.ambassadors.queries.engagement import is_paused
from plugins.ambassadors.queries.requests import unreached
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.queries.vocabulary import tags_by_id
from plugins.ambassadors.services.activity import note_activity
from plugins.ambassadors.services.holding import begin, hold_card, hold_engagement, hold_waiting
from plugins.ambassadors.services.owners import owner_of
from plugins.ambassadors.services.requests import decline_all

_ = texts("ambassadors")


@dataclass(frozen=True, slots=True)
class Words:
    """What a person writes in one field.

    :ivar tag_ids: of the vocabulary, ticked
    :ivar minutes: of *free*: 15, 60, 240 or None
    :ivar days: of *free*: bits of `DAYS`
    """

    text: str = ""
    tag_ids: tuple[int, ...] = ()
    audience: Audience = Audience.LAB
    minutes: int | None = None
    days: int = 0

    @property
    def says_nothing(self) -> bool:
        """Tell whether the field is empty: it is then not kept, and opens nothing."""
        return not (self.text or self.tag_ids or self.minutes or self.days)


def write_card(actor: Viewer, told: Mapping[str, Words], *, reader_group_id: int | None, at: datetime) -> Card:
    """Write one's own card, whole: what is left empty is taken away. A paper card that waited for this is gone.

    Writing is confirming (SPEC 5). Rule: C08 SPEC 1 and 3.

    :param told: by kind of field
    :raises Forbidden: nobody, or a session that may not
    :raises Invalid: nothing is said; a word is too long; a lab is to read it and none was chosen
    """
    owner_id = owner_of(actor)
    kept = {kind: _checked(kind, told[kind], reader_group_id) for kind in KINDS if kind in told}
    if all(words.says_nothing for words in kept.values()):
        raise Invalid(_("Say at least one thing, in one field: the rest may wait."), field="bring_text")
    new = {"shuffle": 1 + secrets.randbelow(SHUFFLE_PRIME - 1), "created_at": at, "confirmed_at": at}
    card = begin(Card, Card.person_id, owner_id, **new)
    waiting = hold_waiting([owner_id], at=at)
    hold_engagement(owner_id, at=at)
    card.reader_group_id, card.confirmed_at, card.asked_at = reader_group_id, at, None
    _write_entries(card, kept)
    _show(card, at=at)
    session.execute(sa.delete(Draft).where(Draft.person_id == owner_id))
    note_activity(owner_id, at=at)
    record("ambassadors.card_written", CARDS, actor=None, at=at)
    decline_all(unreached(waiting, at=at), at=at)
    return card


def _checked(kind: str, words: Words, reader_group_id: int | None) -> Words:
    if len(words.text) > MAX_WORDS:
        raise Invalid(_("%(max)s signs at most.", max=MAX_WORDS), field=f"{kind}_text")
    if words.audience not in LEVELS:
        raise Invalid(_("Choose who may read this."), field=f"{kind}_audience")
    if words.audience == Audience.LAB and reader_group_id is None and not words.says_nothing:
        raise Invalid(_("Choose the lab whose members may read it."), field="reader_group")
    if kind == FREE and words.minutes not in {None, *TIMES}:
        raise Invalid(_("Choose one of these times."), field="free_minutes")
    wanted = ROLE_TAG if kind == ROLE else TALENT
    if any(tag.kind != wanted for tag in _tags(words.tag_ids)):
        raise Invalid(_("This word is not in the list."), field=f"{kind}_tags")
    return words


def _tags(tag_ids: Iterable[int]) -> list[Tag]:
    wanted = set(tag_ids)
    found = tags_by_id(wanted)
    if wanted - found.keys():
        raise Invalid(_("A word of the list was taken away meanwhile. Look at your choice again."))
    return list(found.values())


def _write_entries(card: Card, kept: Mapping[str, Words]) -> None:
    """Write each field again: it is short, and no trace of what it said before must stay."""
    session.execute(sa.delete(Entry).where(Entry.card_id == card.id))
    for kind, words in kept.items():
        if not words.says_nothing:
            _write_entry(card, kind, words)


def _write_entry(card: Card, kind: str, words: Words) -> None:
    entry = Entry(
        card_id=card.id,
        author_id=card.person_id,
        kind=kind,
        text=words.text,
        audience=words.audience,
        reader_group_id=card.reader_group_id,
        minutes=words.minutes,
        days=words.days,
    )
    session.add(entry)
    session.flush()
    session.add_all(EntryTag(entry_id=entry.id, tag_id=tag_id) for tag_id in sorted(set(words.tag_ids)))
    session.add_all(EntryWord(entry_id=entry.id, stem=stem) for stem in sorted(stems(words.text)))
    session.flush()


def _show(card: Card, *, at: datetime) -> None:
    """Let the fields be read until the card is to be confirmed again; not while its owner pauses (C22 SPEC 5)."""
    until = at if is_paused(card.person_id) else hidden_at(card)
    session.execute(sa.update(Entry).where(Entry.card_id == card.id).values(visible_until=until))


def hide_or_show(person_id: int, *, at: datetime) -> None:
    """Hide the card of whoever pauses, show it again when they come back; nothing if they have none."""
    card = card_of(person_id)
    if card is not None:
        _show(card, at=at)


def confirm_card(actor: Viewer, *, at: datetime) -> None:
    """Say that one's card is still true, for another year (C08 SPEC 5).

    :raises NotFound: they have none
    """
    card = hold_card(owner_of(actor))
    if card is None:
        raise NotFound(_("You have no card. It may have been deleted after eighteen months."))
    hold_engagement(card.person_id, at=at)
    card.confirmed_at, card.asked_at = at, None
    session.flush()
    _show(card, at=at)
    note_activity(card.person_id, at=at)
    record("ambassadors.card_confirmed", CARDS, actor=None, at=at)


def delete_card(actor: Viewer, *, at: datetime) -> bool:
    """Delete one's own card, and the paper one that waited: nothing of it stays. Tell whether there was one."""
    owner_id = owner_of(actor)
    card = hold_card(owner_id)
    waiting = hold_waiting([owner_id], at=at)
    session.execute(sa.delete(Draft).where(Draft.person_id == owner_id))
    if card is None:
        return False
    session.execute(sa.delete(Card).where(Card.id == card.id))
    record("ambassadors.card_deleted", CARDS, actor=None, at=at)
    decline_all(waiting, at=at)
    return True
