"""Which questions one may read, and who asks them: all who asked, those of the questions merged into one included."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.api import session

from plugins.copils.models.question import COLLECTIVE_LEAST, Asker, Question


def _and_merged(question_id: int) -> sa.Select[int]:
    """Select the numbers of a question and of those that are asked together with it."""
    return sa.select(Question.id).where(sa.or_(Question.id == question_id, Question.merged_into_id == question_id))


def asks(person_id: int | None, question: Question) -> bool:
    """Tell whether a person asks this question, alone, with others, or through one merged into it."""
    theirs = sa.and_(Asker.person_id == person_id, Asker.confirmed_at.is_not(None), Asker.declined_at.is_(None))
    found = sa.select(Asker.id).where(theirs, Asker.question_id.in_(_and_merged(question.id))).limit(1)
    return person_id is not None and session.scalar(found) is not None


def asker_ids(question: Question) -> list[int]:
    """Give the ids of those who ask this question, or one merged into it: to tell them, never to show who they are."""
    confirmed = sa.and_(Asker.confirmed_at.is_not(None), Asker.declined_at.is_(None), Asker.person_id.is_not(None))
    found = sa.select(Asker.person_id).where(confirmed, Asker.question_id.in_(_and_merged(question.id)))
    return sorted({number for number in session.scalars(found) if number is not None})


def confirmed_count(question_id: int) -> int:
    """Count who said yes to asking a question, whoever has left since (G6)."""
    confirmed = sa.and_(Asker.confirmed_at.is_not(None), Asker.declined_at.is_(None))
    counted = sa.select(sa.func.count()).select_from(Asker).where(confirmed, Asker.question_id == question_id)
    return session.scalar(counted) or 0


def named_askers(questions: Iterable[Question]) -> dict[int, list[int]]:
    """Give the ids of those whose names are shown beside each question; none of a collective (C07 SPEC 11)."""
    shown = [question.id for question in questions if not question.is_collective]
    confirmed = sa.and_(Asker.confirmed_at.is_not(None), Asker.declined_at.is_(None))
    found: dict[int, list[int]] = {}
    rows = sa.select(Asker.question_id, Asker.person_id).where(confirmed, Asker.question_id.in_(shown))
    for question_id, person_id in session.execute(rows.order_by(Asker.id)):
        if person_id is not None:
            found.setdefault(question_id, []).append(person_id)
    return found


def is_enough(question: Question) -> bool:
    """Tell whether as many confirmed as a collective takes (C07 SPEC 11)."""
    return not question.is_collective or confirmed_count(question.id) >= COLLECTIVE_LEAST
