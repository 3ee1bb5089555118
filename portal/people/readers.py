"""A person as a reader outside any session: who a mail is for, whose feed this is. They read, and may do nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from portal.db import db
from portal.people.models import User
from portal.people.persons import is_here
from portal.people.sessions import viewer_of
from portal.values import Person, Viewer


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads.

    :ivar viewer: reads what the person reads, and holds no permission
    :ivar mail: None if the person has no address, or wants no mail
    """

    person: Person
    viewer: Viewer
    language: str
    mail: str | None


def reader_of(person_id: int) -> Reader | None:
    """Give a person as a reader; None once they have left."""
    user = db.session.scalar(sa.select(User).where(User.id == person_id, is_here()))
    if user is None:
        return None
    viewer = replace(viewer_of(user.id), permissions=frozenset())
    return Reader(Person(user.id, user.name), viewer, user.language, user.email if user.wants_mail else None)
