"""Sessions are rows: signing out, leaving or a changed password works at the next request, on every machine (P7).

The cookie carries a random token, the table its SHA-256. Idle and absolute ends use the security clock.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin

from portal.content.clock import real_now
from portal.db import db
from portal.loader.faults import later
from portal.people.groups import NETWORK_KIND
from portal.people.models import Group, Membership, User, UserSession
from portal.people.permissions import screen_permissions
from portal.people.persons import is_here
from portal.values import Person, Role, Viewer

BROWSER, SCREEN = "browser", "screen"
SCREEN_IDLE_SECONDS = 60
SCREEN_GRACE_SECONDS = 30
SEEN_MINUTES = 5
IDLE = {Role.ADMIN: timedelta(minutes=30), Role.PLUGIN_ADMIN: timedelta(minutes=30), Role.AGENT: timedelta(hours=8)}
ABSOLUTE = {Role.ADMIN: timedelta(hours=12), Role.PLUGIN_ADMIN: timedelta(hours=12), Role.AGENT: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Account(UserMixin):
    """The person behind a request, as Flask-Login carries it: values, no row."""

    person: Person
    viewer: Viewer
    token: str
    session_id: int
    kind: str
    screen_id: int | None
    language: str
    theme: str

    def get_id(self) -> str:
        """Give the token of the session: what the cookie carries."""
        return self.token


def hash_token(token: str) -> str:
    """Hash a session's token for the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(user_id: int, *, device: str, kind: str = BROWSER, screen_id: int | None = None) -> str:
    """Open a session and give its token, which is never stored."""
    token, at = secrets.token_urlsafe(32), real_now()
    db.session.add(
        UserSession(
            token_hash=hash_token(token),
            user_id=user_id,
            kind=kind,
            screen_id=screen_id,
            device=device[:120],
            created_at=at,
            seen_at=at,
        )
    )
    db.session.flush()
    return token


def account_of(token: str) -> Account | None:
    """Give who a session token stands for, in one statement; None once it has ended or the person has left."""
    statement = (
        sa.select(UserSession, User, Membership.group_id, Membership.is_animator, Group.kind)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(UserSession.token_hash == hash_token(token), _is_alive(at=real_now()))
    )
    rows = db.session.execute(statement).all()
    if not rows:
        return None
    row, user = rows[0][0], rows[0][1]
    _note_seen(row)
    account = Account(
        person=Person(user.id, user.name),
        viewer=_viewer(user, rows, on_screen=row.kind == SCREEN),
        token=token,
        session_id=row.id,
        kind=row.kind,
        screen_id=row.screen_id,
        language=user.language,
        theme=user.theme,
    )
    db.session.expunge(row)
    db.session.expunge(user)
    return account


def _viewer(user: User, rows: Sequence[Any], *, on_screen: bool) -> Viewer:
    groups = [(group, animates, kind) for _session, _user, group, animates, kind in rows if group is not None]
    return Viewer(
        person_id=user.id,
        role=Role(user.role),
        group_ids=frozenset(group for group, _animates, _kind in groups),
        lab_ids=frozenset(group for group, _animates, kind in groups if kind == NETWORK_KIND),
        animated_ids=frozenset(group for group, animates, _kind in groups if animates),
        is_agent=True,
        permissions=screen_permissions() if on_screen else None,
    )


def viewer_of(user_id: int) -> Viewer:
    """Give the viewer a person is outside any session (commands, jobs, tests)."""
    statement = (
        sa.select(sa.literal(0), User, Membership.group_id, Membership.is_animator, Group.kind)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(User.id == user_id)
    )
    rows = db.session.execute(statement).all()
    return _viewer(rows[0][1], rows, on_screen=False)


def _is_alive(*, at: datetime) -> sa.ColumnElement[bool]:
    """Give the criterion of the sessions that still open a door, beside the row of their person."""
    screen_idle = timedelta(seconds=SCREEN_IDLE_SECONDS + SCREEN_GRACE_SECONDS)
    on_screen = sa.and_(UserSession.kind == SCREEN, UserSession.seen_at > at - screen_idle)
    in_browser = [
        sa.and_(
            UserSession.kind != SCREEN,
            User.role == role.value,
            UserSession.seen_at > at - IDLE[role],
            UserSession.created_at > at - ABSOLUTE[role],
        )
        for role in IDLE
    ]
    return sa.and_(is_here(), sa.or_(on_screen, *in_browser))


def _note_seen(row: UserSession) -> None:
    """Write « last seen » after the request: at most every five minutes, each time on a shared screen."""
    at, session_id = real_now(), row.id
    pause = timedelta(seconds=2) if row.kind == SCREEN else timedelta(minutes=SEEN_MINUTES)
    if at - row.seen_at >= pause:
        later(lambda conn: conn.execute(sa.update(UserSession).where(UserSession.id == session_id).values(seen_at=at)))


def sessions_of(user_id: int) -> list[UserSession]:
    """List the sessions of a person that are still alive, last seen first."""
    alive = sa.select(UserSession).join(User, User.id == UserSession.user_id).where(_is_alive(at=real_now()))
    return list(db.session.scalars(alive.where(UserSession.user_id == user_id).order_by(UserSession.seen_at.desc())))


def close_session(session_id: int, user_id: int) -> None:
    """End one session of a person."""
    gone = sa.delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
    db.session.execute(gone)


def close_sessions(user_id: int, *, keep: int | None = None) -> None:
    """End every session of a person, but the one to keep."""
    db.session.execute(sa.delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != (keep or 0)))


def end_all_sessions() -> None:
    """End every session: after a restore, those that were ended since would open again."""
    db.session.execute(sa.delete(UserSession))


def sweep_sessions(at: datetime) -> None:
    """Delete the rows of sessions that ended by themselves."""
    alive = sa.select(UserSession.id).join(User, User.id == UserSession.user_id).where(_is_alive(at=at))
    db.session.execute(
        sa.delete(UserSession).where(UserSession.id.not_in(alive)).execution_options(synchronize_session=False)
    )
