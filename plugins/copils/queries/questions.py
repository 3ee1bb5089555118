"""Which questions one may read, and who asks them: all who asked, those of the questions merged into one included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import READER, Viewer, reading, session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import COLLECTIVE_LEAST, Asker, FormerAnswer, HandedOn, Masking, Question
from plugins.copils.queries.deciders import holder_ids


def readable() -> sa.ColumnElement[bool]:
    """Give the criterion of the questions that `READER` may read.

    Public, they are read by whoever reads their copil, or the one that handed them on while they wait for another;
    before, by those who ask them, and by those they invited until they withdraw it.
    """
    theirs = sa.exists().where(
        Asker.question_id == Question.id,
        Asker.person_id == READER,
        Asker.declined_at.is_(None),
        Asker.is_support.is_(False),
        sa.or_(Asker.confirmed_at.is_not(None), Question.withdrawn_at.is_(None)),
    )
    open_copils = sa.select(Copil.id).where(Copil.readable())
    handed_on = sa.select(HandedOn.question_id).where(HandedOn.copil_id.in_(open_copils))
    is_open = sa.or_(
        Question.copil_id.in_(open_copils), sa.and_(Question.copil_id.is_(None), Question.id.in_(handed_on))
    )
    return sa.or_(sa.and_(Question.asked_at.is_not(None), is_open), theirs)


_READABLE = sa.select(Question).where(readable())
_ONE = _READABLE.where(Question.id == sa.bindparam("number"))
_MANY = _READABLE.where(Question.id.in_(sa.bindparam("numbers", expanding=True))).options(joinedload(Question.copil))


def readable_question(viewer: Viewer, question_id: int, *, at: datetime) -> Question | None:
    """Give a question that `viewer` may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=question_id))


def readable_questions(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Question]:
    """List the questions among these that `viewer` may read."""
    return list(session.scalars(_MANY, reading(viewer, at=at, numbers=list(ids))))


def voice_of(person_id: int | None, question: Question) -> Asker | None:
    """Give what a person has said of this very question: invited, yes, no, support; None if nothing."""
    found = sa.select(Asker).where(Asker.question_id == question.id, Asker.person_id == person_id)
    return session.scalar(found) if person_id is not None else None


def asks_itself(person_id: int | None, question: Question) -> bool:
    """Tell whether a person asks this very question, and not one that is asked together with it."""
    voice = voice_of(person_id, question)
    return voice is not None and voice.is_asker


def _and_merged(question_id: int) -> sa.Select[int]:
    """Select the numbers of a question and of those that are asked together with it."""
    return sa.select(Question.id).where(sa.or_(Question.id == question_id, Question.merged_into_id == question_id))


def asks(person_id: int | None, question: Question) -> bool:
    """Tell whether a person asks this question, alone, with others, or through one merged into it; support is none."""
    theirs = sa.and_(Asker.person_id == person_id, Asker.is_asker)
    found = sa.select(Asker.id).where(theirs, Asker.question_id.in_(_and_merged(question.id))).limit(1)
    return person_id is not None and session.scalar(found) is not None


def asker_ids(question: Question) -> list[int]:
    """Give the ids of those who ask this question, or one merged into it: to tell them, never to show who they are."""
    return _ids(question, with_support=False)


def voice_ids(question: Question) -> list[int]:
    """Give the ids of those who ask this question or one merged into it, and of those who support it: to tell them."""
    return _ids(question, with_support=True)


def _ids(question: Question, *, with_support: bool) -> list[int]:
    who = Asker.is_voice if with_support else Asker.is_asker
    found = sa.select(Asker.person_id).where(who, Asker.question_id.in_(_and_merged(question.id)))
    return sorted({number for number in session.scalars(found) if number is not None})


def asker_count(question_id: int, *, without: Iterable[int] = ()) -> int:
    """Count who asks a question, whoever has left since (G6); those who support it make no collective.

    :param without: people whose voices do not count
    """
    barred = sa.func.coalesce(Asker.person_id, 0).in_(list(without))
    counted = sa.select(sa.func.count()).where(Asker.is_asker, Asker.question_id == question_id, sa.not_(barred))
    return session.scalar(counted) or 0


def missing_voices(question: Question, *, at: datetime) -> int:
    """Count the voices that a collective still needs; those of who is to answer make none public (C07 SPEC 11, 14)."""
    if not question.is_collective:
        return 0
    deciders = holder_ids(question.copil_id, at=at) if question.copil_id and question.asked_at is None else []
    return max(0, COLLECTIVE_LEAST - asker_count(question.id, without=deciders))


def maskings_of(question_id: int) -> list[Masking]:
    """List the names that were masked in a question, without what they were, the first masked first."""
    return list(session.scalars(sa.select(Masking).where(Masking.question_id == question_id).order_by(Masking.id)))


def former_answers_of(question_id: int) -> list[FormerAnswer]:
    """List what was written as the answer before it was corrected, newest first."""
    former = sa.select(FormerAnswer).where(FormerAnswer.question_id == question_id)
    return list(session.scalars(former.order_by(FormerAnswer.id.desc())))


def member_ids(question_id: int) -> list[int]:
    """Give the ids of those who ask this very question, first come first: of a collective, for its members alone."""
    found = sa.select(Asker.person_id).where(Asker.question_id == question_id, Asker.is_asker)
    return [number for number in session.scalars(found.order_by(Asker.id)) if number is not None]


def invited_ids(question_id: int) -> list[int]:
    """Give the ids of those invited who have not said yes; nobody learns who of them said no."""
    found = sa.select(Asker.person_id).where(Asker.question_id == question_id, Asker.confirmed_at.is_(None))
    return [number for number in session.scalars(found.order_by(Asker.id)) if number is not None]
