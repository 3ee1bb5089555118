"""Keep what a file would do, until somebody applies it, abandons it, or thirty days have passed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from portal.api import Subject, Viewer, record, session, texts

from plugins.directory.models.imports import KEEP_DAYS, Change, Import, Line, Outcome, State
from plugins.directory.services.imports.drafts import Draft, Plan

_ = texts("directory")
T = TypeVar("T")
AT_ONCE = 1000
IDLE = frozenset({Change.OUTSIDE, Change.REFUSED})


def subject_of(number: int) -> Subject:
    """Name an import as a subject."""
    return Subject("directory.import", number)


def stage(plan: Plan, content: bytes | None, *, actor: Viewer | None, at: datetime) -> Import:
    """Keep what a file would do, for somebody to look at it.

    :param content: the file, compressed by `pack`, so that the columns may be chosen again; None: they may not
    """
    row = Import(
        kind=plan.kind,
        author_id=actor.person_id if actor else None,
        content=content,
        counts={},
        results={},
        **_of_plan(plan, at),
    )
    session.add(row)
    session.flush()
    _keep_lines(row, plan)
    record("directory.import_staged", subject_of(row.id), actor=actor, at=at, facts={"lines": len(plan.drafts)})
    return row


def stage_again(row: Import, plan: Plan, *, at: datetime) -> None:
    """Put another reading of the same file, with other columns, in the place of the first."""
    session.execute(sa.delete(Line).where(Line.import_id == row.id))
    for name, value in _of_plan(plan, at).items():
        setattr(row, name, value)
    session.flush()
    _keep_lines(row, plan)


def pack(content: bytes) -> bytes:
    """Compress a file; slow, so before the lock."""
    return zlib.compress(content, 6)


def unpack(content: bytes) -> bytes:
    """Give the file back."""
    return zlib.decompress(content)


def _of_plan(plan: Plan, at: datetime) -> dict[str, Any]:
    chosen = plan.columns.chosen
    headers = [
        [title, chosen.get(place, ""), plan.table.example(place)] for place, title in enumerate(plan.table.header)
    ]
    return {
        "state": State.COLUMNS if plan.sentence else State.STAGED,
        "is_complete": plan.is_complete,
        "encoding": plan.table.encoding,
        "delimiter": plan.table.delimiter,
        "headers": headers,
        "keyless": plan.keyless,
        "people_here": plan.people_here,
        "staged_at": at,
    }


def _keep_lines(row: Import, plan: Plan) -> None:
    for some in _slices(plan.drafts, AT_ONCE):
        session.execute(sa.insert(Line), [_row(row.id, draft) for draft in some])
    row.counts = plan.counts
    session.flush()


def _row(import_id: int, draft: Draft) -> dict[str, Any]:
    fields = {name: getattr(draft, name) for name in Draft.__slots__}
    outcome = Outcome.NOTHING if draft.change in IDLE else ""
    return {"import_id": import_id, "outcome": outcome, "reason": "", **fields, "name": draft.name[:160]}


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def forget_lines(at: datetime) -> None:
    """Erase what an import held of people, thirty days after it was staged; its numbers stay.

    One that is being applied, or paused, is left alone: it is not over.
    """
    over = sa.select(Import).where(
        Import.staged_at <= at - timedelta(days=KEEP_DAYS),
        Import.forgotten_at.is_(None),
        Import.state.not_in([State.APPLYING, State.PAUSED]),
    )
    for row in session.scalars(over).all():
        if row.state in {State.COLUMNS, State.STAGED}:
            row.state, row.ended_at = State.ABANDONED, at
        erase(row, at=at)


def erase(row: Import, *, at: datetime) -> None:
    """Erase the lines and the file of an import."""
    session.execute(sa.delete(Line).where(Line.import_id == row.id))
    row.content, row.headers, row.forgotten_at = None, [], at
    session.flush()


def unkept(plan: Plan) -> Iterator[Line]:
    """Give the lines of a plan as they would be kept, for a report of what nobody applies."""
    for draft in sorted(plan.drafts, key=lambda draft: draft.number):
        yield Line(**_row(0, draft))
