"""What an import would do, line by line, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from plugins.directory.models.imports import Change, Kind
from plugins.directory.services.imports.cells import Faulty
from plugins.directory.services.imports.columns import Columns
from plugins.directory.services.imports.reading import Table

PERSON, SERVICE = "person", "service"


@dataclass(slots=True)
class Draft:
    """One line: what it says, whom it is about, what it would change. Its fields are those of `models.Line`."""

    number: int
    target: str
    change: str = Change.UNCHANGED
    key: str = ""
    name: str = ""
    person_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    cell: str = ""
    value: str = ""
    detail: str = ""
    position: int = 0

    def note(self, fault: Faulty) -> None:
        """Say what is wrong with a part of the line; the rest of it goes on."""
        self.problem, self.cell, self.value, self.detail = fault.problem, fault.field, fault.value, fault.detail

    def refuse(self, fault: Faulty) -> None:
        """Leave the whole line aside."""
        self.note(fault)
        self.change, self.facts, self.before = Change.REFUSED, {}, {}


@dataclass(frozen=True, slots=True)
class Plan:
    """A file compared with what is here.

    :ivar sentence: which compulsory column is missing; then there is nothing else
    """

    kind: Kind
    table: Table
    columns: Columns
    is_complete: bool = False
    drafts: list[Draft] = field(default_factory=list)
    keyless: int = 0
    people_here: int = 0
    sentence: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Count the lines of each change, services apart."""
        found: dict[str, int] = {}
        for draft in self.drafts:
            name = draft.change if draft.target == PERSON else f"services_{draft.change}"
            found[name] = found.get(name, 0) + 1
        return found
