"""Compare a file of services (code; name; code of the one above) with the tree. Nothing is written.

A service that the file does not name stays: closing one asks where its people go, which no file says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.api import fold, services

from plugins.directory.models.imports import Change, Kind
from plugins.directory.services.imports.cells import EMPTIES, Faulty, is_same_text, number, tidy
from plugins.directory.services.imports.columns import Columns
from plugins.directory.services.imports.drafts import SERVICE, Draft, Plan
from plugins.directory.services.imports.reading import Row, Table
from plugins.directory.services.imports.superiors import circles, depths_of
from plugins.directory.services.imports.trees import NAME_MAX, Node, Tree


def plan_services(table: Table, columns: Columns) -> Plan:
    """Say what a file of services would do.

    :raises Invalid: the file cannot be read to its end
    """
    tree = Tree(services(with_closed=True))
    drafts = [_read(row, columns) for row in table.rows()]
    _once(drafts)
    organisation = Organisation(drafts, tree)
    organisation.settle()
    for place, draft in enumerate(sorted(drafts, key=lambda draft: (draft.position, draft.number))):
        draft.position = place
    return Plan(Kind.SERVICES, table, columns, drafts=drafts, people_here=0)


def _read(row: Row, columns: Columns) -> Draft:
    draft = Draft(row.number, SERVICE, change=Change.CREATED)
    try:
        if row.fault:
            raise Faulty(row.fault)
        words = {field: tidy(columns.cell(row.cells, field) or "", field) for field in columns.fields}
        draft.key = number(words["code"], "code")
        draft.name = words["name"]
        if not draft.key or draft.key == EMPTIES:
            raise Faulty("no_code", "code")
        if not draft.name or draft.name == EMPTIES:
            raise Faulty("no_name", "name")
        draft.facts = {"code": draft.key, "name": draft.name}
        above = words.get("parent_code")
        if above:
            draft.facts["parent"] = None if above == EMPTIES else number(above, "parent_code")
        if len(draft.name) > NAME_MAX:
            raise Faulty("too_long", "name", draft.name, NAME_MAX)
    except Faulty as fault:
        draft.refuse(fault)
    return draft


def _once(drafts: Iterable[Draft]) -> None:
    seen: dict[str, int] = {}
    for draft in drafts:
        first = seen.setdefault(draft.key, draft.number)
        if draft.key and first != draft.number and draft.change != Change.REFUSED:
            draft.refuse(Faulty("twice", "code", draft.key, first))


class Organisation:
    """The tree as it would be. Services that are here go by their id, new ones by minus their line."""

    def __init__(self, drafts: list[Draft], tree: Tree) -> None:
        self.tree, self.drafts = tree, drafts
        self.nodes: dict[str, int] = {code: node.id or 0 for code, node in tree.by_code.items()}
        self.above: dict[int, int | None] = {}
        self.found: dict[int, Node | None] = {}

    def settle(self) -> None:
        """Find each service, then what it stands under; refuse circles and what hangs on nothing; compare the rest."""
        for draft in self._going_on():
            self._find(draft)
        while self._refuse_unplaced() or self._refuse_circles():
            self.nodes = {code: node for code, node in self.nodes.items() if node not in self._refused()}
        depths = depths_of(self.above)
        for draft in self._going_on():
            draft.position = depths.get(self._node(draft), 0)
            self._compare(draft)

    def _refused(self) -> set[int]:
        return {self._node(draft) for draft in self.drafts if draft.change == Change.REFUSED} - set(self.tree.by_id)

    def _refuse_unplaced(self) -> bool:
        """Refuse what stands under a service that is neither here nor in the file."""
        unplaced = [draft for draft in self._going_on() if (draft.facts.get("parent") or draft.key) not in self.nodes]
        for draft in unplaced:
            draft.refuse(Faulty("parent_unknown", "parent_code", draft.facts["parent"]))
        return bool(unplaced)

    def _refuse_circles(self) -> bool:
        """Hang every service where it would be, and refuse the lines that go round."""
        self.above = {number: node.parent.id if node.parent else None for number, node in self.tree.by_id.items()}
        for draft in self._going_on():
            parent = draft.facts.get("parent")
            if "parent" in draft.facts or self._node(draft) < 0:
                self.above[self._node(draft)] = self.nodes[parent] if parent else None
        return sum(self._refuse_circle(circle) for circle in circles(self.above)) > 0

    def _refuse_circle(self, circle: list[int]) -> int:
        lines = [draft for draft in self._going_on() if self._node(draft) in circle]
        numbers = ", ".join(str(number) for number in sorted(draft.number for draft in lines))
        for draft in lines:
            draft.refuse(Faulty("parent_cycle", "parent_code", draft.facts.get("parent") or "", numbers))
        return len(lines)

    def _going_on(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.change == Change.CREATED]

    def _find(self, draft: Draft) -> None:
        if draft.key in self.tree.closed_codes:
            draft.refuse(Faulty("service_closed", "code", draft.key))
            return
        node = self.tree.by_code.get(draft.key) or self._without_code(draft)
        self.found[draft.number] = node
        self.nodes[draft.key] = self._node(draft)

    def _without_code(self, draft: Draft) -> Node | None:
        """Find the one service of this name that has no code yet: it was typed here by hand."""
        alike = [
            node
            for node in self.tree.by_id.values()
            if node.code is None and fold(node.name) == fold(draft.name) and node not in self.found.values()
        ]
        return alike[0] if len(alike) == 1 else None

    def _node(self, draft: Draft) -> int:
        node = self.found.get(draft.number)
        return node.id if node is not None and node.id else -draft.number

    def _compare(self, draft: Draft) -> None:
        node = self.found[draft.number]
        if node is None:
            return
        before: dict[str, Any] = {"name": node.name, "code": node.code}
        if "parent" in draft.facts:
            same = self.above[self._node(draft)] == (node.parent.id if node.parent else None)
            before["parent"] = (
                draft.facts["parent"] if same else (node.parent and (node.parent.code or node.parent.words))
            )
        changes = {field: value for field, value in draft.facts.items() if not _is_same(before[field], value)}
        draft.change = Change.CHANGED if changes else Change.UNCHANGED
        draft.before = {field: before[field] for field in changes}
        draft.facts = {"id": node.id, **changes} if changes else {}


def _is_same(before: str | None, after: str | None) -> bool:
    return before == after or bool(before and after and is_same_text(before, after))
