"""Who is to answer at a copil: functions, whoever holds them at the instant one asks (C07 SPEC 1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from portal.api import Viewer, functions, session

from plugins.copils.models.copil import Decider


def held_by(person_id: int | None, *, at: datetime) -> frozenset[int]:
    """Give the ids of the functions a person holds."""
    if person_id is None:
        return frozenset()
    return frozenset(card.id for card in functions(at=at, person_id=person_id))


def deciders_of(copil_id: int) -> list[Decider]:
    """List the functions invited to a copil, in the order they were chosen."""
    return list(session.scalars(sa.select(Decider).where(Decider.copil_id == copil_id).order_by(Decider.id)))


def is_decider(viewer: Viewer, copil_id: int, *, at: datetime) -> bool:
    """Tell whether a person holds, at this instant, one of the functions invited to a copil."""
    return bool(held_by(viewer.person_id, at=at) & {row.function_id for row in deciders_of(copil_id)})


def decides_at(functions_held: Iterable[int]) -> sa.ColumnElement[bool]:
    """Give the criterion of the rows of `Decider` that one of these functions answers for."""
    return Decider.function_id.in_(list(functions_held))
