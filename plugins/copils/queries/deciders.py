"""Who is to answer at a copil: functions, whoever holds them at the instant one asks (C07 SPEC 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import FunctionCard, Viewer, function_cards, functions, session

from plugins.copils.models.copil import Decider


@dataclass(frozen=True, slots=True)
class Seat:
    """A function that is to answer, who holds it today, and whether it was there."""

    decider: Decider
    function: FunctionCard


def held_by(person_id: int | None, *, at: datetime) -> frozenset[int]:
    """Give the ids of the functions a person holds."""
    if person_id is None:
        return frozenset()
    return frozenset(card.id for card in functions(at=at, person_id=person_id))


def deciders_of(copil_id: int) -> list[Decider]:
    """List the functions invited to a copil, in the order they were chosen."""
    return list(session.scalars(sa.select(Decider).where(Decider.copil_id == copil_id).order_by(Decider.id)))


def seats_of(copil_id: int, *, at: datetime) -> list[Seat]:
    """List the functions invited to a copil with their holder at an instant."""
    rows = deciders_of(copil_id)
    cards = function_cards([row.function_id for row in rows], at=at)
    return [Seat(row, cards[row.function_id]) for row in rows]


def holder_ids(copil_id: int, *, at: datetime) -> list[int]:
    """Give the ids of the people who are to answer at a copil."""
    return [seat.function.holder.id for seat in seats_of(copil_id, at=at) if seat.function.holder]


def is_decider(viewer: Viewer, copil_id: int, *, at: datetime) -> bool:
    """Tell whether a person holds, at this instant, one of the functions invited to a copil."""
    return bool(held_by(viewer.person_id, at=at) & {row.function_id for row in deciders_of(copil_id)})


def decides_among(held: frozenset[int], copil_ids: Iterable[int]) -> frozenset[int]:
    """Give the ids of the copils, among some, where whoever holds these functions is to answer."""
    ids = list(copil_ids)
    if not held or not ids:
        return frozenset()
    return frozenset(session.scalars(sa.select(Decider.copil_id).where(Decider.copil_id.in_(ids), decides_at(held))))


def decides_at(functions_held: Iterable[int]) -> sa.ColumnElement[bool]:
    """Give the criterion of the rows of `Decider` that one of these functions answers for."""
    return Decider.function_id.in_(list(functions_held))
