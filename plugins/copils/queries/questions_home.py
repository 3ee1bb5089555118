"""What waits for somebody in the questions of the field, first come first: to ask together, to take up again, to group.

Whoever is to answer at the copil of a question has nothing to do with it (C07 SPEC 14): it waits for them no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.api import READER, Viewer, reading, session

from plugins.copils.models.copil import Copil, Decider
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.copil_states import is_calling
from plugins.copils.queries.deciders import held_by
from plugins.copils.queries.question_states import is_on_agenda

MOST = 5
_HELD: sa.BindParameter[Any] = sa.bindparam("held", expanding=True)
_DECIDED = sa.exists().where(Decider.copil_id == Question.copil_id, Decider.function_id.in_(_HELD))
_OF_MINE = sa.select(Asker.question_id).where(Asker.person_id == READER, Asker.is_asker)
_CALLED = sa.select(Asker.question_id).where(
    Asker.person_id == READER, Asker.confirmed_at.is_(None), Asker.declined_at.is_(None)
)
_OPEN = sa.select(Question).where(Question.withdrawn_at.is_(None), sa.not_(_DECIDED)).order_by(Question.id).limit(MOST)
_CALLS = _OPEN.where(Question.asked_at.is_(None), Question.id.in_(_CALLED))
_RETURNED = _OPEN.where(Question.returned_at.is_not(None), Question.id.in_(_OF_MINE))
_WANTING = aliased(Question)
_WANTED = (
    _OPEN.where(is_on_agenda(), Question.id.in_(_OF_MINE))
    .where(Question.copil_id.in_(sa.select(Copil.id).where(is_calling())))
    .where(Question.id.in_(sa.select(_WANTING.merge_wanted_id).where(_WANTING.merge_wanted_id.is_not(None))))
)


def _found(statement: sa.Select[Question], viewer: Viewer, at: datetime) -> list[Question]:
    held = list(held_by(viewer.person_id, at=at))
    return list(session.scalars(statement, {**reading(viewer, at=at), "held": held}))


def calls_for(viewer: Viewer, *, at: datetime) -> list[Question]:
    """List the questions that gather voices and that a person is invited to ask."""
    return _found(_CALLS, viewer, at)


def returned_to(viewer: Viewer, *, at: datetime) -> list[Question]:
    """List the questions of a person that a moderator returned."""
    return _found(_RETURNED, viewer, at)


def wanted_of(viewer: Viewer, *, at: datetime) -> list[Question]:
    """List the questions of a person that others propose to ask together with theirs, while the agenda changes."""
    return _found(_WANTED, viewer, at)
