"""Files to import, and what tests of imports do with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from portal.api import Viewer, now, people_facts, people_table, services, session

from plugins.directory.models.imports import Import, Kind, Line
from plugins.directory.services.imports.applying import apply_batch
from plugins.directory.services.imports.drafts import Draft, Plan
from plugins.directory.services.imports.planning import make_plan
from plugins.directory.services.imports.staging import pack, stage
from plugins.directory.services.imports.steering import start_import

PEOPLE = ("Matricule", "Nom", "Prénom", "Courriel", "Service", "Fonction", "Supérieur")


def file_of(*rows: Sequence[object], header: Sequence[str] = PEOPLE, encoding: str = "utf-8", sign: str = ";") -> bytes:
    """Write rows as a spreadsheet would; a short row is filled with empty cells."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([*row, *[""] * (len(header) - len(row))])
    return out.getvalue().encode(encoding)


def plan_of(content: bytes, *, kind: Kind = Kind.PEOPLE, complete: bool = False, actor: int | None = None) -> Plan:
    """Say what a file would do; call it inside `reading()`."""
    return make_plan(content, kind, is_complete=complete, actor_id=actor, at=now())


def line(plan: Plan, number: int) -> Draft:
    """Give one line of a plan."""
    (found,) = [draft for draft in plan.drafts if draft.number == number and draft.target == "person"]
    return found


class Importer:
    """Imports files by services, batch by batch, as pages and the worker do."""

    def __init__(self, writing: Any) -> None:
        self.writing = writing

    def stage(
        self, content: bytes, *, complete: bool = False, kind: Kind = Kind.PEOPLE, actor: int | None = None
    ) -> int:
        with self.writing():
            plan = plan_of(content, kind=kind, complete=complete, actor=actor)
            who = Viewer(person_id=actor) if actor else None
            return stage(plan, pack(content), actor=who, at=now()).id

    def start(self, number: int, *, leave: bool = False, typed: int | None = None) -> None:
        with self.writing():
            start_import(session.get_one(Import, number), lets_leave=leave, typed=typed, actor=None, at=now())

    def work(self) -> int:
        """Apply batch after batch; give how many there were."""
        batches = 0
        while True:
            with self.writing():
                more = apply_batch(now())
            batches += 1
            if not more:
                return batches

    def __call__(self, content: bytes, *, leave: bool = False, typed: int | None = None, **how: Any) -> int:
        """Do it all, and give the number of the import."""
        number = self.stage(content, **how)
        self.start(number, leave=leave, typed=typed)
        self.work()
        return number


def everybody() -> dict[str, Any]:
    """Give who is here, by staff number (else by name); call it inside `reading()`."""
    numbers = {number: facts.matricule for number, facts in people_facts().items()}
    return {numbers[row.id] or row.name: row for row in session.execute(sa.select(*people_table().c))}


def tree() -> list[str]:
    """Write the services, indented."""
    return ["  " * card.depth + card.name for card in services()]


def lines_of(number: int) -> dict[int, Line]:
    """Give the lines of an import by their number in the file."""
    found = session.scalars(sa.select(Line).where(Line.import_id == number, Line.target == "person"))
    return {row.number: row for row in found}
