"""Things for the tests of ambassadors, with sensible defaults. Call them inside `with writing():`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from wtforms.fields.core import UnboundField

from portal.api import (
    Audience,
    Person,
    PersonFacts,
    ServiceFacts,
    Viewer,
    add_member,
    add_person,
    add_service,
    create_group,
    fold,
    now,
    people,
    session,
)

from plugins.ambassadors.forms.settings import AmbassadorsSettings
from plugins.ambassadors.models.card import BRING, CONFIRM_DAYS, SEEK, Card, Entry, EntryTag
from plugins.ambassadors.models.vocabulary import TALENT, Tag, TagWord
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.services.cards import Words, write_card

# A Wednesday without a holiday near it.
START = datetime(2026, 9, 9, 8, tzinfo=UTC)
# What the page that asks somebody sends.
WANTED = {"words": "Une affiche pour mardi"}


def make_lab(name: str = "Labo des berges", members: tuple[Person, ...] = (), animator: Person | None = None) -> int:
    """Make a lab with these members; give the id of its group."""
    group_id = create_group("lab", name)
    for member in members:
        add_member(group_id, member.id, at=now())
    if animator is not None:
        add_member(group_id, animator.id, at=now(), is_animator=True)
    return group_id


def make_tag(label: str, family: str = "Créer", *, kind: str = TALENT, synonyms: str = "", **columns: Any) -> int:
    """Make a word of the vocabulary; give its id."""
    tag = Tag(kind=kind, family=family, label=label, folded=fold(label), synonyms=synonyms, **columns)
    session.add(tag)
    session.flush()
    session.add_all(TagWord(tag_id=tag.id, stem=stem) for stem in sorted(stems(f"{label} {synonyms}")))
    session.flush()
    return tag.id


def make_card(
    person: Person, group_id: int | None = None, *, audience: Audience = Audience.INTRANET, **told: str | Words
) -> Card:
    """Write the card of a person: `bring="dessiner"`, or whole `Words`; text alone is open to `audience`."""
    words: Mapping[str, Words] = {
        kind: said if isinstance(said, Words) else Words(said, audience=audience) for kind, said in told.items()
    }
    return write_card(Viewer(person_id=person.id, is_agent=True), words, reader_group_id=group_id, at=now())


def make_people(number: int, service_id: int | None = None, *, called: str = "Agent") -> list[Person]:
    """Make people who work in a service."""
    ids = [
        add_person(PersonFacts(f"{called} {place:04d}", service_id=service_id), actor=None, at=now())
        for place in range(number)
    ]
    return list(people(ids).values())


def make_service(name: str, parent_id: int | None = None) -> int:
    """Make a service; give its id."""
    return add_service(ServiceFacts(name, parent_id=parent_id), actor=None, at=now())


def make_plain_cards(owners: list[Person], tag_ids: list[int], *, ticks: int) -> None:
    """Give each of many people a card for all agents: what they bring and what they seek, ticked in turn; quickly."""
    until = now() + timedelta(days=CONFIRM_DAYS)
    cards = [{"person_id": one.id, "shuffle": one.id, "created_at": now(), "confirmed_at": now()} for one in owners]
    session.execute(sa.insert(Card), cards)
    entries = [
        {
            "card_id": card_id,
            "author_id": owner_id,
            "kind": kind,
            "text": "",
            "audience": Audience.INTRANET,
            "visible_until": until,
        }
        for card_id, owner_id in session.execute(sa.select(Card.id, Card.person_id)).all()
        for kind in (BRING, SEEK)
    ]
    session.execute(sa.insert(Entry), entries)
    numbers = session.scalars(sa.select(Entry.id).order_by(Entry.id)).all()
    ticked = [
        {"entry_id": number, "tag_id": tag_ids[(place * 7 + step * 31) % len(tag_ids)]}
        for place, number in enumerate(numbers)
        for step in range(ticks)
    ]
    session.execute(sa.insert(EntryTag), ticked)


def typed_settings(**typed: object) -> dict[str, object]:
    """Give what the page of the settings sends: the defaults, and what somebody typed over them."""
    fields = {name: getattr(AmbassadorsSettings, name) for name in dir(AmbassadorsSettings)}
    unchanged = {name: str(one.kwargs["default"]) for name, one in fields.items() if isinstance(one, UnboundField)}
    return {**unchanged, **typed}


def every_lab(members: int, values: int) -> Iterator[tuple[int, ...]]:
    """Give every lab there could be: how many of its members are of each value."""
    if values == 1:
        yield (members,)
        return
    for first in range(members + 1):
        yield from ((first, *rest) for rest in every_lab(members - first, values - 1))
