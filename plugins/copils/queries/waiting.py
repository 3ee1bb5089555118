"""What of the commitments waits for one person: what they owe, what they are to say as one who asked (C07)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Viewer, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Decider
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.commitment_states import is_owed
from plugins.copils.queries.commitments import PRESSING, Glance, asked, glances, readable_commitments

AT_MOST = 5
_HELD: sa.BindParameter[Any] = sa.bindparam("held", expanding=True)
_few = sa.alias(Commitment.__table__, "few")


def _asked_by_reader() -> sa.ColumnElement[bool]:
    """Give the criterion of what answers a question that `READER` asks, or asks through one merged into it.

    The subquery over an alias says nothing more: it makes both databases start from the few questions of a person.
    """
    theirs = sa.select(Asker.question_id).where(Asker.person_id == READER, Asker.is_asker)
    merged = sa.select(Question.merged_into_id).where(Question.id.in_(theirs), Question.merged_into_id.is_not(None))
    return Commitment.id.in_(sa.select(_few.c.id).where(_few.c.question_id.in_(theirs.union(merged))))


def _witnessed() -> sa.Select[Commitment]:
    """Select what `READER` asked for and does not answer for, where they decide nothing (C07 SPEC 8 and 14)."""
    decided = sa.select(Decider.copil_id).where(Decider.function_id.in_(_HELD))
    owns = sa.or_(Commitment.function_id.in_(_HELD), Commitment.copil_id.in_(decided))
    return readable_commitments().where(_asked_by_reader(), sa.not_(owns))


_OWED = readable_commitments().where(Commitment.function_id.in_(_HELD), is_owed()).order_by(*PRESSING).limit(AT_MOST)
_TO_JUDGE = sa.and_(
    Commitment.proposed_at.is_not(None),
    Commitment.proposed_by_id != READER,
    Commitment.confirmed_at.is_(None),
    Commitment.withdrawn_at.is_(None),
)
_TO_DESCRIBE = sa.and_(is_owed(), Commitment.known_by.is_(None))
_TO_SAY = (
    _witnessed()
    .where(sa.or_(_TO_JUDGE, _TO_DESCRIBE))
    .order_by(Commitment.proposed_at.is_(None), Commitment.proposed_at, Commitment.made_at, Commitment.id)
    .limit(AT_MOST)
)


def owed_by(viewer: Viewer, held: Iterable[int], *, at: datetime) -> list[Glance]:
    """List what these functions owe, first what presses."""
    functions = list(held)
    found = session.scalars(_OWED, asked(viewer, at=at, held=functions)) if functions else ()
    return glances(found, at=at)


def to_say_by(viewer: Viewer, held: Iterable[int], *, at: datetime) -> list[Commitment]:
    """List what waits for a word of this person: first what was said done, oldest first, then what has no measure yet.

    :param held: the functions they hold
    """
    return list(session.scalars(_TO_SAY, asked(viewer, at=at, held=list(held))))
