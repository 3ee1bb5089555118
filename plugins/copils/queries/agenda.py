"""The agenda of a copil: its questions in their order, those asked together with them; and which copil is next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from portal.api import READ_AT, Audience, Viewer, session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import HandedOn, Question
from plugins.copils.queries.copil_states import State as CopilState
from plugins.copils.queries.copil_states import is_calling, state_of
from plugins.copils.queries.deciders import holder_ids
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.question_states import is_on_agenda

_AGENDA = sa.select(Question).where(Question.copil_id == sa.bindparam("number"), is_on_agenda())
_WAS_HERE = sa.and_(HandedOn.question_id == Question.id, HandedOn.copil_id == sa.bindparam("number"))
_HEARD = sa.select(Question).join(HandedOn, _WAS_HERE).where(is_on_agenda()).order_by(HandedOn.position, Question.id)
_NUMBERS = sa.union(
    sa.select(Question.id).where(Question.copil_id == sa.bindparam("number")),
    sa.select(HandedOn.question_id).where(HandedOn.copil_id == sa.bindparam("number")),
)
_PUBLIC = (
    sa.select(Question)
    .outerjoin(HandedOn, _WAS_HERE)
    .where(Question.id.in_(_NUMBERS), Question.asked_at.is_not(None))
    .order_by(sa.func.coalesce(HandedOn.position, Question.position), Question.id)
)
_CALLING = sa.select(Copil).where(is_calling()).order_by(Copil.held_at, Copil.id)
_LAST = sa.select(sa.func.max(Question.position)).where(Question.copil_id == sa.bindparam("number"))
_WAITING = (
    sa.select(Question)
    .where(Question.copil_id.is_(None), is_on_agenda(), Question.answered_at.is_(None))
    .order_by(Question.asked_at, Question.id)
)
_ASIDE = sa.or_(Question.withdrawn_at.is_not(None), Question.returned_at.is_not(None))


def agenda_of(copil_id: int) -> list[Question]:
    """List the questions that are put at a copil, in the order of its agenda."""
    return list(session.scalars(_AGENDA.order_by(Question.position, Question.id), {"number": copil_id}))


def heard_at(copil: Copil) -> list[Question]:
    """List the questions one speaks of at a copil: its agenda; if it only listens, what was carried to its sequel."""
    return list(session.scalars(_HEARD, {"number": copil.id})) if copil.is_listening else agenda_of(copil.id)


def was_put_at(copil: Copil, question: Question) -> bool:
    """Tell whether one speaks of a question at a copil: it is one of `heard_at`."""
    if not copil.is_listening:
        return is_put_at(copil, question)
    return session.scalar(_HEARD.where(Question.id == question.id), {"number": copil.id}) is not None


def agenda_glances(
    viewer: Viewer, copil: Copil, *, at: datetime, may_order: bool = False, most: int | None = None
) -> list[Glance]:
    """List what the agenda shows: the numbered questions, each with those asked together with it, then the others.

    The others have no number: returned to those who asked, or withdrawn; they stay as a line, for nothing goes quietly.
    Of a copil that only listened or was called off, what was put there too, though it went on to another.

    :param may_order: `viewer` decides nothing there: while it takes questions, their order is theirs too
    :param most: how many of each it lists
    """
    put, aside = (
        list(session.scalars(_PUBLIC.where(which).limit(most), {"number": copil.id}))
        for which in (is_on_agenda(), _ASIDE)
    )
    with_them = merged_into(question.id for question in put) if put else []
    found = glances([*put, *with_them, *aside], viewer, at=at)
    can_move = may_order and len(put) > 1 and takes_questions(copil, at=at)
    return [*_numbered(found[: len(put)], found[len(put) :], can_move=can_move), *found[len(put) + len(with_them) :]]


def agenda_goes_on(copil: Copil, *, most: int) -> bool:
    """Tell whether more questions are on the agenda than `most`, or stand beside it."""
    beyond = (_PUBLIC.where(which).offset(most).limit(1) for which in (is_on_agenda(), _ASIDE))
    return any(session.scalar(statement, {"number": copil.id}) is not None for statement in beyond)


def is_put_at(copil: Copil, question: Question) -> bool:
    """Tell whether a question is on the agenda of a copil: in Python, what `is_on_agenda` is in SQL."""
    is_aside = question.withdrawn_at or question.returned_at or question.merged_into_id
    return question.copil_id == copil.id and question.asked_at is not None and not is_aside


def takes_questions(copil: Copil, *, at: datetime) -> bool:
    """Tell whether the agenda of a copil still changes (C07 SPEC 2)."""
    return state_of(copil, at=at) is CopilState.CALL


def _numbered(put: list[Glance], others: list[Glance], *, can_move: bool) -> Iterator[Glance]:
    together: dict[int | None, list[Glance]] = {}
    for glance in others:
        together.setdefault(glance.question.merged_into_id, []).append(glance)
    for number, glance in enumerate(put, start=1):
        merged = tuple(together.get(glance.question.id, ()))
        yield replace(glance, number=number, together=merged, can_move=can_move)


def last_position(copil_id: int) -> int:
    """Give the place of the last question that came to a copil; 0 if none did."""
    return session.scalar(_LAST, {"number": copil_id}) or 0


def merged_into(question_ids: Iterable[int]) -> list[Question]:
    """List the questions that are asked together with one of these, the first asked first."""
    found = sa.select(Question).where(Question.merged_into_id.in_(list(question_ids)))
    return list(session.scalars(found.order_by(Question.asked_at, Question.id)))


def tied_to(question: Question) -> list[Question]:
    """List the questions that are asked together with one, or that one of the two sides proposes to, in one query."""
    hosts = [number for number in (question.merged_into_id, question.merge_wanted_id) if number]
    wants = sa.and_(Question.merge_wanted_id == question.id, is_on_agenda())
    tied = sa.or_(Question.merged_into_id == question.id, wants, Question.id.in_(hosts))
    return list(session.scalars(sa.select(Question).where(tied).order_by(Question.asked_at, Question.id)))


def wanting(question_id: int) -> list[Question]:
    """List the questions whose askers propose to ask them together with this one, the first asked first."""
    found = sa.select(Question).where(Question.merge_wanted_id == question_id, is_on_agenda())
    return list(session.scalars(found.order_by(Question.asked_at, Question.id)))


def waiting_questions() -> list[Question]:
    """List the questions that wait for a copil to be announced, the first asked first."""
    return list(session.scalars(_WAITING, execution_options={"populate_existing": True}))


def answers_among(copil_id: int, person_ids: Iterable[int], *, at: datetime) -> bool:
    """Tell whether one of these people is to answer at a copil."""
    return not set(holder_ids(copil_id, at=at)).isdisjoint(person_ids)


def next_copil(person_ids: Iterable[int], *, origin: Copil | None, at: datetime) -> Copil | None:
    """Give the nearest copil that still takes questions and where what these people ask may go (C07 SPEC 2)."""
    return first_fitting(session.scalars(_CALLING, {READ_AT.key: at}), person_ids, origin=origin, at=at)


def first_fitting(
    copils: Iterable[Copil], person_ids: Iterable[int], *, origin: Copil | None, at: datetime
) -> Copil | None:
    """Give the first of some copils where not all of these people are to answer, read by nobody more than the first.

    :param origin: the copil it was asked for, whose readers they were told
    """
    askers = set(person_ids)
    fitting = (copil for copil in copils if origin is None or origin.audience in {copil.audience, Audience.PUBLIC})
    return next((copil for copil in fitting if not askers or askers - {*holder_ids(copil.id, at=at)}), None)
