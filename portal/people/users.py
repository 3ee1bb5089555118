"""Users: made, linked; who signs in. People may have a matricule, an e-mail address, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.models import Token
from portal.content.tokens import Grant, issue_token, spend
from portal.db import db
from portal.errors import NotFound
from portal.people.limits import book_try, check_tries, forget_tries
from portal.people.models import User, UserSession
from portal.people.passwords import is_secret
from portal.people.persons import is_here, subject_of
from portal.people.sessions import SCREEN, close_sessions
from portal.people.staff import PersonFacts, active_user, add_person
from portal.texts import CORE, texts
from portal.values import Role, Viewer

_ = texts(CORE)
LINK_SCOPE = "portal.link"
LINK_MINUTES = 30
TRIES_PER_ACCOUNT = 10
TRIES_PER_NETWORK = 100
PIN_TRIES = 5
PRINTED = re.compile(r"n°\s*(\d{1,9})")


def add_user(
    name: str,
    *,
    matricule: str | None = None,
    email: str | None = None,
    role: Role = Role.AGENT,
    pin_hash: str | None = None,
    actor: Viewer | None = None,
) -> int:
    """Add a person and give their id. There is no default password: they enter by a one-time link, or a PIN.

    :raises Invalid: no name
    :raises Conflict: the matricule or the address belongs to somebody
    """
    facts = PersonFacts(name, matricule=matricule, email=email, role=role)
    return add_person(facts, actor=actor, at=real_now(), pin_hash=pin_hash)


def user_by_identifier(identifier: str) -> User | None:
    """Find an active person by matricule, whatever its capitals, or by e-mail address."""
    text = identifier.strip()
    if not text:
        return None
    either = sa.or_(User.matricule.in_([text, text.upper(), text.lower()]), User.email == text.lower())
    found = sa.select(User).where(either, is_here()).order_by((User.matricule == text).desc(), User.id)
    return db.session.scalars(found.limit(1)).first()


def one_user(identifier: str) -> User:
    """Find an active person by matricule, address or number as commands print it, « n°12 ».

    A bare number is a matricule, so that one mistyped is nobody's.

    :raises NotFound: nobody
    """
    number = printed_number(identifier)
    user = user_by_identifier(identifier) if number is None else db.session.get(User, number)
    if user is None or user.disabled_at is not None:
        raise NotFound(_("Nobody here has this matricule or address: %(text)s.", text=identifier))
    return user


def printed_number(identifier: str) -> int | None:
    """Read « n°12 », as commands print it; None of anything else."""
    found = PRINTED.fullmatch(identifier.strip())
    return int(found[1]) if found else None


def check_sign_in(identifier: str, secret: str, *, network: str, pin: bool = False) -> int | None:
    """Give the id of the person who signs in, or None; slow on purpose, so never under the write lock.

    The limits bind an account *as seen from one network*, and a network: an attacker elsewhere cannot lock the owner
    out.

    :param network: address of the client, or the shared screen
    :raises TooMany: too many tries
    """
    account = (("pin" if pin else "password"), identifier.strip().lower(), network)
    check_tries(*account, most=PIN_TRIES if pin else TRIES_PER_ACCOUNT)
    check_tries("network", network, most=TRIES_PER_NETWORK)
    user = user_by_identifier(identifier)
    stored = (user.pin_hash if pin else user.password_hash) if user else None
    user_id = user.id if user else None
    db.session.rollback()
    if is_secret(stored, secret):
        forget_tries(*account)
        return user_id
    book_try(*account)
    book_try("network", network)
    return None


def issue_link(user_id: int, *, actor: Viewer | None = None, uses: int = 1, minutes: int = LINK_MINUTES) -> str:
    """Make a one-time link that lets a person in: the `<token>` of `core.link`, good for 30 minutes of real time.

    A new one ends those not used yet: a lost slip of paper opens nothing.

    :raises NotFound: nobody, or they left
    """
    active_user(user_id)
    unused = sa.and_(Token.person_id == user_id, Token.scope == LINK_SCOPE, Token.uses_left == 1)
    db.session.execute(sa.update(Token).where(unused, Token.revoked_at.is_(None)).values(revoked_at=real_now()))
    text = issue_token(LINK_SCOPE, person_id=user_id, expires_at=real_now() + timedelta(minutes=minutes), uses=uses)
    record("portal.link_issued", subject_of(user_id), actor=actor, at=real_now())
    return text


def spend_link(grant: Grant) -> int:
    """Use a one-time link and give the person's id.

    :raises NotFound: used meanwhile, or the person has left
    """
    spend(grant)
    user = db.session.scalar(sa.select(User).where(User.id == grant.person_id, is_here()))
    if user is None:
        raise NotFound(_("This link no longer opens anything. Ask whoever gave it to you for a new one."))
    record("portal.link_used", subject_of(user.id), actor=None, at=real_now())
    return user.id


def guessable_words(user_id: int) -> str:
    """Give what others know of a person, and would try first as their password."""
    user = db.session.get(User, user_id)
    return " ".join(filter(None, (user.name, user.matricule, user.email))) if user else ""


def set_password(user_id: int, password_hash: str, *, keep_session: int | None) -> None:
    """Change a password: every other session of the person ends, and every one-time link not yet used (P7)."""
    at = real_now()
    db.session.execute(sa.update(User).where(User.id == user_id).values(password_hash=password_hash))
    links = sa.update(Token).where(Token.person_id == user_id, Token.scope == LINK_SCOPE, Token.revoked_at.is_(None))
    db.session.execute(links.values(revoked_at=at))
    close_sessions(user_id, keep=keep_session)
    record("portal.password_changed", subject_of(user_id), actor=Viewer(person_id=user_id), at=at)


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How a person may come in without a link."""

    password: bool
    pin: bool


def ways_in(user_id: int) -> WaysIn:
    """Say how a person comes in; never when they last did."""
    row = active_user(user_id)
    return WaysIn(row.password_hash is not None, row.pin_hash is not None)


def without_way_in() -> sa.Select[int]:
    """Give the ids of the people who have neither password nor PIN yet: only a link lets them in."""
    return sa.select(User.id).where(User.disabled_at.is_(None), User.password_hash.is_(None), User.pin_hash.is_(None))


def set_pin(user_id: int, pin_hash: str) -> None:
    """Change the code of shared screens: whoever is in with the former one is signed out (P7)."""
    at = real_now()
    db.session.execute(sa.update(User).where(User.id == user_id).values(pin_hash=pin_hash))
    db.session.execute(sa.delete(UserSession).where(UserSession.user_id == user_id, UserSession.kind == SCREEN))
    record("portal.pin_changed", subject_of(user_id), actor=Viewer(person_id=user_id), at=at)
