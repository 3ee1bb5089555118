"""Leaving: one act ends all that a person could do here, and keeps what they did under a pseudonym (P18, G6).

Sums and histories never change: rows keep the person's number, and the number keeps no name. Somebody who comes back
is a new person. Plugins take part through the event `portal.person_left`, in the same transaction.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.events import publish
from portal.content.following import forget_follows
from portal.content.models import Token
from portal.content.notices import forget_notices
from portal.db import db
from portal.errors import Invalid, PortalError
from portal.people.functions import functions, vacate_function
from portal.people.models import Holding, Membership, User
from portal.people.persons import subject_of
from portal.people.sessions import close_sessions, sessions_of
from portal.people.staff import active_user, check_other_administrator
from portal.texts import CORE, texts
from portal.values import Event, Role, Viewer

log = logging.getLogger(__name__)
_ = texts(CORE)
GONE = {
    "name": "A person who left",  # the key of the catalogue: pages say it in the reader's language
    "sort_name": "",
    "role": Role.AGENT.value,
    "matricule": None,
    "email": None,
    "password_hash": None,
    "pin_hash": None,
    "job_title": None,
    "phone": None,
    "service_id": None,
    "superior_id": None,
    "leaves_at": None,
}


@dataclass(frozen=True, slots=True)
class Departure:
    """What ends when a person leaves, counted before it is done.

    Addresses and groups are not counted: some are of private things, and a count tells that they exist (P19).
    """

    sessions: int
    functions: tuple[str, ...]
    below: int


def departure_of(user_id: int, *, at: datetime) -> Departure:
    """Say what would end if this person left now."""
    below = sa.select(sa.func.count()).select_from(User).where(User.superior_id == user_id)
    return Departure(
        sessions=len(sessions_of(user_id)),
        functions=tuple(card.name for card in functions(at=at, person_id=user_id)),
        below=db.session.scalar(below) or 0,
    )


def leave(user_id: int, *, actor: Viewer | None, at: datetime) -> None:
    """End all that a person can do here, at once; what they wrote stays, under a pseudonym.

    Ends sessions, links and other tokens, role, groups, functions, notices and follows; clears name, matricule,
    address and secrets. The event `portal.person_left` tells which groups and functions they had.

    :raises NotFound: nobody, or they left already
    :raises Conflict: this is the last administrator, or a plugin refuses with its reason
    """
    user = active_user(user_id)
    if user.role == Role.ADMIN:
        check_other_administrator(user_id)
    facts = {"functions": _leave_functions(user_id, actor=actor, at=at), "groups": _leave_groups(user_id)}
    db.session.execute(sa.update(User).where(User.superior_id == user_id).values(superior_id=None))
    live = sa.update(Token).where(Token.person_id == user_id, Token.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=real_now()))
    close_sessions(user_id)
    forget_notices(user_id)
    forget_follows(user_id)
    for name, value in GONE.items():
        setattr(user, name, value)
    user.disabled_at = at
    db.session.flush()
    publish(Event("portal.person_left", subject_of(user_id), actor.person_id if actor else None, at, facts))


def _leave_functions(user_id: int, *, actor: Viewer | None, at: datetime) -> list[int]:
    held = [card.id for card in functions(at=at, person_id=user_id, with_closed=True)]
    for function_id in held:
        vacate_function(function_id, at=at, actor=actor)
    db.session.execute(sa.delete(Holding).where(Holding.user_id == user_id, Holding.since_at > at))
    return held


def _leave_groups(user_id: int) -> list[int]:
    gone = sa.delete(Membership).where(Membership.user_id == user_id).returning(Membership.group_id)
    return sorted(db.session.scalars(gone))


def plan_leaving(user_id: int, *, on: datetime | None, actor: Viewer | None, at: datetime) -> None:
    """Say when a person will leave; None: they stay. From that instant no door opens, and `portal work` does the rest.

    :raises NotFound: nobody, or they left already
    :raises Invalid: the instant is past
    :raises Conflict: this is the last administrator
    """
    user = active_user(user_id)
    if on is not None and on <= at:
        raise Invalid(_("Choose a day to come, or let them leave now."), field="on")
    if on is not None and user.role == Role.ADMIN:
        check_other_administrator(user_id)
    user.leaves_at = on
    db.session.flush()
    if on is not None:
        record("portal.leaving_planned", subject_of(user_id), actor=actor, at=at)
        return
    record("portal.leaving_cancelled", subject_of(user_id), actor=actor, at=at)


def planned_leaving(user_id: int) -> datetime | None:
    """Give the instant at which a person is to leave; None if no departure is planned."""
    return active_user(user_id).leaves_at


def leave_due(at: datetime) -> None:
    """Let those leave whose planned day has come; one who cannot is logged, and tried again."""
    due = sa.select(User.id, User.leaves_at).where(User.disabled_at.is_(None), User.leaves_at <= at)
    for user_id, planned_at in db.session.execute(due).all():
        try:
            with db.session.begin_nested():
                leave(user_id, actor=None, at=planned_at or at)
        except PortalError as refusal:
            log.warning("departure refused", extra={"user": user_id, "status": refusal.status})
