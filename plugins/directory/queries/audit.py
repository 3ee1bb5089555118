"""What the audit log answers to a question: which act, by whom, about whom, between which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import Subject, Viewer, audit_table, local_midnight, session


@dataclass(frozen=True, slots=True)
class Question:
    """What one looks for; what is None is not asked.

    :ivar is_lost: a part of it means nothing (nobody has this name): nothing answers
    """

    action: str | None = None
    kind: str | None = None
    subject: Subject | None = None
    actor_id: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    is_lost: bool = False


def entries_for(reader: Viewer, question: Question) -> tuple[sa.Select[Any], sa.ColumnElement[Any]]:
    """Give the entries that answer, without order, and the column to order them by.

    :raises Forbidden: the reading is not open
    """
    log = audit_table(reader)
    statement = sa.select(*log.c)
    if question.is_lost:
        statement = statement.where(sa.false())
    if question.action:
        statement = statement.where(log.c.action == question.action)
    if question.kind:
        statement = statement.where(log.c.subject_kind == question.kind)
    if question.subject:
        same = sa.and_(log.c.subject_kind == question.subject.kind, log.c.subject_id == question.subject.id)
        statement = statement.where(same)
    if question.actor_id:
        statement = statement.where(log.c.actor_id == question.actor_id)
    if question.first_on:
        statement = statement.where(log.c.recorded_at >= local_midnight(question.first_on))
    if question.last_on:
        statement = statement.where(log.c.recorded_at < local_midnight(question.last_on + timedelta(days=1)))
    return statement, log.c.id


def actions_in(reader: Viewer) -> list[str]:
    """List the acts that the reader may find, by name."""
    log = audit_table(reader)
    return sorted(session.scalars(sa.select(log.c.action).distinct()))
