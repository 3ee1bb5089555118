"""The tree of services as a file speaks of it: by code, or by the way to it, « Direction A / Service B »."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.api import ServiceCard, ServiceFacts, fold

from plugins.directory.services.imports.cells import Faulty

STEPS = re.compile(r"\s+/\s+|\s*>\s*")
NAME_MAX = 160


@dataclass(slots=True, eq=False)
class Node:
    """A service that is here, or that the file adds (`id` is then None)."""

    name: str
    code: str | None
    parent: Node | None
    id: int | None = None
    number: int = 0

    @property
    def path(self) -> list[str]:
        """Give the names from the root down to this one."""
        return [*(self.parent.path if self.parent else []), self.name]

    @property
    def words(self) -> str:
        """Write the way to it."""
        return " / ".join(self.path)


def steps(text: str, field: str) -> list[str]:
    """Cut « Direction A / Service B » into names.

    :raises Faulty: one of them is too long
    """
    names = [name.strip() for name in STEPS.split(text) if name.strip()]
    for name in names:
        if len(name) > NAME_MAX:
            raise Faulty("too_long", field, name, NAME_MAX)
    return names


def path_of(direction: str, service: str) -> list[str]:
    """Join the column of the direction and that of the service; a service that repeats its direction is that one."""
    above, names = steps(direction, "direction"), steps(service, "service")
    if above and names and [fold(name) for name in names[: len(above)]] == [fold(name) for name in above]:
        return names
    return above + names


class Tree:
    """Finds services, and remembers those that are added on the way."""

    def __init__(self, cards: Iterable[ServiceCard]) -> None:
        self.closed_codes: set[str] = set()
        self.by_code: dict[str, Node] = {}
        self.by_id: dict[int, Node] = {}
        self._by_name: dict[str, list[Node]] = {}
        self.added: list[Node] = []
        for card in cards:  # a parent always comes before what stands under it
            if card.closed_at is None:
                parent = self.by_id.get(card.parent_id) if card.parent_id else None
                self._keep(Node(card.name, card.code, parent, card.id))
            elif card.code:
                self.closed_codes.add(card.code)

    def _keep(self, node: Node) -> Node:
        self._by_name.setdefault(fold(node.name), []).append(node)
        if node.code:
            self.by_code[node.code] = node
        if node.id is not None:
            self.by_id[node.id] = node
        return node

    def add(self, service_id: int, facts: ServiceFacts) -> None:
        """Take a service that was just added."""
        parent = self.by_id.get(facts.parent_id) if facts.parent_id else None
        self._keep(Node(facts.name, facts.code, parent, service_id))

    def change(self, node: Node, facts: ServiceFacts) -> None:
        """Take what has just changed of a service."""
        self._by_name[fold(node.name)].remove(node)
        node.name, node.code = facts.name, facts.code
        node.parent = self.by_id.get(facts.parent_id) if facts.parent_id else None
        self._keep(node)

    def find(self, code: str | None, names: list[str]) -> Node | None:
        """Find the service of a code, else the one to which this way leads; None if there is none yet.

        :raises Faulty: closed, or several of this name
        """
        if code and code in self.by_code:
            return self.by_code[code]
        if code and code in self.closed_codes:
            raise Faulty("service_closed", "service_code", code)
        found = self._led_to(names) if names else []
        if code:
            found = [node for node in found if node.code is None]
        exact = [node for node in found if len(node.path) == len(names)]
        if len(exact) == 1:
            return exact[0]
        if len(found) > 1:
            raise Faulty("service_unclear", "service", " / ".join(names))
        return found[0] if found else None

    def _led_to(self, names: list[str]) -> list[Node]:
        wanted = [fold(name) for name in names]
        nodes = self._by_name.get(wanted[-1], [])
        return [node for node in nodes if [fold(name) for name in node.path[-len(wanted) :]] == wanted]

    def find_or_add(self, code: str | None, names: list[str], *, number: int) -> Node:
        """Find a service, or add it with what it stands under.

        :raises Faulty: closed, several of this name, a code without name, a code of two names
        """
        node = self.find(code, names)
        if node is None:
            if not names:
                raise Faulty("service_unknown", "service_code", code or "")
            parent = self.find_or_add(None, names[:-1], number=number) if names[:-1] else None
            node = self._keep(Node(names[-1], code, parent, number=number))
            self.added.append(node)
        elif node.id is None and names and fold(node.name) != fold(names[-1]):
            raise Faulty("service_named_twice", "service", names[-1], node.number)
        return node

    def resolve(self, said: Mapping[str, Any]) -> Node | None:
        """Find the service of which staged facts speak; None if it is there no more."""
        try:
            return self.find(said["code"], list(said["path"]))
        except Faulty:
            return None
