"""What waits for somebody in the questions of the field, first come first: to ask together, to take up again, to group.

Whoever is to answer at the copil of a question has nothing to do with it (C07 SPEC 14): it waits for them no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.api import READER, Viewer, reading, session

from plugins.copils.models.copil import Copil, Decider
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.copil_states import is_calling
from plugins.copils.queries.question_states import is_on_agenda

MOST = 5


class Wait(StrEnum):
    """Why a question waits for somebody: invited to ask it, returned to them, wanted together with another."""

    CALLED = "called"
    RETURNED = "returned"
    WANTED = "wanted"


_HELD: sa.BindParameter[Any] = sa.bindparam("held", expanding=True)
_DECIDED = sa.exists().where(Decider.copil_id == Question.copil_id, Decider.function_id.in_(_HELD))
_CALLED = sa.and_(Asker.confirmed_at.is_(None), Question.asked_at.is_(None))
_RETURNED = sa.and_(Asker.is_asker, Question.returned_at.is_not(None))
_WANTING = aliased(Question)
_WANTED = sa.and_(
    Asker.is_asker,
    is_on_agenda(),
    Question.copil_id.in_(sa.select(Copil.id).where(is_calling())),
    Question.id.in_(sa.select(_WANTING.merge_wanted_id).where(_WANTING.merge_wanted_id.is_not(None))),
)
_WAITING = (
    sa.select(Question, Asker.confirmed_at)
    .join(Asker, Asker.question_id == Question.id)
    .where(Asker.person_id == READER, Asker.declined_at.is_(None), Question.withdrawn_at.is_(None), sa.not_(_DECIDED))
    .where(sa.or_(_CALLED, _RETURNED, _WANTED))
    .order_by(Question.id)
    .limit(MOST)
)


def questions_waiting(viewer: Viewer, held: Iterable[int], *, at: datetime) -> list[tuple[Question, Wait]]:
    """List the questions that wait for a person, each with why, in one query.

    :param held: the functions they hold
    """
    rows = session.execute(_WAITING, {**reading(viewer, at=at), "held": list(held)})
    return [(question, _why(question, confirmed_at)) for question, confirmed_at in rows]


def _why(question: Question, confirmed_at: datetime | None) -> Wait:
    if confirmed_at is None:
        return Wait.CALLED
    return Wait.RETURNED if question.returned_at else Wait.WANTED
