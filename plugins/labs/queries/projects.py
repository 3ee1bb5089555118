"""Which projects one may read, and in which order: by the day they were opened, whatever became of them (C02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import READER, Viewer, among_words, reading, session, sought, word_values

from plugins.labs.models.outcomes import STOPPED
from plugins.labs.models.project import RESULT_EXPECTED, ClauseChange, Project
from plugins.labs.queries.searches import KEPT_STATEMENTS

SHOWN_OF_A_LAB = 5


def readable() -> sa.ColumnElement[bool]:
    """Give the criterion of the projects `READER` may read: its audience, and the two people it names.

    Rule: G7. The author chose the lead and the guarantor by name, like the members of a circle.
    """
    return sa.or_(Project.readable(), Project.lead_id == READER, Project.guarantor_id == READER)


_ONE = sa.select(Project).where(Project.id == sa.bindparam("number"), readable())


def readable_project(viewer: Viewer, project_id: int, *, at: datetime) -> Project | None:
    """Give a project this person may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=project_id))


@dataclass(frozen=True, slots=True)
class ProjectSearch:
    """What one looks for among the projects one may read; all of them by default.

    There is no filter by outcome: a total beside it would be a success rate. Rule: C02 SPEC 3 and 5.

    :ivar words: any part of the words of the project, whatever the capitals and accents
    :ivar state: *open*, *closed* or nothing
    """

    words: str = ""
    state: str = ""
    lab_id: int | None = None

    @property
    def statement(self) -> sa.Select[Project]:
        """Select the projects, without order; the same object for every search of this shape."""
        return _found(len(self._part), self.state, in_lab=self.lab_id is not None)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        return {"lab_id": self.lab_id, **word_values(self._part)}

    @property
    def _part(self) -> list[str]:
        return [" ".join(found)] if (found := sought(self.words)) else []


@lru_cache(maxsize=KEPT_STATEMENTS)
def _found(words: int, state: str, *, in_lab: bool) -> sa.Select[Project]:
    criteria = [readable(), *among_words(Project.folded, words)]
    if state in {"open", "closed"}:
        is_open = Project.closed_at.is_(None)
        criteria.append(is_open if state == "open" else sa.not_(is_open))
    criteria += [Project.lab_id == sa.bindparam("lab_id")] if in_lab else []
    return sa.select(Project).where(*criteria).options(joinedload(Project.lab, innerjoin=True))


_IN_A_LAB = _found(0, "", in_lab=True)
_NEWEST = _IN_A_LAB.order_by(Project.opened_at.desc(), Project.id.desc()).limit(SHOWN_OF_A_LAB)


def projects_of_lab(viewer: Viewer, lab_id: int, *, at: datetime) -> list[Project]:
    """List the newest projects of a lab that this person may read."""
    return list(session.scalars(_NEWEST, reading(viewer, at=at, lab_id=lab_id)))


def stopped_between(viewer: Viewer, *, since: datetime, until: datetime, at: datetime) -> list[Project]:
    """List the projects stopped in a span of time that this person may read, in the order they stopped.

    Rule: C02, the « cimetière joyeux ».
    """
    in_span = sa.and_(Project.closed_at >= since, Project.closed_at < until)
    stopped = sa.select(Project).where(readable(), Project.outcome == STOPPED, in_span)
    found = stopped.options(joinedload(Project.lab)).order_by(Project.closed_at, Project.id)
    return list(session.scalars(found, reading(viewer, at=at)))


def instants_that_stopped(viewer: Viewer, *, at: datetime) -> list[datetime]:
    """List the instants at which something this person may read was stopped; their years are those of the graveyard."""
    statement = sa.select(Project.closed_at).where(readable(), Project.outcome == STOPPED).distinct()
    return [instant for instant in session.scalars(statement, reading(viewer, at=at)) if instant]


def waiting_change(project_id: int) -> ClauseChange | None:
    """Give the change of clause that waits for an agreement; there is at most one."""
    return session.scalar(
        sa.select(ClauseChange)
        .where(ClauseChange.project_id == project_id, ClauseChange.settled_at.is_(None))
        .order_by(ClauseChange.id)
    )


def past_changes(project_id: int) -> list[ClauseChange]:
    """List the settled changes of clause, newest first."""
    return list(
        session.scalars(
            sa.select(ClauseChange)
            .where(ClauseChange.project_id == project_id, ClauseChange.settled_at.is_not(None))
            .order_by(ClauseChange.id.desc())
        )
    )


def changes_waiting_for(viewer: Viewer) -> list[tuple[Project, ClauseChange]]:
    """List the changes of clause that this person, lead or guarantor, has still to answer, oldest first."""
    as_lead = sa.and_(Project.lead_id == viewer.person_id, ClauseChange.lead_agreed_at.is_(None))
    as_guarantor = sa.and_(Project.guarantor_id == viewer.person_id, ClauseChange.guarantor_agreed_at.is_(None))
    statement = (
        sa.select(Project, ClauseChange)
        .join(ClauseChange, ClauseChange.project_id == Project.id)
        .where(ClauseChange.settled_at.is_(None), sa.or_(as_lead, as_guarantor))
        .order_by(ClauseChange.id)
        .limit(5)
    )
    return [(project, change) for project, change in session.execute(statement)]


def results_expected_of(viewer: Viewer) -> list[Project]:
    """List the open projects this person leads from which a result is expected, first due first."""
    statement = (
        sa.select(Project)
        .where(
            Project.lead_id == viewer.person_id,
            Project.closed_at.is_(None),
            Project.clause == RESULT_EXPECTED,
        )
        .order_by(Project.expected_on, Project.id)
        .limit(5)
    )
    return list(session.scalars(statement))
