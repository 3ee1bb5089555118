"""Things for the tests of ambassadors, with sensible defaults. Call them inside `with writing():`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal.api import Audience, Person, Viewer, add_member, create_group, fold, now, session

from plugins.ambassadors.models.card import Card
from plugins.ambassadors.models.vocabulary import TALENT, Tag, TagWord
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.services.cards import Words, write_card

# A Wednesday without a holiday near it.
START = datetime(2026, 9, 9, 8, tzinfo=UTC)


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
