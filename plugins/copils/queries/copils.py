"""Which copils one may read, and which one comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import READ_AT, Viewer, local_day, reading, session

from plugins.copils.models.copil import Copil, FormerDay
from plugins.copils.models.question import HandedOn, Question
from plugins.copils.queries.copil_states import is_current, over
from plugins.copils.queries.question_states import is_on_agenda

SHOWN_AT_ONCE = 24

READABLE = sa.select(Copil).where(Copil.readable())
PAST = READABLE.where(sa.not_(is_current()))
_ONE = READABLE.where(Copil.id == sa.bindparam("number"))
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
_SOME = READABLE.where(Copil.id.in_(_NUMBERS))
_CURRENT = READABLE.where(is_current()).order_by(Copil.held_at, Copil.id).limit(SHOWN_AT_ONCE)
_SEQUELS = READABLE.where(Copil.follows_id == sa.bindparam("number")).order_by(Copil.id)
_HANDED_ON = sa.select(HandedOn.copil_id, HandedOn.question_id).where(HandedOn.copil_id.in_(_NUMBERS))
_HERE = sa.union(
    sa.select(Question.copil_id, Question.id).where(Question.copil_id.in_(_NUMBERS)), _HANDED_ON
).subquery()
_PUT = (
    sa.select(_HERE.c.copil_id, sa.func.count())
    .join(Question, Question.id == _HERE.c.id)
    .where(is_on_agenda())
    .group_by(_HERE.c.copil_id)
)


def readable_copil(viewer: Viewer, copil_id: int, *, at: datetime) -> Copil | None:
    """Give a copil that `viewer` may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=copil_id))


def readable_copils(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Copil]:
    """Give those that `viewer` may read among some copils."""
    return list(session.scalars(_SOME, reading(viewer, at=at, some=list(ids))))


def copil_by_id(copil_id: int | None) -> Copil | None:
    """Give a copil, whoever asks: for services, which have been let in."""
    return session.get(Copil, copil_id) if copil_id is not None else None


def current_copils(viewer: Viewer, *, at: datetime) -> list[Copil]:
    """List what is announced or under way, the nearest first."""
    return list(session.scalars(_CURRENT, reading(viewer, at=at, **over(at))))


def sequels_of(copil: Copil, viewer: Viewer, *, at: datetime) -> list[Copil]:
    """List the copils that were announced because too few deciders came to this one (C07 SPEC 12)."""
    return list(session.scalars(_SEQUELS, reading(viewer, at=at, number=copil.id)))


def former_days(copil: Copil) -> list[FormerDay]:
    """List the days a copil was to sit on before it was moved, the newest first."""
    statement = sa.select(FormerDay).where(FormerDay.copil_id == copil.id)
    return list(session.scalars(statement.order_by(FormerDay.id.desc())))


def agenda_sizes(copil_ids: Iterable[int]) -> dict[int, int]:
    """Count the questions put at some copils, those they handed on too, in one query."""
    rows = session.execute(_PUT, {"some": list(copil_ids)})
    return {row[0]: row[1] for row in rows}


def owed_answers(viewer: Viewer, *, at: datetime) -> list[tuple[Copil, int]]:
    """List the copils of this person whose answers are not all written down, opened or not, the first due first."""
    counted = sa.select(sa.func.count()).where(
        Question.copil_id == Copil.id, is_on_agenda(), Question.answered_at.is_(None)
    )
    left = counted.correlate(Copil).scalar_subquery()
    held = sa.and_(Copil.is_listening.is_(False), Copil.cancelled_at.is_(None))
    theirs = sa.and_(Copil.facilitator_id == viewer.person_id, Copil.answers_due_on >= local_day(at), held)
    found = sa.select(Copil, left).where(theirs, sa.not_(is_current()), left > 0).order_by(Copil.answers_due_on)
    return [(copil, count) for copil, count in session.execute(found, {READ_AT.key: at, **over(at)})]
