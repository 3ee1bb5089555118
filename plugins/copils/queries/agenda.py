"""The agenda of a copil: its questions in their order, with those that are asked together."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import session

from plugins.copils.models.question import Question
from plugins.copils.queries.question_states import is_on_agenda

_AGENDA = sa.select(Question).where(Question.copil_id == sa.bindparam("number"), is_on_agenda())


def agenda_of(copil_id: int) -> list[Question]:
    """List the questions that are put at a copil, in the order of its agenda."""
    return list(session.scalars(_AGENDA.order_by(Question.position, Question.id), {"number": copil_id}))
