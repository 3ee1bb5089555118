"""The database of one collectivity: engine, session, model bases, the transaction.

Nothing writes unless it said so: a connection is read-only until it is opened in write mode (decision 0002), on SQLite
and on PostgreSQL alike. Services flush and never commit; the request, the command and the job are the transactions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from portal.errors import Unavailable

WRITES = "writes"
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out. A naive value is refused (style 4)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """Say what values are: a cursor reads them back."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive instant")
        return value.astimezone(UTC).replace(tzinfo=None if dialect.name == "sqlite" else UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


TYPES: dict[Any, Any] = {datetime: UtcDateTime(), str: sa.String(), dict[str, Any]: sa.JSON()}


@dataclass(frozen=True, slots=True)
class Personal:
    """What a column says of a person: whose, why, how long, and what erasure does (trust P17).

    A *path* is a column of the table, or `link.column`: a column of the row that the foreign key `link` names.

    :ivar whose: path to the person's id; None for somebody without an account (a guest)
    :ivar why: English key of the plugin's catalogue; the register says it
    :ivar keep_days: None for as long as the thing itself
    :ivar on_erase: *clear*, *pseudonym* (kept, the person's name has become a pseudonym) or *delete* (the row goes)
    :ivar since: path to the instant the days count from; of several, the first that is not empty; while all are empty,
        nothing ends. Needless where the table has exactly one instant that is never empty
    :ivar at_end: what happens after `keep_days`: *clear* or *delete*; *delete* by default if erasure does, else *clear*
    :ivar secret: said to be kept, never shown, not even to the person: the hash of a password
    """

    whose: str | None
    why: str
    keep_days: int | None = None
    on_erase: str = "clear"
    since: str | tuple[str, ...] = ()
    at_end: str = ""
    secret: bool = False


class CoreBase(DeclarativeBase):
    """Base of the core's tables. `__personal__` and `__plain__` together name every column of words.

    `__clock__` is the clock of its instants: *real* for what guards the portal, *domain* for what people live in it.
    `__of_plugin__` names the columns that hold the id of a plugin, or a kind such as `labs.lab`: what a purge drops.
    """

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = TYPES
    __personal__: ClassVar[Mapping[str, Personal]] = {}
    __plain__: ClassVar[tuple[str, ...]] = ()
    __clock__: ClassVar[str] = "domain"
    __of_plugin__: ClassVar[tuple[str, ...]] = ()


class Database(SQLAlchemy):
    """Flask-SQLAlchemy whose engines belong to collectivities: a rebuilt app reuses its engine."""

    def _apply_driver_defaults(self, options: dict[str, Any], app: Flask) -> None:
        """Leave the address as the operator wrote it."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine: Engine = app.config["ENGINE"]
        return engine


db = Database()
_bases: dict[str, type[DeclarativeBase]] = {}


def plugin_base(plugin: str) -> type[DeclarativeBase]:
    """Give the base class of a plugin's models: its own registry, the shared metadata.

    One plugin's broken relationship then cannot break another's mappers; a foreign key to a core table works by its
    name (`"users.id"`). Tables are named `<plugin>_…`.
    """
    if plugin not in _bases:
        content = {
            "registry": registry(metadata=CoreBase.metadata, type_annotation_map=TYPES),
            "__personal__": {},
            "__plain__": (),
            "__clock__": "domain",
            "__of_plugin__": (),
            "__doc__": f"Base of the tables of {plugin}.",
        }
        _bases[plugin] = type(f"{plugin.capitalize()}Base", (DeclarativeBase,), content)
    return _bases[plugin]


def forget_plugin(plugin: str) -> None:
    """Drop what a failed import of `plugin` left in the shared metadata, before another try."""
    if plugin in _bases:
        _bases.pop(plugin).registry.dispose()
    for name in [name for name in CoreBase.metadata.tables if name.startswith(f"{plugin}_")]:
        CoreBase.metadata.remove(CoreBase.metadata.tables[name])


def person_id(*, nullable: bool = False) -> MappedColumn[Any]:
    """Declare a column that names a person; people are pseudonymised, never deleted (G6)."""
    return mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True, nullable=nullable)


def group_id(*, nullable: bool = False) -> MappedColumn[Any]:
    """Declare a column that names a core group."""
    return mapped_column(sa.ForeignKey("groups.id", ondelete="RESTRICT"), index=True, nullable=nullable)


def engine() -> Engine:
    """Give the engine of the collectivity whose app is at work."""
    found: Engine = current_app.config["ENGINE"]
    return found


def is_postgresql(bind: Engine | Connection) -> bool:
    """Tell which of the two databases this is."""
    return bind.dialect.name == "postgresql"


def begin_write() -> None:
    """Open the session's transaction in write mode; nothing may have queried before."""
    db.session.connection(execution_options={"tx": "write"})
    db.session.info[WRITES] = True


def is_writing(session: Session) -> bool:
    """Tell whether a session is in a transaction that may write."""
    return WRITES in session.info


@contextmanager
def transaction() -> Iterator[None]:
    """Run a command or a job as one write transaction of `db.session`: commit at the end, or nothing at all."""
    db.session.rollback()
    begin_write()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info.pop(WRITES, None)


@contextmanager
def side_write(target: Engine) -> Iterator[Connection]:
    """Write operational rows on a connection of their own; never while this thread holds the write lock."""
    with target.execution_options(tx="write").begin() as conn:
        yield conn


def read_revision(target: Engine) -> int:
    """Read the revision of a collectivity: one statement, no SQLAlchemy connection (ten times dearer).

    :raises Unavailable: the database is away
    """
    try:
        return _read_revision(target)
    except target.dialect.loaded_dbapi.Error as error:  # raw: nobody else gives it a class of ours
        raise Unavailable(str(error)) from error


def _read_revision(target: Engine) -> int:
    conn = target.raw_connection()
    try:
        raw: Any = conn.dbapi_connection
        postgresql = target.dialect.name == "postgresql"
        if postgresql:
            raw.autocommit = True
        try:
            return int(raw.execute("SELECT revision FROM portal_state").fetchone()[0])
        finally:
            if postgresql:
                raw.autocommit = False
    finally:
        conn.close()


class PortalState(CoreBase):
    """The one row that every process of a collectivity agrees on.

    :ivar revision: grows at each switch of a plugin; the dispatcher rebuilds an app that is behind
    :ivar clock_offset_seconds: domain clock minus real clock; zero but in a demonstration
    """

    __tablename__ = "portal_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)
