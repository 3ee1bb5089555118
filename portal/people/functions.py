"""Functions and their holders over time: what answers for something stays when the person leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.db import db
from portal.people.models import Function, Holding, User
from portal.values import Person


@dataclass(frozen=True, slots=True)
class FunctionCard:
    """A function and who holds it at an instant; without holder it is vacant."""

    id: int
    name: str
    holder: Person | None


def create_function(name: str) -> int:
    """Make a function and give its id; one of the same name is given back."""
    found = db.session.scalar(sa.select(Function.id).where(Function.name == name))
    if found is not None:
        return found
    function = Function(name=name)
    db.session.add(function)
    db.session.flush()
    return function.id


def hold_function(function_id: int, person_id: int, *, since: datetime) -> None:
    """Give a function to a person from an instant on; whoever held it holds it no more."""
    held = sa.update(Holding).where(Holding.function_id == function_id, Holding.until_at.is_(None))
    db.session.execute(held.values(until_at=since))
    db.session.add(Holding(function_id=function_id, user_id=person_id, since_at=since))
    db.session.flush()


def function_choices() -> list[tuple[int, str]]:
    """List the functions, alphabetical."""
    statement = sa.select(Function.id, Function.name).order_by(sa.func.lower(Function.name))
    return [(number, name) for number, name in db.session.execute(statement)]


def function_cards(ids: Iterable[int], *, at: datetime) -> dict[int, FunctionCard]:
    """Give functions with their holder at `at`, in one query."""
    held = sa.and_(
        Holding.function_id == Function.id,
        Holding.since_at <= at,
        sa.or_(Holding.until_at.is_(None), Holding.until_at > at),
    )
    here = sa.and_(User.id == Holding.user_id, User.disabled_at.is_(None))
    statement = (
        sa.select(Function.id, Function.name, User.id, User.name)
        .outerjoin(Holding, held)
        .outerjoin(User, here)
        .where(Function.id.in_(list(ids)))
    )
    cards = {}
    for number, name, person_id, person_name in db.session.execute(statement):
        cards[number] = FunctionCard(number, name, Person(person_id, person_name) if person_id else None)
    return cards
