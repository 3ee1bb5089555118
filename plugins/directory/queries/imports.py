"""Imports and their lines, as pages and exports read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.api import NotFound, Viewer, session, texts

from plugins.directory.models.imports import Change, Import, Line, Listed, Outcome

_ = texts("directory")
REMARKS, SERVICES, FAILED = "remarks", "services", "failed"
GOING_ON = (Change.CREATED, Change.CHANGED, Change.UNCHANGED)
SHOWN: Mapping[str, sa.ColumnElement[bool]] = {
    **{
        change.value: sa.and_(Line.change == change, Line.target == "person")
        for change in Change
        if change is not Change.REFUSED
    },
    Change.REFUSED.value: Line.change == Change.REFUSED,
    SERVICES: sa.and_(Line.target == "service", Line.change.in_([Change.CREATED, Change.CHANGED])),
    REMARKS: sa.and_(Line.problem != "", Line.change.in_(GOING_ON)),
    FAILED: Line.outcome == Outcome.REFUSED,
}


def one_import(viewer: Viewer, *, import_id: int) -> Import:
    """Give an import.

    :raises NotFound: there is none
    """
    found = session.get(Import, import_id)
    if found is None:
        raise NotFound(_("There is no such import here."))
    return found


def all_imports() -> sa.Select[Any]:
    """Give the imports, for a list."""
    return sa.select(Import)


def running_import() -> Import | None:
    """Give the import that is being applied or paused."""
    return session.scalars(sa.select(Import).where(Import.turn == 1)).first()


def lines_of(row: Import, shown: str = "") -> sa.Select[Any]:
    """Give the lines of an import, all or those of one sort, for a list."""
    lines = sa.select(Line).where(Line.import_id == row.id)
    return lines.where(SHOWN[shown]) if shown in SHOWN else lines


def remarks_count(row: Import) -> int:
    """Count the lines that go on without a part of what they say."""
    return session.scalar(sa.select(sa.func.count()).where(Line.import_id == row.id, SHOWN[REMARKS])) or 0


def first_leaving(row: Import, limit: int) -> list[str]:
    """Give the names of some of those who would leave, alphabetical."""
    leaving = sa.select(Line.name).where(Line.import_id == row.id, SHOWN[Change.LEFT.value])
    return list(session.scalars(leaving.order_by(Line.name, Line.id).limit(limit)))


def to_do_count(row: Import) -> int:
    """Count the lines that applying the import would write: changes, and people a list names for the first time."""
    known = sa.select(Listed.person_id)
    writes = sa.or_(
        Line.change.in_([Change.CREATED, Change.CHANGED, Change.LEFT]),
        sa.and_(Line.change == Change.UNCHANGED, Line.person_id.is_not(None), Line.person_id.not_in(known)),
    )
    return session.scalar(sa.select(sa.func.count()).where(Line.import_id == row.id, writes)) or 0
