"""Apply a staged import, one batch at a time: each batch is one transaction, so a line is done or it is not.

Nothing is trusted from the day of the preview: people, services and superiors are looked up again, by the same keys.
A line applied twice changes nothing the second time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.api import PortalError, Viewer, record, services, session, texts

from plugins.directory.models.imports import Change, Import, Line, Listed, Outcome, State
from plugins.directory.services.imports.drafts import SERVICE
from plugins.directory.services.imports.knowing import Known
from plugins.directory.services.imports.staging import subject_of
from plugins.directory.services.imports.trees import Tree
from plugins.directory.services.imports.writing import write_person, write_service

_ = texts("directory")
BATCH_LINES = 500
BATCH_LEAST = 100
BATCH_SECONDS = 0.5  # the write lock of SQLite is held as long as a batch lasts, and other people write too


def apply_batch(at: datetime) -> bool:
    """Apply the next lines of the import whose turn it is; tell whether there are more.

    At most 500 lines, at least 100, and as many as fit in half a second. Any number of workers may call this: one of
    them works, the others go on.
    """
    turn = sa.select(Import).where(Import.turn == 1, Import.state == State.APPLYING)
    row = session.scalars(turn.with_for_update(skip_locked=True)).first()
    return row is not None and _apply(row, at=at)


def _apply(row: Import, *, at: datetime) -> bool:
    begun = time.monotonic()
    waiting = sa.select(Line).where(Line.import_id == row.id, Line.outcome == "").order_by(Line.position, Line.id)
    lines = session.scalars(waiting.limit(BATCH_LINES)).all()
    batch = Batch(row, lines, at=at)
    for line in lines:
        batch.do(line)
        if len(batch.done) >= BATCH_LEAST and time.monotonic() - begun > BATCH_SECONDS:
            break
    if lines:
        batch.close()
    row.done += len(batch.done)
    row.results = batch.results
    row.spent_ms += round((time.monotonic() - begun) * 1000)
    row.moved_at = at
    more = bool(lines) and row.done < row.total
    if not more:
        _end(row, at=at)
    session.flush()
    return more


def _end(row: Import, *, at: datetime) -> None:
    row.state, row.turn, row.ended_at = State.DONE, None, at
    session.flush()
    actor = Viewer(person_id=row.author_id) if row.author_id is not None else None
    record("directory.import_ended", subject_of(row.id), actor=actor, at=at, facts=dict(row.results))


class Batch:
    """What the lines of one batch share: who is here, the tree, who applies; and what became of each line."""

    def __init__(self, row: Import, lines: Sequence[Line], *, at: datetime) -> None:
        self.at, self.results = at, dict(row.results)
        self.actor = Viewer(person_id=row.author_id) if row.author_id is not None else None
        self.known = Known(_keys(lines))
        self.tree = Tree(services(with_closed=True))
        self.done: list[dict[str, Any]] = []
        self.named: set[int] = set()

    def do(self, line: Line) -> None:
        """Do one line, alone in its savepoint: a line that is refused keeps nothing, and the others go on."""
        became: dict[str, Any] = {"id": line.id, "person_id": line.person_id, "reason": ""}
        try:
            with session.begin_nested():
                became["person_id"], changed = self._write(line)
        except (PortalError, IntegrityError) as refusal:
            became |= {"outcome": Outcome.REFUSED, "reason": _reason(refusal)}
            self._count("refused")
        else:
            became["outcome"] = Outcome.DONE if changed else Outcome.NOTHING
            if changed:
                self._count(line.change if line.target != SERVICE else f"services_{line.change}")
            if line.change != Change.LEFT and became["person_id"] is not None:
                self.named.add(became["person_id"])
        self.done.append(became)

    def _count(self, name: str) -> None:
        self.results[name] = self.results.get(name, 0) + 1

    def _write(self, line: Line) -> tuple[int | None, bool]:
        if line.target == SERVICE:
            return None, write_service(line, self.tree, actor=self.actor, at=self.at)
        if line.change == Change.UNCHANGED:
            return line.person_id, False
        return write_person(line, self.known, self.tree, actor=self.actor, at=self.at)

    def close(self) -> None:
        """Write what became of the lines, and whom they name."""
        session.execute(sa.update(Line), self.done)
        listed = sa.select(Listed.person_id).where(Listed.person_id.in_(self.named))
        new = self.named - set(session.scalars(listed))
        if new:
            session.execute(sa.insert(Listed), [{"person_id": number, "since_at": self.at} for number in sorted(new)])


def _reason(refusal: Exception) -> str:
    words = str(refusal) if isinstance(refusal, PortalError) else _("Somebody else changed this at the same time.")
    return words[:240]


def _keys(lines: Sequence[Line]) -> set[str]:
    """Give every staff number and address that a batch speaks of."""
    said = [line.key for line in lines]
    said += [
        str(line.facts[name]) for line in lines for name in ("matricule", "email", "superior") if line.facts.get(name)
    ]
    return {*said, *(text.lower() for text in said)}
