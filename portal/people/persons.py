"""People as plugins ask for them: frozen values, one query for many; a selectable for lists and joins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.content.clock import now
from portal.content.words import fold
from portal.db import db
from portal.errors import NotFound
from portal.people.models import Service, User
from portal.texts import CORE, texts
from portal.values import Person, Subject

_ = texts(CORE)
SEARCH_MAX = 20
_NAMED = sa.select(User.id, User.name, User.disabled_at).where(User.id.in_(sa.bindparam("ids", expanding=True)))


def people(ids: Iterable[int | None]) -> dict[int, Person]:
    """Give people by id in one query; those unknown are absent, those who left have a pseudonym (G6)."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    rows = db.session.execute(_NAMED, {"ids": wanted})
    return {
        number: Person(number, name) if left is None else Person(number, _("A person who left"), has_left=True)
        for number, name, left in rows
    }


def person(person_id: int) -> Person:
    """Give one person.

    :raises NotFound: nobody has this id
    """
    found = people([person_id])
    if person_id not in found:
        raise NotFound(_("Nobody here has this name."))
    return found[person_id]


def subject_of(user_id: int) -> Subject:
    """Name a person as a subject."""
    return Subject("portal.user", user_id)


def is_here(at: sa.BindParameter[datetime] | None = None) -> sa.ColumnElement[bool]:
    """Give the criterion of the people who may come in: not gone, and no planned departure has come.

    :param at: the parameter that will say when, in a statement built once; now by default
    """
    moment = now() if at is None else at
    return sa.and_(User.disabled_at.is_(None), sa.or_(User.leaves_at.is_(None), User.leaves_at > moment))


def named_like(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Give the criterion of the names that hold each word of `text`, in any order, accents or not."""
    return sa.and_(sa.true(), *(column.contains(word, autoescape=True) for word in fold(text).split()))


def find_people(text: str, *, limit: int = SEARCH_MAX) -> list[Person]:
    """Find people who are here by the words of their name, or by their matricule; alphabetical."""
    wanted = text.strip()
    if not wanted:
        return []
    statement = (
        sa.select(User.id, User.name)
        .where(User.disabled_at.is_(None), sa.or_(named_like(User.sort_name, wanted), User.matricule == wanted))
        .order_by(User.sort_name, User.id)
        .limit(limit)
    )
    return [Person(number, name) for number, name in db.session.execute(statement)]


def people_table() -> sa.Subquery:
    """Give the people who are here as a read-only table, to join and to list.

    Columns: `id` `name` `sort_name` `job_title` `phone` `email` `role` `superior_id` `service_id` `service` (its name)
    `leaves_at`.
    """
    return (
        sa.select(
            User.id,
            User.name,
            User.sort_name,
            User.job_title,
            User.phone,
            User.email,
            User.role,
            User.superior_id,
            User.service_id,
            Service.name.label("service"),
            User.leaves_at,
        )
        .outerjoin(Service, Service.id == User.service_id)
        .where(User.disabled_at.is_(None))
        .subquery("people")
    )
