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

from portal.content.clock import now, real_now
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
    rows = db.session.execute(_BEHIND_TOKEN, {"token_hash": hash_token(token), **_instants(real_now())}).all()
    if not rows:
        return None
    row = rows[0]
    _note_seen(row)
    return Account(
        person=Person(row.user_id, row.name),
        viewer=_viewer(row.user_id, row.role, rows, on_screen=row.kind == SCREEN),
        token=token,
        session_id=row.id,
        kind=row.kind,
        screen_id=row.screen_id,
        language=row.language,
        theme=row.theme,
    )


def _viewer(person_id: int, role: str, rows: Sequence[Any], *, on_screen: bool) -> Viewer:
    memberships = [row for row in rows if row.group_id is not None]
    return Viewer(
        person_id=person_id,
        role=Role(role),
        group_ids=frozenset(row.group_id for row in memberships),
        lab_ids=frozenset(row.group_id for row in memberships if row.group_kind == NETWORK_KIND),
        animated_ids=frozenset(row.group_id for row in memberships if row.is_animator),
        is_agent=True,
        permissions=screen_permissions() if on_screen else None,
    )


def viewer_of(user_id: int) -> Viewer:
    """Give the viewer a person is outside any session (commands, jobs, tests)."""
    rows = db.session.execute(_with_groups(sa.select(User.role)).where(User.id == user_id)).all()
    return _viewer(user_id, rows[0].role, rows, on_screen=False)


def _with_groups(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """Add the groups of the people a statement selects: a row for each, one row for who belongs to none."""
    return (
        statement.add_columns(Membership.group_id, Membership.is_animator, Group.kind.label("group_kind"))
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Group, Group.id == Membership.group_id)
    )


def _is_alive() -> sa.ColumnElement[bool]:
    """Give the criterion of the sessions that still open a door, beside the row of their person; see `_instants`."""
    on_screen = sa.and_(UserSession.kind == SCREEN, UserSession.seen_at > sa.bindparam("screen_idle_since"))
    in_browser = [
        sa.and_(
            UserSession.kind != SCREEN,
            User.role == role.value,
            UserSession.seen_at > sa.bindparam(f"{role.value}_idle_since"),
            UserSession.created_at > sa.bindparam(f"{role.value}_open_since"),
        )
        for role in IDLE
    ]
    return sa.and_(is_here(sa.bindparam("today")), sa.or_(on_screen, *in_browser))


def _instants(at: datetime) -> dict[str, datetime]:
    """Give the parameters of `_is_alive` at `at`."""
    return {
        "today": now(),
        "screen_idle_since": at - timedelta(seconds=SCREEN_IDLE_SECONDS + SCREEN_GRACE_SECONDS),
        **{f"{role.value}_idle_since": at - limit for role, limit in IDLE.items()},
        **{f"{role.value}_open_since": at - limit for role, limit in ABSOLUTE.items()},
    }


# asked at every request of somebody signed in: built once, so that only its parameters are new
_BEHIND_TOKEN = _with_groups(
    sa.select(
        UserSession.id,
        UserSession.kind,
        UserSession.seen_at,
        UserSession.screen_id,
        User.id.label("user_id"),
        User.name,
        User.role,
        User.language,
        User.theme,
    ).join(User, User.id == UserSession.user_id)
).where(UserSession.token_hash == sa.bindparam("token_hash"), _is_alive())


def _note_seen(row: Any) -> None:
    """Write « last seen » after the request: at most every five minutes, each time on a shared screen."""
    at, session_id = real_now(), row.id
    pause = timedelta(seconds=2) if row.kind == SCREEN else timedelta(minutes=SEEN_MINUTES)
    if at - row.seen_at >= pause:
        later(lambda conn: conn.execute(sa.update(UserSession).where(UserSession.id == session_id).values(seen_at=at)))


def sessions_of(user_id: int) -> list[UserSession]:
    """List the sessions of a person that are still alive, last seen first."""
    alive = sa.select(UserSession).join(User, User.id == UserSession.user_id).where(_is_alive())
    theirs = alive.where(UserSession.user_id == user_id).order_by(UserSession.seen_at.desc())
    return list(db.session.scalars(theirs, _instants(real_now())))


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
    alive = sa.select(UserSession.id).join(User, User.id == UserSession.user_id).where(_is_alive())
    ended = sa.delete(UserSession).where(UserSession.id.not_in(alive))
    db.session.execute(ended.execution_options(synchronize_session=False), _instants(at))
