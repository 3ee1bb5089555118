"""What the administration writes of a person: added, changed, each change in the audit. Leaving is `leaving.py`.

`PersonFacts` is compared and replaced as a whole: what a form or an import knows of somebody is one value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.words import fold
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.people.models import User
from portal.people.persons import subject_of
from portal.people.services import check_open
from portal.texts import CORE, texts
from portal.values import Role, Viewer

_ = texts(CORE)
PERSONAL_ROLES = frozenset({Role.AGENT, Role.PLUGIN_ADMIN, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the administration writes of a person.

    :ivar matricule: signs in; None for nobody who needs to
    :ivar superior_id: a fact that opens nothing (P19)
    """

    name: str
    matricule: str | None = None
    email: str | None = None
    service_id: int | None = None
    job_title: str | None = None
    phone: str | None = None
    superior_id: int | None = None
    role: Role = Role.AGENT


FIELDS = tuple(field.name for field in fields(PersonFacts))


def active_user(user_id: int) -> User:
    """Give the row of a person who has not left.

    :raises NotFound: nobody, or they left
    """
    user = db.session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise NotFound(_("Nobody here has this name."))
    return user


def people_facts(ids: Iterable[int] | None = None, *, keys: Iterable[str] | None = None) -> dict[int, PersonFacts]:
    """Give what is written of these people (None: of all) by id, without those who left; one query.

    :param keys: only those whose matricule or address is one of these
    """
    columns = (getattr(User, name) for name in FIELDS)
    statement = sa.select(User.id, *columns).where(User.disabled_at.is_(None))
    if ids is not None:
        statement = statement.where(User.id.in_(list(ids)))
    if keys is not None:
        wanted = list(keys)
        statement = statement.where(sa.or_(User.matricule.in_(wanted), User.email.in_(wanted)))
    return {number: replace(PersonFacts(*rest), role=Role(rest[-1])) for number, *rest in db.session.execute(statement)}


def add_person(facts: PersonFacts, *, actor: Viewer | None, at: datetime, pin_hash: str | None = None) -> int:
    """Add a person and give their id. There is no default password: they enter by a one-time link, or a PIN.

    Somebody who comes back is a new person: nothing of a former account is found again (P18).

    :raises Invalid: no name, a service that is closed, a superior who is not here
    :raises Conflict: the matricule or the address belongs to somebody
    """
    facts = _checked(facts, user_id=None)
    written = {name: getattr(facts, name) for name in FIELDS}
    user = User(**written, sort_name=fold(facts.name), pin_hash=pin_hash, created_at=at)
    db.session.add(user)
    db.session.flush()
    record("portal.user_added", subject_of(user.id), actor=actor, at=at, facts={"role": facts.role.value})
    return user.id


def change_person(user_id: int, facts: PersonFacts, *, actor: Viewer | None, at: datetime) -> bool:
    """Write what is now known of a person; False if nothing changed. The audit says which fields, never their words.

    :raises NotFound: nobody, or they left
    :raises Invalid: no name, a service that is closed, a superior who is not here or stands below
    :raises Conflict: the matricule or the address belongs to somebody; the last administrator must stay one
    """
    user = active_user(user_id)
    before = PersonFacts(**{name: getattr(user, name) for name in FIELDS if name != "role"}, role=Role(user.role))
    facts = _checked(facts, user_id=user_id, before=before)
    changed = [name for name in FIELDS if getattr(before, name) != getattr(facts, name)]
    if not changed:
        return False
    if "role" in changed and before.role is Role.ADMIN:
        check_other_administrator(user_id)
    for name in changed:
        setattr(user, name, getattr(facts, name))
    user.sort_name = fold(facts.name)
    db.session.flush()
    _record_change(user_id, changed, facts.role, actor=actor, at=at)
    return True


def _record_change(user_id: int, changed: list[str], role: Role, *, actor: Viewer | None, at: datetime) -> None:
    if "role" in changed:
        record("portal.role_changed", subject_of(user_id), actor=actor, at=at, facts={"role": role.value})
    others = [name for name in changed if name != "role"]
    if others:
        record("portal.user_changed", subject_of(user_id), actor=actor, at=at, facts={"fields": others})


def check_other_administrator(user_id: int) -> None:
    """Refuse that nobody administers the portal any more.

    :raises Conflict: make somebody else an administrator first
    """
    administrators = sa.select(User.id).where(User.role == Role.ADMIN, User.disabled_at.is_(None)).with_for_update()
    # planned departures do not count: who leaves on Friday is no help on Monday
    if not set(db.session.scalars(administrators.where(User.leaves_at.is_(None)))) - {user_id}:
        raise Conflict(_("This is the last administrator. Make somebody else an administrator first."))


def _checked(facts: PersonFacts, *, user_id: int | None, before: PersonFacts | None = None) -> PersonFacts:
    """Tidy what was written, and refuse what cannot be."""
    facts = replace(
        facts,
        name=" ".join(facts.name.split()),
        matricule=_words(facts.matricule),
        email=_words((facts.email or "").lower()),
        job_title=_words(facts.job_title),
        phone=_words(facts.phone),
    )
    if not facts.name:
        raise Invalid(_("Say the person's name."), field="name")
    if facts.role not in PERSONAL_ROLES:
        raise Invalid(_("One animates a group: choose this in the group."), field="role")
    for column in ("matricule", "email"):
        if before is None or getattr(before, column) != getattr(facts, column):
            _check_free(column, getattr(facts, column), user_id)
    if facts.service_id is not None and (before is None or before.service_id != facts.service_id):
        check_open(facts.service_id, field="service_id")
    if facts.superior_id is not None and (before is None or before.superior_id != facts.superior_id):
        _check_superior(facts.superior_id, user_id)
    return facts


def _words(text: str | None) -> str | None:
    return (text or "").strip() or None


def _check_free(column: str, value: str | None, user_id: int | None) -> None:
    taken = sa.select(User.id).where(getattr(User, column) == value, User.id != (user_id or 0))
    if value and db.session.scalar(taken) is not None:
        raise Conflict(_("%(value)s already belongs to somebody.", value=value))


def _check_superior(superior_id: int, user_id: int | None) -> None:
    """Refuse a superior who is not here, or who stands below the person."""
    seen: set[int] = set()
    above: int | None = superior_id
    while above is not None and above not in seen:
        if above == user_id:
            raise Invalid(_("This person stands below: they cannot also be the superior."), field="superior_id")
        seen.add(above)
        row = db.session.execute(sa.select(User.superior_id, User.disabled_at).where(User.id == above)).one_or_none()
        if row is None or (above == superior_id and row.disabled_at is not None):
            raise Invalid(_("Nobody here has this name."), field="superior_id")
        above = row.superior_id
