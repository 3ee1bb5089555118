"""Faults of running plugins: counted, told to IT with a reference, never shown to the person.

A fault is written after the request, on a connection of its own, so that it survives a rollback and never waits for the
lock this request holds.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, has_app_context
from sqlalchemy.engine import Connection, Engine

from portal.db import side_write
from portal.loader.breaking import add_calls
from portal.loader.metering import Meter, write_costs
from portal.loader.models import Fault

log = logging.getLogger(__name__)
KEPT_PER_PLUGIN = 50
AWAY = ("is locked", "disk", "unable to open")  # what SQLite says when it is not the statement's fault


def new_reference() -> str:
    """Make a short reference that a person can read out on the phone: `7c2e-91`."""
    text = secrets.token_hex(3)
    return f"{text[:4]}-{text[4:]}"


def later(write: Callable[[Connection], object]) -> None:
    """Do an operational write once this request or job is over, whatever becomes of it."""
    if has_app_context():
        g.setdefault("side_writes", []).append(write)


def flush_side_writes(engine: Engine) -> None:
    """Do what `later` was told, in one transaction; a failure is logged and dropped."""
    writes: list[Callable[[Connection], object]] = g.pop("side_writes", [])
    meter: Meter = current_app.config["METER"]
    tally = meter.take()
    if tally is not None:
        writes += [lambda conn: add_calls(conn, tally.calls), lambda conn: write_costs(conn, tally)]
    if not writes:
        return
    try:
        with side_write(engine) as conn:
            for write in writes:
                write(conn)
    except sa.exc.SQLAlchemyError:
        log.exception("side writes lost")


def is_away(error: sa.exc.DBAPIError) -> bool:
    """Tell a database that is away or busy from a statement that is wrong: SQLite gives both the same class."""
    if error.connection_invalidated:
        return True
    if not isinstance(error, sa.exc.OperationalError):
        return False
    return not isinstance(error.orig, sqlite3.Error) or any(sign in str(error.orig) for sign in AWAY)


def book_fault(plugin: str, place: str, error: BaseException) -> str:
    """Note a fault of `plugin` at `place` (a hook, a view, a template); give its reference."""
    reference = new_reference()
    log.error("plugin fault", extra={"plugin": plugin, "place": place, "reference": reference}, exc_info=error)
    values: dict[str, Any] = {
        "plugin": plugin,
        "place": place[:120],
        "at": datetime.now(UTC),
        "reference": reference,
        "summary": f"{type(error).__name__}: {error}"[:500],
        "trace": "".join(traceback.format_exception(error)),
    }
    later(lambda conn: _write(conn, values))
    return reference


def _write(conn: Connection, values: dict[str, Any]) -> None:
    conn.execute(sa.insert(Fault).values(**values))
    own = Fault.plugin == values["plugin"]
    newest = sa.select(Fault.id).where(own).order_by(Fault.id.desc()).limit(KEPT_PER_PLUGIN)
    first_of_its_place = sa.select(sa.func.min(Fault.id)).where(own).group_by(Fault.place)  # « since when »
    conn.execute(sa.delete(Fault).where(own, Fault.id.not_in(newest), Fault.id.not_in(first_of_its_place)))
