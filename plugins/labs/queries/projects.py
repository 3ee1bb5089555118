"""Which projects one may read, and in which order: by the day they were opened, whatever became of them (C02)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import Viewer, session

from plugins.labs.models.outcomes import STOPPED
from plugins.labs.models.project import RESULT_EXPECTED, ClauseChange, Project
from plugins.labs.queries.words import sought


def readable(viewer: Viewer, *, at: datetime) -> sa.ColumnElement[bool]:
    """Give the criterion of the projects `viewer` may read: its audience, and the two people it names.

    Rule: G7. The author chose the lead and the guarantor by name, like the members of a circle.
    """
    audience = Project.readable_by(viewer, at=at)
    if viewer.person_id is None:
        return audience
    named = sa.or_(Project.lead_id == viewer.person_id, Project.guarantor_id == viewer.person_id)
    return sa.or_(audience, named)


def readable_project(viewer: Viewer, project_id: int, *, at: datetime) -> Project | None:
    """Give a project this person may read, or None."""
    return session.scalar(sa.select(Project).where(Project.id == project_id, readable(viewer, at=at)))


def projects_matching(
    viewer: Viewer, *, at: datetime, words: str = "", state: str = "", lab_id: int | None = None
) -> sa.Select[Project]:
    """Select projects this person may read, without order.

    There is no filter by outcome: a total beside it would be a success rate. Rule: C02 SPEC 3 and 5.

    :param words: any part of the words of the project, whatever the capitals and accents
    :param state: *open*, *closed* or nothing
    """
    statement = sa.select(Project).where(readable(viewer, at=at)).options(joinedload(Project.lab, innerjoin=True))
    if words:
        statement = statement.where(Project.folded.contains(" ".join(sought(words)), autoescape=True))
    if state in {"open", "closed"}:
        is_open = Project.closed_at.is_(None)
        statement = statement.where(is_open if state == "open" else sa.not_(is_open))
    if lab_id is not None:
        statement = statement.where(Project.lab_id == lab_id)
    return statement


def projects_of_lab(viewer: Viewer, lab_id: int, *, at: datetime, limit: int) -> list[Project]:
    """List the newest projects of a lab that this person may read."""
    statement = projects_matching(viewer, at=at, lab_id=lab_id)
    return list(session.scalars(statement.order_by(Project.opened_at.desc(), Project.id.desc()).limit(limit)))


def _stopped(viewer: Viewer, *, at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(readable(viewer, at=at), Project.outcome == STOPPED)


def stopped_between(viewer: Viewer, *, since: datetime, until: datetime, at: datetime) -> list[Project]:
    """List the projects stopped in a span of time that this person may read, in the order they stopped.

    Rule: C02, the « cimetière joyeux ».
    """
    in_span = sa.and_(Project.closed_at >= since, Project.closed_at < until)
    statement = sa.select(Project).where(_stopped(viewer, at=at), in_span).options(joinedload(Project.lab))
    return list(session.scalars(statement.order_by(Project.closed_at, Project.id)))


def instants_that_stopped(viewer: Viewer, *, at: datetime) -> list[datetime]:
    """List the instants at which something this person may read was stopped; their years are those of the graveyard."""
    statement = sa.select(Project.closed_at).where(_stopped(viewer, at=at)).distinct()
    return [instant for instant in session.scalars(statement) if instant]


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
