"""Functions and their holders over time: what answers for something stays when the person leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import now
from portal.content.events import publish
from portal.content.words import fold
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.people.models import Function, Holding, Service, User
from portal.people.persons import people
from portal.people.services import check_open
from portal.people.staff import active_user
from portal.texts import CORE, texts
from portal.values import Event, Person, Subject, Viewer

_ = texts(CORE)


@dataclass(frozen=True, slots=True)
class FunctionCard:
    """A function and who holds it at an instant.

    :ivar body: the outside body it belongs to, which has no account here
    :ivar until_at: when the holder is known to stop
    """

    id: int
    name: str
    holder: Person | None
    service_id: int | None = None
    service: str | None = None
    body: str | None = None
    since_at: datetime | None = None
    until_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_vacant(self) -> bool:
        """Tell whether somebody is missing; an outside body is never vacant."""
        return self.holder is None and self.body is None


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """What the administration writes of a function: its service, or the outside body it belongs to."""

    name: str
    service_id: int | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class HoldingCard:
    """One line of the history of a function: who, from when, until when (None: still)."""

    holder: Person
    since_at: datetime
    until_at: datetime | None


def subject_of_function(function_id: int) -> Subject:
    """Name a function as a subject."""
    return Subject("portal.function", function_id)


def create_function(name: str) -> int:
    """Make a function and give its id; one of the same name is given back."""
    found = db.session.scalar(sa.select(Function.id).where(Function.name == name))
    return found if found is not None else add_function(FunctionFacts(name), actor=None, at=now())


def add_function(facts: FunctionFacts, *, actor: Viewer | None, at: datetime) -> int:
    """Add a function, vacant, and give its id.

    :raises Invalid: no name, a service that is closed, a service and an outside body at once
    :raises Conflict: another function has this name
    """
    facts = _checked(facts, function_id=None)
    row = Function(name=facts.name, service_id=facts.service_id, body=facts.body)
    db.session.add(row)
    db.session.flush()
    record("portal.function_added", subject_of_function(row.id), actor=actor, at=at)
    return row.id


def change_function(function_id: int, facts: FunctionFacts, *, actor: Viewer | None, at: datetime) -> bool:
    """Rename a function, or give it to another service or body; False if nothing changed.

    :raises NotFound: no such function
    :raises Invalid: no name, a service that is closed, a service and an outside body at once
    :raises Conflict: another function has this name
    """
    row = _row(function_id)
    facts = _checked(facts, function_id=function_id)
    changed = [name for name in ("name", "service_id", "body") if getattr(row, name) != getattr(facts, name)]
    if not changed:
        return False
    if facts.body is not None:
        vacate_function(function_id, at=at, actor=actor)
    for name in changed:
        setattr(row, name, getattr(facts, name))
    db.session.flush()
    record("portal.function_changed", subject_of_function(function_id), actor=actor, at=at, facts={"fields": changed})
    return True


def close_function(function_id: int, *, actor: Viewer | None, at: datetime) -> None:
    """Say that a function exists no more: its holder holds it no longer, its history stays.

    :raises NotFound: no such function
    :raises Conflict: it is closed already
    """
    row = _row(function_id)
    if row.closed_at is not None:
        raise Conflict(_("This function is closed already."))
    vacate_function(function_id, at=at, actor=actor)
    row.closed_at = at
    db.session.flush()
    record("portal.function_closed", subject_of_function(function_id), actor=actor, at=at)


def _row(function_id: int) -> Function:
    row = db.session.get(Function, function_id)
    if row is None:
        raise NotFound(_("There is no such function here."))
    return row


def _checked(facts: FunctionFacts, *, function_id: int | None) -> FunctionFacts:
    name, body = facts.name.strip(), (facts.body or "").strip() or None
    if not name:
        raise Invalid(_("Say the name of the function."), field="name")
    if body is not None and facts.service_id is not None:
        raise Invalid(_("Choose a service here or an outside body, not both."), field="body")
    other = sa.select(Function.id).where(Function.name == name, Function.id != (function_id or 0))
    if db.session.scalar(other) is not None:
        raise Conflict(_("Another function has this name."))
    if facts.service_id is not None:
        check_open(facts.service_id, field="service_id")
    return FunctionFacts(name, facts.service_id, body)


def hold_function(
    function_id: int,
    person_id: int,
    *,
    since: datetime,
    until: datetime | None = None,
    actor: Viewer | None = None,
) -> None:
    """Give a function to a person from an instant on; whoever held it holds it no more from then.

    :param until: when it is known to end; it is vacant from then on
    :raises NotFound: no such function, or nobody of this id is here
    :raises Conflict: the function is closed, or belongs to an outside body
    :raises Invalid: it would begin before its holder of now began, or end before it begins
    """
    row, user = _row(function_id), active_user(person_id)
    if row.closed_at is not None or row.body is not None:
        raise Conflict(_("Nobody here can hold this function: it is closed, or belongs to an outside body."))
    if until is not None and until <= since:
        raise Invalid(_("The end comes after the beginning."), field="until")
    last = db.session.scalar(sa.select(sa.func.max(Holding.since_at)).where(Holding.function_id == function_id))
    if last is not None and since < last:
        raise Invalid(_("The holder of now began later than this. Choose a later day."), field="since")
    former = _end(function_id, at=since)
    db.session.add(Holding(function_id=function_id, user_id=user.id, since_at=since, until_at=until))
    db.session.flush()
    subject, actor_id = subject_of_function(function_id), actor.person_id if actor else None
    publish(Event("portal.function_held", subject, actor_id, since, {"person": user.id, "former": former}))


def vacate_function(function_id: int, *, at: datetime, actor: Viewer | None = None) -> bool:
    """Say that nobody holds a function from an instant on; False if nobody did."""
    former = _end(function_id, at=at)
    if former is None:
        return False
    subject, actor_id = subject_of_function(function_id), actor.person_id if actor else None
    publish(Event("portal.function_vacated", subject, actor_id, at, {"former": former}))
    return True


def _end(function_id: int, *, at: datetime) -> int | None:
    """End what runs at `at` and drop what was to begin later; give who held."""
    db.session.execute(sa.delete(Holding).where(Holding.function_id == function_id, Holding.since_at > at))
    running = sa.update(Holding).where(Holding.function_id == function_id, _runs_at(at))
    return db.session.scalar(running.values(until_at=at).returning(Holding.user_id))


def _runs_at(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Holding.since_at <= at, sa.or_(Holding.until_at.is_(None), Holding.until_at > at))


def function_choices() -> list[tuple[int, str]]:
    """List the functions that exist, alphabetical."""
    rows = db.session.execute(sa.select(Function.id, Function.name).where(Function.closed_at.is_(None)))
    return sorted(((number, name) for number, name in rows), key=lambda pair: fold(pair[1]))


def functions(
    *, at: datetime, person_id: int | None = None, service_id: int | None = None, with_closed: bool = False
) -> list[FunctionCard]:
    """List functions with their holder at `at`, alphabetical: all, those a person holds, or those of a service."""
    statement = sa.select(Function.id)
    if not with_closed:
        statement = statement.where(Function.closed_at.is_(None))
    if service_id is not None:
        statement = statement.where(Function.service_id == service_id)
    if person_id is not None:
        held = sa.select(Holding.function_id).where(Holding.user_id == person_id, _runs_at(at))
        statement = statement.where(Function.id.in_(held))
    return sorted(_cards(Function.id.in_(statement), at=at).values(), key=lambda card: fold(card.name))


def function_cards(ids: Iterable[int], *, at: datetime) -> dict[int, FunctionCard]:
    """Give functions by id with their holder at `at`, in one query; closed ones too."""
    wanted = list(ids)
    return _cards(Function.id.in_(wanted), at=at) if wanted else {}


def _cards(which: sa.ColumnElement[bool], *, at: datetime) -> dict[int, FunctionCard]:
    statement = (
        sa.select(Function, Service.name, Holding.since_at, Holding.until_at, User.id, User.name)
        .outerjoin(Service, Service.id == Function.service_id)
        .outerjoin(Holding, sa.and_(Holding.function_id == Function.id, _runs_at(at)))
        .outerjoin(User, sa.and_(User.id == Holding.user_id, User.disabled_at.is_(None)))
        .where(which)
    )
    return {
        row.id: FunctionCard(
            id=row.id,
            name=row.name,
            holder=Person(number, name) if number else None,
            service_id=row.service_id,
            service=service,
            body=row.body,
            since_at=since if number else None,
            until_at=until if number else None,
            closed_at=row.closed_at,
        )
        for row, service, since, until, number, name in db.session.execute(statement)
    }


def holdings_of(function_id: int) -> list[HoldingCard]:
    """Give who held a function, newest first."""
    statement = sa.select(Holding).where(Holding.function_id == function_id)
    rows = list(db.session.scalars(statement.order_by(Holding.since_at.desc(), Holding.id.desc())))
    names = people(row.user_id for row in rows)
    return [HoldingCard(names[row.user_id], row.since_at, row.until_at) for row in rows]
