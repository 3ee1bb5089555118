"""Tables of an import: what was read of a file waits here until somebody applies it, and goes 30 days later.

« Half done » is defined: a line is done or it is not, each batch of lines is one transaction, and `Line.outcome` says
which. An import that is paused, abandoned or cut short keeps what is done; the rest was never written anywhere.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Personal, person_id, plugin_base

Base: Any = plugin_base("directory")
KEEP_DAYS = 30


class Kind(StrEnum):
    """What a file describes."""

    PEOPLE = "people"
    SERVICES = "services"


class State(StrEnum):
    """Where an import is. `COLUMNS` waits for somebody to say which column is which."""

    COLUMNS = "columns"
    STAGED = "staged"
    APPLYING = "applying"
    PAUSED = "paused"
    DONE = "done"
    ABANDONED = "abandoned"


class Change(StrEnum):
    """What a line would do, or does not do."""

    CREATED = "created"
    CHANGED = "changed"
    LEFT = "left"
    UNCHANGED = "unchanged"
    OUTSIDE = "outside"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What became of a line."""

    DONE = "done"
    NOTHING = "nothing"
    REFUSED = "refused"


class Import(Base):
    """One file, from its reading to its report.

    :ivar is_complete: the file is the whole list, so that those it no longer names may leave
    :ivar lets_leave: the departures were confirmed
    :ivar headers: what the columns are called: a list of [header, field or empty, example]
    :ivar content: the file as received, compressed, for another choice of columns; gone once applied
    :ivar turn: 1 while it is being applied or paused, else empty: one import at a time
    :ivar keyless: lines in which nobody can be recognised; nobody leaves while there are some
    :ivar counts: how many lines of each `Change`, services apart (`services_created`, `services_changed`)
    :ivar results: the same for what was done, and `refused` on the way
    :ivar spent_ms: time spent in its batches, from which the time left follows
    """

    __tablename__ = "directory_import"
    __personal__ = {
        "author_id": Personal("author_id", "who imported", None, "pseudonym"),
        "headers": Personal(None, "shows an example of each column while one chooses", KEEP_DAYS, since="staged_at"),
        "content": Personal(None, "lets one choose the columns again", KEEP_DAYS, since="staged_at"),
    }
    __plain__ = ("kind", "state", "encoding", "delimiter", "counts", "results")
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    state: Mapped[str] = mapped_column(sa.String(10), index=True)
    author_id: Mapped[int | None] = person_id(nullable=True)
    is_complete: Mapped[bool] = mapped_column(default=False)
    lets_leave: Mapped[bool] = mapped_column(default=False)
    encoding: Mapped[str] = mapped_column(sa.String(20))
    delimiter: Mapped[str] = mapped_column(sa.String(1))
    headers: Mapped[list[list[str]]] = mapped_column(sa.JSON)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    keyless: Mapped[int] = mapped_column(default=0)
    people_here: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    results: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    turn: Mapped[int | None] = mapped_column(unique=True)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    spent_ms: Mapped[int] = mapped_column(default=0)
    staged_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class Line(Base):
    """One line of the file, or a person it does not name; read by page, applied by `position`.

    :ivar number: line of the file; 0 for what no line says
    :ivar position: order of application: services above first, then people whose superior comes before them
    :ivar target: *service* or *person*
    :ivar key: matricule, else e-mail address; code of a service
    :ivar target_id: id of the person or the service, once there is one
    :ivar facts: what the file says, by field; a field that it does not say is absent, one that it empties is null
    :ivar before: words of what would change, before, by field
    :ivar problem: code of what is wrong, with its cell, the faulty value, and a detail
    """

    __tablename__ = "directory_import_line"
    __personal__ = {
        name: Personal(
            "person_id",
            "shows an import before and after it is applied",
            KEEP_DAYS,
            "delete",
            since="import_id.staged_at",
        )
        for name in ("key", "name", "person_id", "facts", "before", "value", "reason")
    }
    __plain__ = ("target", "change", "problem", "cell", "detail", "outcome")
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("directory_import.id", ondelete="CASCADE"))
    number: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    target: Mapped[str] = mapped_column(sa.String(10))
    change: Mapped[str] = mapped_column(sa.String(10))
    key: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(160), default="")
    person_id: Mapped[int | None] = person_id(nullable=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    problem: Mapped[str] = mapped_column(sa.String(30), default="")
    cell: Mapped[str] = mapped_column(sa.String(30), default="")
    value: Mapped[str] = mapped_column(sa.String(120), default="")
    detail: Mapped[str] = mapped_column(sa.String(120), default="")
    outcome: Mapped[str] = mapped_column(sa.String(10), default="")
    reason: Mapped[str] = mapped_column(sa.String(240), default="")
    __table_args__ = (
        sa.Index("ix_directory_import_line_change", "import_id", "change", "number", "id"),
        sa.Index("ix_directory_import_line_position", "import_id", "outcome", "position", "id"),
    )


class Listed(Base):
    """Somebody whom an applied import found in its file: only they may leave by absence from a later one."""

    __tablename__ = "directory_listed"
    __personal__ = {
        "person_id": Personal("person_id", "may leave when a complete list no longer names them", None, "delete")
    }
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    since_at: Mapped[datetime]
