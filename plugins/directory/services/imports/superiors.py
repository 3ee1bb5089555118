"""Who answers for whom, once the whole file is read: superiors that stand later, unknown ones, circles."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.directory.models.imports import Change
from plugins.directory.services.imports.cells import Faulty
from plugins.directory.services.imports.drafts import Draft
from plugins.directory.services.imports.knowing import Known


def settle_superiors(drafts: list[Draft], known: Known) -> None:
    """Check the superiors of the lines, drop those that cannot be, and set `position` to the depth of each person.

    Rule: a circle is said on each of its lines, and the rest goes on.
    """
    Superiors(drafts, known).settle()


class Superiors:
    """The hierarchy as it would be. People who are here go by their id, new ones by minus their line."""

    def __init__(self, drafts: list[Draft], known: Known) -> None:
        self.known = known
        self.lines = [draft for draft in drafts if draft.change in {Change.CREATED, Change.CHANGED}]
        self.refused = {draft.key for draft in drafts if draft.change == Change.REFUSED and draft.key}
        self.by_node = {_node(draft): draft for draft in self.lines}
        self.above: dict[int, int | None] = {number: facts.superior_id for number, facts in known.facts.items()}
        self.by_key: dict[str, int] = {}
        for draft in self.lines:
            self.by_key[draft.key] = _node(draft)
            if draft.facts.get("email"):
                self.by_key.setdefault(draft.facts["email"], _node(draft))

    def settle(self) -> None:
        """Resolve, break the circles, measure the depths."""
        for draft in self.lines:
            if "superior" in draft.facts:
                self._resolve(draft)
        while found := circles(self.above):  # what is put back may close another one
            for circle in found:
                self._break(circle)
        depths = depths_of(self.above)
        for node, draft in self.by_node.items():
            draft.position = depths.get(node, 0)

    def _resolve(self, draft: Draft) -> None:
        key, node = draft.facts["superior"], _node(draft)
        before = self.above.get(node)
        superior = None if key is None else self.by_key.get(key) or self.known.by_key(key)
        if key is not None and superior is None:
            problem = "superior_refused" if key in self.refused else "superior_unknown"
            self._drop(draft, Faulty(problem, "superior", key))
        elif superior == node:
            self._drop(draft, Faulty("superior_self", "superior", key or ""))
        elif superior == before and node > 0:
            del draft.facts["superior"]
        else:
            self.above[node] = superior
            draft.before = {**draft.before, "superior": self._words(before)} if node > 0 else draft.before

    def _words(self, person_id: int | None) -> str | None:
        facts = self.known.facts.get(person_id) if person_id else None
        return (facts.matricule or facts.email or facts.name) if facts else None

    def _drop(self, draft: Draft, fault: Faulty) -> None:
        draft.note(fault)
        del draft.facts["superior"]

    def _break(self, circle: list[int]) -> None:
        """Leave every line of a circle with the superior of today."""
        lines = [self.by_node[node] for node in circle if node in self.by_node]
        told = [draft for draft in lines if "superior" in draft.facts]
        numbers = ", ".join(str(number) for number in sorted(draft.number for draft in told))
        for draft in told:
            fault = Faulty("superior_cycle", "superior", draft.facts["superior"], numbers)
            self._drop(draft, fault)
            draft.before.pop("superior", None)
            node = _node(draft)
            self.above[node] = self.known.facts[node].superior_id if node > 0 else None
        if not told:  # it was here before the file, and is not ours to mend
            self.above[circle[0]] = None


def _node(draft: Draft) -> int:
    return draft.person_id if draft.person_id is not None else -draft.number


def circles(above: Mapping[int, int | None]) -> list[list[int]]:
    """List the circles of a hierarchy."""
    found: list[list[int]] = []
    done: set[int] = set()
    for start in above:
        way: dict[int, None] = {}
        node: int | None = start
        while node is not None and node not in done and node not in way:
            way[node] = None
            node = above.get(node)
        if node is not None and node in way:
            steps = list(way)
            found.append(steps[steps.index(node) :])
        done.update(way)
    return found


def depths_of(above: Mapping[int, int | None]) -> dict[int, int]:
    """Give how many people stand above each; there is no circle."""
    depths: dict[int, int] = {}
    for start in above:
        way, node = [], start
        while node not in depths:
            way.append(node)
            parent = above.get(node)
            if parent is None:
                break
            node = parent
        depth = depths.get(node, -1)
        for step in reversed(way):
            depth = 0 if above.get(step) is None else depth + 1
            depths[step] = depth
    return depths
