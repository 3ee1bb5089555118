"""Who can help whom, as far as one may read it: talents and services, never a person and never a count (C08).

Everything begins with `open_entries`: two people see two maps, and nobody sees their own card on theirs. Services are
shown from the top, talents by family once they are many; a click opens one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from portal.api import ServiceCard, Viewer, fold, people_table, reading, services, session

from plugins.ambassadors.models.card import BRING, SEEK, EntryTag
from plugins.ambassadors.models.vocabulary import Tag
from plugins.ambassadors.queries.cards import open_entries
from plugins.ambassadors.queries.vocabulary import tags_by_id

MOST_TALENTS = 40
NO_SERVICE = 0
SERVICE, TALENT, FAMILY = "service", "talent", "family"

_SAID = open_entries().subquery("said")
_HERE = people_table()
_FACTS = (
    sa.select(_SAID.c.kind, EntryTag.tag_id, _HERE.c.service_id)
    .join(EntryTag, EntryTag.entry_id == _SAID.c.id)
    .join(_HERE, _HERE.c.id == _SAID.c.author_id)
    .where(_SAID.c.kind.in_([BRING, SEEK]))
    .distinct()
)


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A service, a talent or a family of talents; in alphabetical order.

    :ivar id: of the service or of the talent; 0 for who has no service, and for a family
    """

    folded: str
    kind: str
    id: int
    label: str = field(compare=False)

    @property
    def key(self) -> str:
        """Name it where a drawing is kept: by number, so that another label moves nothing."""
        return f"{self.kind}:{self.id or self.folded}"


@dataclass(frozen=True, slots=True)
class TalentMap:
    """What the map shows.

    :ivar under: the service that is open
    :ivar above: the services it stands under, from the top
    :ivar family: the family that is open
    :ivar brings: pairs of keys, service and talent: somebody there offers it
    :ivar seeks: likewise: somebody there seeks it
    :ivar lacking: sought, and offered nowhere
    :ivar spare: offered, and sought nowhere
    """

    under: ServiceCard | None
    above: list[ServiceCard]
    family: str
    nodes: list[Node]
    brings: frozenset[tuple[str, str]]
    seeks: frozenset[tuple[str, str]]
    lacking: list[Tag]
    spare: list[Tag]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Give every pair once, for the drawing."""
        return sorted(self.brings | self.seeks)

    @property
    def rows(self) -> list[tuple[Node, list[Node], list[Node]]]:
        """Give the same facts as a table: each talent, the services that offer it, those that seek it."""
        where = [node for node in self.nodes if node.kind == SERVICE]

        def among(pairs: frozenset[tuple[str, str]], talent: Node) -> list[Node]:
            return [one for one in where if (one.key, talent.key) in pairs]

        talents = (node for node in self.nodes if node.kind != SERVICE)
        return [(talent, among(self.brings, talent), among(self.seeks, talent)) for talent in talents]


class Tree:
    """The services, and where each stands."""

    def __init__(self, cards: Iterable[ServiceCard]) -> None:
        self.cards = {card.id: card for card in cards}

    def path(self, service_id: int | None) -> list[ServiceCard]:
        """Give a service and those above it, from the top; empty of none."""
        found: list[ServiceCard] = []
        while service_id in self.cards:
            found.insert(0, self.cards[service_id])
            service_id = found[0].parent_id
        return found

    def shown(self, service_id: int | None, under: ServiceCard | None) -> ServiceCard | None:
        """Give the service that stands for another one when `under` is open; None if it is elsewhere."""
        path = self.path(service_id)
        if under is None:
            return path[0] if path else ServiceCard(NO_SERVICE, "")
        if under not in path:
            return None
        return path[min(path.index(under) + 1, len(path) - 1)]


def talent_map(viewer: Viewer, *, under: int | None = None, family: str = "", at: datetime) -> TalentMap:
    """Draw up the map that somebody may read; three queries. An unknown service or family is as if none were open."""
    facts = session.execute(_FACTS, reading(viewer, at=at)).all()
    tags, tree = tags_by_id({fact.tag_id for fact in facts}), Tree(services())
    opened = tree.cards.get(under or NO_SERVICE)
    told = {kind: {fact.tag_id for fact in facts if fact.kind == kind} for kind in (BRING, SEEK)}
    shown = {number: tree.shown(number, opened) for number in {fact.service_id for fact in facts}}
    where = {number: _service_node(card) for number, card in shown.items() if card is not None}
    there = {fact.tag_id for fact in facts if fact.service_id in where}
    family = family if any(tags[number].family == family for number in there) else ""
    talents = [tags[number] for number in there if family in {"", tags[number].family}]
    by_family = not family and len(talents) > MOST_TALENTS
    what = {tag.id: _talent_node(tag, by_family=by_family) for tag in talents}
    seen = {
        (fact.kind, where[fact.service_id], what[fact.tag_id])
        for fact in facts
        if fact.service_id in where and fact.tag_id in what
    }
    pairs = {
        kind: frozenset((one.key, talent.key) for said, one, talent in seen if said == kind) for kind in (BRING, SEEK)
    }
    return TalentMap(
        under=opened,
        above=tree.path(opened.id)[:-1] if opened else [],
        family=family,
        nodes=sorted({node for _kind, *both in seen for node in both}),
        brings=pairs[BRING],
        seeks=pairs[SEEK],
        lacking=_named(tags, told[SEEK] - told[BRING]),
        spare=_named(tags, told[BRING] - told[SEEK]),
    )


def _service_node(card: ServiceCard) -> Node:
    return Node(fold(card.name), SERVICE, card.id, card.name)


def _talent_node(tag: Tag, *, by_family: bool) -> Node:
    return Node(fold(tag.family), FAMILY, 0, tag.family) if by_family else Node(tag.folded, TALENT, tag.id, tag.label)


def _named(tags: dict[int, Tag], ids: set[int]) -> list[Tag]:
    return sorted((tags[number] for number in ids), key=lambda tag: tag.folded)
