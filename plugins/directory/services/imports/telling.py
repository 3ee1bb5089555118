"""The lines of an import in words: what would change, what is wrong, what to do, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.api import Column, texts

from plugins.directory.models.imports import Change, Line, Outcome
from plugins.directory.services.imports.columns import TITLES
from plugins.directory.services.imports.problems import what_to_do, why

_ = texts("directory")
CHANGES = {
    Change.CREATED: (_.later("addition"), "good"),
    Change.CHANGED: (_.later("change"), "wait"),
    Change.LEFT: (_.later("departure"), "stopped"),
    Change.UNCHANGED: (_.later("no change"), ""),
    Change.OUTSIDE: (_.later("set aside"), ""),
    Change.REFUSED: (_.later("refusal"), "late"),
}
OUTCOMES = {
    Outcome.DONE: _.later("done"),
    Outcome.NOTHING: _.later("nothing to do"),
    Outcome.REFUSED: _.later("could not be done"),
}
NOTHING = "—"
NAMES = {**TITLES, "parent": TITLES["parent_code"], "name": _.later("Name")}
REPORT = (
    Column("number", _.later("Line")),
    Column("change", _.later("What it does")),
    Column("key", _.later("Staff number, address or code")),
    Column("name", _.later("Name")),
    Column("changes", _.later("Changes")),
    Column("cell", _.later("Column")),
    Column("value", _.later("Value")),
    Column("why", _.later("Why")),
    Column("what_to_do", _.later("What to do")),
    Column("outcome", _.later("What became of it")),
    Column("reason", _.later("Reason")),
)


@dataclass(frozen=True, slots=True)
class LineCard:
    """One line, for a page and for the report.

    :ivar changes: what changes, as (field, before, after)
    :ivar outcome: empty until it is applied
    """

    number: int
    key: str
    name: str
    change: tuple[str, str]
    changes: list[tuple[str, str, str]]
    cell: str
    value: str
    why: str
    what_to_do: str
    outcome: str
    reason: str
    person_id: int | None

    @property
    def changes_text(self) -> str:
        """Write the changes on one line."""
        return " ; ".join(f"{field}\u00a0: {before} → {after}" for field, before, after in self.changes)


def card_of(line: Line) -> LineCard:
    """Write a line in words."""
    word, kind = CHANGES[Change(line.change)]
    is_over = bool(line.outcome) and line.change not in {Change.REFUSED, Change.OUTSIDE}
    return LineCard(
        number=line.number,
        key=line.key,
        name=line.name or line.key,
        change=(str(word), kind),
        changes=_changes(line),
        cell=str(TITLES[line.cell]) if line.cell else "",
        value=line.value,
        why=why(line.problem, line.detail),
        what_to_do=what_to_do(line.problem),
        outcome=str(OUTCOMES[Outcome(line.outcome)]) if is_over else "",
        reason=line.reason,
        person_id=line.person_id,
    )


def _changes(line: Line) -> list[tuple[str, str, str]]:
    if line.change not in {Change.CHANGED, Change.CREATED}:
        return []
    said = {field: value for field, value in line.facts.items() if field in NAMES}
    if line.change == Change.CREATED:
        said = {field: value for field, value in said.items() if field not in {"name", "matricule", "code"}}
    return [
        (str(NAMES[field]), _words(field, line.before.get(field)), _words(field, value))
        for field, value in said.items()
    ]


NAMES = {**TITLES, "parent": TITLES["parent_code"], "name": _.later("Name")}


def _words(field: str, value: Any) -> str:
    if not value:
        return NOTHING
    if field == "service":
        return " / ".join(value["path"]) or str(value["code"])
    if field == "leaves_on":
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return str(value)


def report_row(line: Line) -> dict[str, object]:
    """Give a line as the report writes it, by the keys of `REPORT`."""
    card = card_of(line)
    names = ("number", "key", "name", "cell", "value", "why", "what_to_do", "outcome", "reason")
    row: dict[str, object] = {name: getattr(card, name) for name in names}
    return {**row, "number": line.number or None, "change": card.change[0], "changes": card.changes_text}
