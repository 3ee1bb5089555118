"""Erasing a person: they leave, then what is held about them goes as each column declares (trust P17, G6).

The journal keeps a number and dates, so that a restored backup is made to forget again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.files.models import File
from portal.content.models import Erasure
from portal.content.privacy.erasing import erase_mentions, erase_rows
from portal.db import db
from portal.errors import NotFound
from portal.loader.inventory.sheets import read_inventory
from portal.people.leaving import leave
from portal.people.models import User
from portal.people.persons import subject_of
from portal.texts import CORE, texts
from portal.values import Viewer

_ = texts(CORE)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One line of the journal, as it is kept beside the backups: no name."""

    user_id: int
    user_created_at: datetime
    erased_at: datetime


def any_user(user_id: int) -> User:
    """Give a person, also one who left.

    :raises NotFound: there never was such a number
    """
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound(_("Nobody here has this number."))
    return user


def _marks(user: User) -> tuple[str, ...]:
    return tuple(mark for mark in (user.name, user.email) if mark) if user.disabled_at is None else ()


def erase_person(user_id: int, *, actor: Viewer | None, at: datetime) -> None:
    """Let a person leave if they have not, then erase what is held about them. Doing it again changes nothing.

    :raises NotFound: there never was such a number
    :raises Conflict: this is the last administrator
    """
    user = any_user(user_id)
    marks, created_at = _marks(user), user.created_at
    if user.disabled_at is None:
        leave(user_id, actor=actor, at=at)
    db.session.flush()
    inventory = read_inventory(db.session)
    db.session.execute(sa.delete(File).where(File.owner_kind == "portal.user", File.owner_id == user_id))
    erase_rows(inventory, user_id)
    erase_mentions(inventory, marks)
    db.session.expire_all()
    db.session.add(Erasure(user_id=user_id, user_created_at=created_at, erased_at=real_now()))
    db.session.flush()
    record("portal.person_erased", subject_of(user_id), actor=actor, at=at)


def journal(through: Any) -> list[Forgotten]:
    """List the erasures, oldest first, through a connection or a session."""
    columns = (Erasure.user_id, Erasure.user_created_at, Erasure.erased_at)
    return [Forgotten(*row) for row in through.execute(sa.select(*columns).order_by(Erasure.id))]


def forget_again(lines: Iterable[Forgotten], *, at: datetime) -> list[int]:
    """Erase those of a journal whom this database still knows; give their numbers.

    A number that an older backup gave to somebody else is left alone: the date of the account tells.
    """
    known, again = {(line.user_id, line.erased_at) for line in journal(db.session)}, []
    for line in lines:
        user = db.session.get(User, line.user_id)
        same = user is not None and user.created_at == line.user_created_at
        if same and (line.user_id, line.erased_at) not in known:
            erase_person(line.user_id, actor=None, at=at)
            again.append(line.user_id)
    return again
