"""Services: the tree of the organisation. Reorganised often, so a service moves and closes, and is never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.events import publish
from portal.content.words import fold
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.people.models import Function, Service, User
from portal.texts import CORE, texts
from portal.values import Event, Subject, Viewer

_ = texts(CORE)


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service where it stands in the tree.

    :ivar code: what other software calls it
    :ivar depth: 0 for one that stands under no other
    """

    id: int
    name: str
    code: str | None = None
    parent_id: int | None = None
    depth: int = 0
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the administration writes of a service."""

    name: str
    code: str | None = None
    parent_id: int | None = None


def services(*, with_closed: bool = False) -> list[ServiceCard]:
    """List the services as one reads a tree: each under its own, alphabetical; one query."""
    statement = sa.select(Service.id, Service.name, Service.code, Service.parent_id, Service.closed_at)
    if not with_closed:
        statement = statement.where(Service.closed_at.is_(None))
    rows = sorted(db.session.execute(statement), key=lambda row: (fold(row.name), row.id))
    known = {row.id for row in rows}
    children: dict[int | None, list[sa.Row[int, str, str | None, int | None, datetime | None]]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def walk(parent_id: int | None, depth: int) -> Iterator[ServiceCard]:
        for row in children.get(parent_id, ()):
            yield ServiceCard(row.id, row.name, row.code, row.parent_id, depth, row.closed_at)
            yield from walk(row.id, depth + 1)

    return list(walk(None, 0))


def service(service_id: int) -> ServiceCard:
    """Give one service, open or closed.

    :raises NotFound: no service has this id
    """
    found = next((card for card in services(with_closed=True) if card.id == service_id), None)
    if found is None:
        raise NotFound(_("There is no such service here."))
    return found


def service_ids_under(service_id: int) -> frozenset[int]:
    """Give a service and all that stand under it, closed ones too."""
    found, tree = {service_id}, services(with_closed=True)
    for card in tree:  # a parent always comes before what stands under it
        if card.parent_id in found:
            found.add(card.id)
    return frozenset(found)


def subject_of_service(service_id: int) -> Subject:
    """Name a service as a subject."""
    return Subject("portal.service", service_id)


def add_service(facts: ServiceFacts, *, actor: Viewer | None, at: datetime) -> int:
    """Add a service and give its id.

    :raises Invalid: no name, or it stands under a service that is not open
    :raises Conflict: another service has this code
    """
    facts = _checked(facts, service_id=None)
    row = Service(name=facts.name, code=facts.code, parent_id=facts.parent_id)
    db.session.add(row)
    db.session.flush()
    record("portal.service_added", subject_of_service(row.id), actor=actor, at=at)
    return row.id


def change_service(service_id: int, facts: ServiceFacts, *, actor: Viewer | None, at: datetime) -> bool:
    """Rename or move a service; False if nothing changed.

    :raises NotFound: no such service
    :raises Invalid: no name, or it would stand under itself or under a service that is not open
    :raises Conflict: another service has this code
    """
    row = db.session.get(Service, service_id)
    if row is None:
        raise NotFound(_("There is no such service here."))
    facts = _checked(facts, service_id=service_id)
    changed = [name for name in ("name", "code", "parent_id") if getattr(row, name) != getattr(facts, name)]
    if not changed:
        return False
    for name in changed:
        setattr(row, name, getattr(facts, name))
    db.session.flush()
    record("portal.service_changed", subject_of_service(service_id), actor=actor, at=at, facts={"fields": changed})
    return True


def _checked(facts: ServiceFacts, *, service_id: int | None) -> ServiceFacts:
    name, code = facts.name.strip(), (facts.code or "").strip() or None
    if not name:
        raise Invalid(_("Say the name of the service."), field="name")
    other = sa.select(Service.id).where(Service.code == code, Service.id != (service_id or 0))
    if code is not None and db.session.scalar(other) is not None:
        raise Conflict(_("Another service has the code %(code)s.", code=code))
    if facts.parent_id is not None:
        if service_id is not None and facts.parent_id in service_ids_under(service_id):
            raise Invalid(_("A service cannot stand under itself."), field="parent_id")
        check_open(facts.parent_id, field="parent_id")
    return ServiceFacts(name, code, facts.parent_id)


def check_open(service_id: int, *, field: str) -> None:
    """Refuse a service that is absent or closed.

    :raises Invalid: choose another one
    """
    row = db.session.get(Service, service_id)
    if row is None or row.closed_at is not None:
        raise Invalid(_("This service is closed. Choose another one."), field=field)


def close_service(service_id: int, *, people_to: int | None, actor: Viewer | None, at: datetime) -> None:
    """Close a service: its people and functions go to another one, what stood under it to the one above.

    The event `portal.service_closed` lets a plugin refuse, while something must be settled first.

    :param people_to: None leaves them without a service
    :raises Conflict: it is closed already
    :raises Invalid: the other one is not open, or stands under this one
    """
    row = db.session.get(Service, service_id)
    if row is None or row.closed_at is not None:
        raise Conflict(_("This service is closed already."))
    if people_to is not None:
        if people_to == service_id:
            raise Invalid(_("Choose another service than the one that closes."), field="people_to")
        check_open(people_to, field="people_to")
    for table in (User, Function):
        moved = sa.update(table).where(table.service_id == service_id).values(service_id=people_to)
        db.session.execute(moved)
    db.session.execute(sa.update(Service).where(Service.parent_id == service_id).values(parent_id=row.parent_id))
    row.closed_at = at
    db.session.flush()
    subject, actor_id = subject_of_service(service_id), actor.person_id if actor else None
    publish(Event("portal.service_closed", subject, actor_id, at, {"people_to": people_to}))
