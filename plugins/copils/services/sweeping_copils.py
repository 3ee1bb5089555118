"""What the clock does to copils, written down once with its true instant: the agenda is settled, answers are missing.

A question that waits goes to the first copil that may take it, should what kept it from there have changed.

No page waits for this: states are derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Event, local_day, local_midnight, publish, record_passage, session, settle

from plugins.copils.models.copil import Copil
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.services.facts import hold_calling, hold_waiting
from plugins.copils.services.placing import carry_all

# A copil whose answers were due longer ago was told of, unless nothing ran for a year: then it is too late to tell.
LOOK_BACK = timedelta(days=366)


def sweep_copils(at: datetime) -> bool | None:
    """Place what waits for a copil; publish that agendas are settled, and that questions are left without an answer."""
    waiting = hold_waiting()
    if waiting:
        carry_all(waiting, hold_calling(at=at), at=at)
    for copil in _passed(Copil.freezes_at <= at, at):
        if record_passage(copil.subject, "frozen", copil.freezes_at):
            publish(Event("copils.copil_frozen", copil.subject, None, copil.freezes_at))
    for copil in _passed(Copil.answers_due_on < local_day(at), at):
        _note_unanswered(copil)
    return None


def _passed(criterion: sa.ColumnElement[bool], at: datetime) -> list[Copil]:
    stands = sa.and_(Copil.cancelled_at.is_(None), Copil.held_at > at - LOOK_BACK, criterion)
    return list(session.scalars(sa.select(Copil).where(stands).order_by(Copil.id)))


def _note_unanswered(copil: Copil) -> None:
    """Publish each question that has no answer on the eighth working day (C07 SPEC 4); one that listened has none."""
    since = local_midnight(copil.answers_due_on + timedelta(days=1))
    if not record_passage(copil.subject, "answers_due", since):
        return
    settle(copil.subject, at=since)  # nobody closed it
    for question in agenda_of(copil.id):
        if question.answered_at is None or question.answered_at >= since:
            publish(Event("copils.question_unanswered", question.subject, None, since, {"copil": copil.id}))
