"""People as plugins ask for them: frozen values, one query for many."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.db import db
from portal.errors import NotFound
from portal.people.models import User
from portal.texts import CORE, texts
from portal.values import Person

_ = texts(CORE)
SEARCH_MAX = 20


def people(ids: Iterable[int | None]) -> dict[int, Person]:
    """Give people by id in one query; those unknown are absent."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {number: Person(number, name) for number, name in rows}


def person(person_id: int) -> Person:
    """Give one person.

    :raises NotFound: nobody has this id
    """
    found = people([person_id])
    if person_id not in found:
        raise NotFound(_("Nobody here has this name."))
    return found[person_id]


def find_people(text: str, *, limit: int = SEARCH_MAX) -> list[Person]:
    """Find active people whose name holds `text` or whose matricule it is; alphabetical."""
    wanted = text.strip()
    if not wanted:
        return []
    like = sa.func.lower(User.name).contains(wanted.lower(), autoescape=True)
    statement = (
        sa.select(User.id, User.name)
        .where(User.disabled_at.is_(None), sa.or_(like, User.matricule == wanted))
        .order_by(sa.func.lower(User.name), User.id)
        .limit(limit)
    )
    return [Person(number, name) for number, name in db.session.execute(statement)]
