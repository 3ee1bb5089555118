"""Limits on tries that hold across workers: one row per key, written after the request, whatever its answer."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from portal.content.clock import real_now
from portal.db import db, is_postgresql
from portal.errors import TooMany
from portal.loader.faults import later
from portal.people.models import Limit
from portal.texts import CORE, texts

_ = texts(CORE)
WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)


def _key(*parts: object) -> str:
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def check_tries(*parts: object, most: int) -> None:
    """Refuse when `most` tries were booked for this key in the last quarter of an hour.

    :raises TooMany: says when to come back
    """
    row = db.session.get(Limit, _key(*parts))
    if row is not None and row.tries >= most and real_now() - row.window_start_at < WINDOW:
        raise TooMany(_("Too many tries. Wait a quarter of an hour, or ask for a one-time link."))


def book_try(*parts: object) -> None:
    """Count one try for this key."""
    key = _key(*parts)
    later(lambda conn: _write(conn, key))


def forget_tries(*parts: object) -> None:
    """Start again from zero after a success."""
    key = _key(*parts)
    later(lambda conn: conn.execute(sa.delete(Limit).where(Limit.key == key)))


def _write(conn: Connection, key: str) -> None:
    at = real_now()
    fresh = sa.case((Limit.window_start_at > at - WINDOW, Limit.tries + 1), else_=1)
    start = sa.case((Limit.window_start_at > at - WINDOW, Limit.window_start_at), else_=at)
    insert = postgresql.insert if is_postgresql(conn) else sqlite.insert
    first = insert(Limit).values(key=key, window_start_at=at, tries=1)
    # one statement: two workers may book the first try of a key at the same moment
    conn.execute(first.on_conflict_do_update(index_elements=["key"], set_={"tries": fresh, "window_start_at": start}))


def sweep_limits(at: datetime) -> None:
    """Delete the rows of windows that closed long ago."""
    db.session.execute(
        sa.delete(Limit).where(Limit.window_start_at < at - KEPT).execution_options(synchronize_session=False)
    )
