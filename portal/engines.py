"""Engines: one for each collectivity, read-only until a connection is opened in write mode (decision 0002).

What they compiled they share: hundreds of collectivities in a process ask the same statements.
"""

from __future__ import annotations

import atexit
import os
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.util import LRUCache

# What the operator set, for the role or in the address, stands.
LOCK_TIMEOUT = """SELECT set_config('lock_timeout', CASE current_setting('lock_timeout')
    WHEN '0' THEN %s ELSE current_setting('lock_timeout') END, false)"""
LOCK_SECONDS = 5  # then whoever waits for a lock is told that the portal is busy
SQLITE_PRAGMAS = (f"busy_timeout={LOCK_SECONDS * 1000}", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
COMPILED: LRUCache[Any, Any] = LRUCache(2000)
_made: WeakSet[Engine] = WeakSet()
os.register_at_fork(after_in_child=_made.clear)  # whoever is forked closes no connection of who forked it


class _Alike(Dialect):
    """A dialect that equals another that writes the same SQL: to the cache of compiled statements they are one."""

    def __eq__(self, other: object) -> bool:
        """Tell whether the other writes the same SQL."""
        mine, theirs = (getattr(dialect, "server_version_info", None) for dialect in (self, other))
        return type(self) is type(other) and mine == theirs

    def __hash__(self) -> int:
        """Agree with equality, before the first connection and after it."""
        return hash(type(self))


class AlikeSQLite(_Alike, SQLiteDialect_pysqlite):
    """SQLite by the driver of Python."""

    supports_statement_cache = True


class AlikePostgreSQL(_Alike, PGDialect_psycopg):
    """PostgreSQL by psycopg."""

    supports_statement_cache = True


registry.register("sqlite.alike", __name__, "AlikeSQLite")
registry.register("postgresql.alike", __name__, "AlikePostgreSQL")


@atexit.register
def close_all() -> None:
    """Close what the process has left open: SQLite then folds its journal into the file, which may be copied alone."""
    for engine in list(_made):
        engine.dispose()


def make_engine(
    url: str, *, pool_size: int = 1, overflow: int = 7, foreign_keys: bool = True, lock_seconds: int = LOCK_SECONDS
) -> Engine:
    """Make the engine of one collectivity.

    A SQLite file must exist: it is never created empty behind the portal's back (`create_database` does that).

    :param lock_seconds: how long it waits for a lock of PostgreSQL, 0: for ever; of SQLite it is always the same
    """
    address = make_url(url)
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": overflow,
        "hide_parameters": True,
        "execution_options": {"compiled_cache": COMPILED},
    }
    if address.get_backend_name() == "sqlite":
        query = {"mode": "rw", "uri": "true", **address.query}
        file = address.set(drivername="sqlite+alike", database=f"file:{address.database}", query=query)
        engine = sa.create_engine(file, poolclass=sa.QueuePool, **options)
        event.listen(engine, "connect", _sqlite_connect(foreign_keys=foreign_keys))
        event.listen(engine, "begin", _sqlite_begin)
    else:
        there = address.set(drivername="postgresql+alike")
        # seconds: a host that does not answer holds nobody long
        engine = sa.create_engine(there, pool_pre_ping=True, connect_args={"connect_timeout": 10}, **options)
        event.listen(engine, "connect", _postgresql_connect(lock_seconds=lock_seconds))
        event.listen(engine, "begin", _postgresql_begin)
    _made.add(engine)
    return engine


def _postgresql_connect(*, lock_seconds: int) -> Any:
    """Wait for a lock no longer than that; compile no plan: one was measured at 770 ms of compiling, 5 of running."""

    def connect(dbapi: Any, record: object) -> None:
        dbapi.execute("SET jit = off")
        dbapi.execute(LOCK_TIMEOUT, (f"{lock_seconds}s",))
        dbapi.commit()

    return connect


def _sqlite_connect(*, foreign_keys: bool) -> Any:
    def connect(dbapi: Any, record: object) -> None:
        dbapi.isolation_level = None  # the driver must not open transactions of its own: we say BEGIN ourselves
        for pragma in (*SQLITE_PRAGMAS, f"foreign_keys={'ON' if foreign_keys else 'OFF'}"):
            dbapi.execute(f"PRAGMA {pragma}")

    return connect


def _is_write(conn: Connection) -> bool:
    return conn.get_execution_options().get("tx") == "write"


def _sqlite_begin(conn: Connection) -> None:
    write = _is_write(conn)
    raw: Any = conn.connection.dbapi_connection
    raw.execute(f"PRAGMA query_only={0 if write else 1}")
    # IMMEDIATE takes the lock at once: read-then-write under BEGIN deferred fails when two do it
    conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _postgresql_begin(conn: Connection) -> None:
    raw: Any = conn.connection.dbapi_connection
    raw.read_only = not _is_write(conn)
