"""Where a question goes: the copil it was asked for, the next one when it comes too late, or none yet (C07 SPEC 2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.api import Event, publish, session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import HandedOn, Question
from plugins.copils.queries.agenda import (
    first_fitting,
    last_position,
    merged_into,
    takes_questions,
    wanting,
)
from plugins.copils.queries.copils import copil_by_id
from plugins.copils.queries.questions import asker_ids
from plugins.copils.services.facts import hold_calling


def place(question: Question, *, at: datetime) -> None:
    """Put a question that is held with its copil at the end of that agenda, or of the next that takes questions.

    With no copil ahead it waits for one. It is published by `say_asked`, once all that is to be held is.
    """
    wanted = copil_by_id(question.copil_id)
    if wanted is not None and takes_questions(wanted, at=at):
        _put(question, wanted, at)
    else:
        _send(question, next_among(hold_calling(at=at), question, at=at), at)


def say_asked(question: Question, *, actor_id: int | None, at: datetime) -> None:
    """Publish that a question is asked."""
    publish(Event("copils.question_asked", question.subject, actor_id, at, {"copil": question.copil_id}))


def next_among(copils: list[Copil], question: Question, *, at: datetime) -> Copil | None:
    """Give the first of some copils where a question may go: not where all who ask it are to answer."""
    origin = copil_by_id(question.copil_id or question.came_from_id)
    return first_fitting(copils, asker_ids(question), origin=origin, at=at)


def _send(question: Question, to: Copil | None, at: datetime) -> None:
    question.came_from_id = question.copil_id or question.came_from_id
    question.merge_wanted_id = None
    for other in wanting(question.id):
        other.merge_wanted_id = None
    _put(question, to, at)


def _put(question: Question, copil: Copil | None, at: datetime) -> None:
    question.copil_id = copil.id if copil else None
    question.position = last_position(copil.id) + 1 if copil else 0
    question.asked_at = question.asked_at or at
    session.flush()


def carry_all(questions: Iterable[Question], copils: list[Copil], *, at: datetime) -> None:
    """Move each of some questions to the first of some copils where it may go; else it waits for one."""
    for question in list(questions):
        carry(question, next_among(copils, question, at=at), at=at)


def carry(question: Question, to: Copil | None, *, at: datetime) -> None:
    """Move a question, with those asked together with it, to a copil that is held; to none, it waits for one."""
    if question.copil_id == (to.id if to else None):
        return
    for moved in (question, *merged_into([question.id])):
        if moved.copil_id is not None:
            session.add(HandedOn(copil_id=moved.copil_id, question_id=moved.id, position=moved.position))
        _send(moved, to, at)
    facts = {"copil": question.copil_id, "from": question.came_from_id}
    publish(Event("copils.question_carried", question.subject, None, at, facts))


def free_merged(question: Question) -> None:
    """Let those asked together with a question, and those that would be, stand on their own: it leaves the agenda."""
    for other in (*merged_into([question.id]), *wanting(question.id)):
        other.merged_into_id = other.merge_wanted_id = None
    question.merged_into_id = question.merge_wanted_id = None
    session.flush()
