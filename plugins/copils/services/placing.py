"""Where a question goes: the copil it was asked for, the next one when it comes too late, or none yet (C07 SPEC 2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal.api import Event, publish, session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import (
    answers_among,
    last_position,
    merged_into,
    next_copil,
    takes_questions,
    waiting_questions,
    wanting,
)
from plugins.copils.queries.copils import copil_by_id
from plugins.copils.queries.questions import asker_ids
from plugins.copils.services.facts import hold


def place(question: Question, *, actor_id: int | None, at: datetime) -> None:
    """Put a question at the end of the agenda it was asked for, or of the next that takes questions; publish it.

    With no copil ahead it waits for one. On its way, it passes over a copil where one of its askers is to answer.
    """
    wanted = copil_by_id(question.copil_id)
    if wanted is not None:
        hold(wanted)
    if wanted is not None and takes_questions(wanted, at=at):
        _put(question, wanted, at)
    else:
        _send(question, next_copil(asker_ids(question), at=at), at)
    publish(Event("copils.question_asked", question.subject, actor_id, at, {"copil": question.copil_id}))


def _send(question: Question, to: Copil | None, at: datetime) -> None:
    question.came_from_id = question.copil_id or question.came_from_id
    question.merge_wanted_id = None
    for other in wanting(question.id):
        other.merge_wanted_id = None
    if to is not None:
        hold(to)
    _put(question, to, at)


def _put(question: Question, copil: Copil | None, at: datetime) -> None:
    question.copil_id = copil.id if copil else None
    question.position = last_position(copil.id) + 1 if copil else 0
    question.asked_at = question.asked_at or at
    session.flush()


def place_waiting(copil: Copil, *, at: datetime) -> None:
    """Give a copil that was just announced the questions that wait for one, except those whose askers decide there."""
    if takes_questions(copil, at=at):
        carry(waiting_questions(), copil, at=at)


def carry(questions: Iterable[Question], to: Copil | None, *, at: datetime) -> None:
    """Move questions, with those asked together with them, to another copil: theirs is called off, or held again.

    :param to: where they go, unless one of their askers is to answer there; else to the next that takes questions
    """
    for question in list(questions):
        askers = asker_ids(question)
        fits = to is not None and not answers_among(to.id, askers, at=at)
        target = to if fits else next_copil(askers, at=at)
        if (target.id if target else None) == question.copil_id:
            continue
        together = merged_into([question.id])
        for moved in (question, *together):
            _send(moved, target, at)
        facts = {"copil": question.copil_id, "from": question.came_from_id}
        publish(Event("copils.question_carried", question.subject, None, at, facts))


def free_merged(question: Question) -> None:
    """Let those asked together with a question, and those that would be, stand on their own: it leaves the agenda."""
    for other in (*merged_into([question.id]), *wanting(question.id)):
        other.merged_into_id = other.merge_wanted_id = None
    question.merged_into_id = question.merge_wanted_id = None
    session.flush()
