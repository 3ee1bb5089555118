"""Walk through the doors as each role: what is answered, what was written meanwhile, what was logged."""

from __future__ import annotations

import io
import logging
import zipfile
import zlib
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.db import CoreBase, db
from portal.errors import Forbidden, PortalError
from portal.hosting.logs import facts_of
from portal.web.forms import Form

from tests.review.building import AGENT_OF
from tests.review.doors import Door, doors
from tests.review.expecting import expected, may_act
from tests.review.furniture import Furniture
from tests.review.world import KIOSK, SHORT, STRANGERS, World

# What any request may leave behind: tries, faults, costs (trust P4). « Last seen » of a session is one of them.
OPERATIONAL = frozenset({"limits", "faults", "job_runs", "breakers", "meter", "quarantines"})
APART = 3
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Visit:
    """One request, and what came of it.

    :ivar wrote: the statements that were committed, on tables that are not operational
    :ivar is_forbidden: a form is shown again (422) because this person may not do it, not for what they typed
    """

    role: str
    door: Door
    method: str
    url: str
    status: int
    headers: Any
    body: bytes
    wrote: tuple[str, ...] = ()
    is_forbidden: bool = False

    def __str__(self) -> str:
        about = ", ".join(map(str, self.door.things))
        return f"{self.role}: {self.method} {self.url} {f'[{about}] ' if about else ''}→ {self.status}"

    @cached_property
    def text(self) -> str:
        """Give all that can be read in the answer: in the files of an archive, in what waits for the next page too."""
        kept = [_kept_in(cookie) for cookie in self.headers.getlist("Set-Cookie") if cookie.startswith("session=")]
        return "\n".join([str(self.headers), *kept, _unpacked(self.body)])


def _kept_in(cookie: str) -> str:
    """Read what a signed cookie holds, as whoever has it can: the sentence that the next page will say."""
    value = cookie.partition("=")[2].partition(";")[0]
    packed = value.startswith(".")
    held = urlsafe_b64decode(value.lstrip(".").partition(".")[0] + "==")
    return (zlib.decompress(held) if packed else held).decode(errors="replace")


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK\x03\x04"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode(errors='replace')}" for name in archive.namelist())


@dataclass
class Walk:
    """An app, the world in it, and who walks."""

    app: Flask
    world: World
    furniture: Furniture
    written: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    visits: int = 0

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)
        _watch(self.app.config["ENGINE"], self.written)

    @cached_property
    def doors(self) -> list[Door]:
        """Give every door."""
        return doors(self.app, self.world, self.furniture)

    def doors_for(self, role: str) -> list[Door]:
        """Give the doors that a role is sent to: to whoever is not signed in, all of an endpoint ask the same."""
        if role == KIOSK:  # its own way out, which ends the session with a link
            return [door for door in self.doors if door.endpoint != "core.screen_leave"]
        if role not in STRANGERS:
            return self.doors
        alone = {(door.endpoint, door.method): door for door in self.doors if not door.policy.is_open}
        return [door for door in self.doors if door.policy.is_open] + list(alone.values())

    def pairs_for(self, role: str) -> list[Door]:
        """Give the doors that a role is sent to in a walk: all of them in the long one, by pairs in the short one.

        Each role goes to each address at least once for each answer it must get there; to all its doors where the
        answer is not known beforehand. Of the others it goes to one in three, the next role to the next: each role,
        each door and each address still meet.
        """
        every = self.doors_for(role)
        if self.world.is_full or role not in SHORT or role in STRANGERS:
            return every
        met: set[object] = set()
        places: Counter[str] = Counter()
        chosen = []
        for door in every:
            answer = expected(door, role, self.world, self.furniture)
            may = may_act(door, role, self.world, self.furniture)
            meeting = door.endpoint, door.method, answer, may
            places[door.endpoint] += 1
            is_known = door.endpoint not in self.furniture.turned_away
            if meeting not in met or not is_known or (places[door.endpoint] + SHORT.index(role)) % APART == 0:
                chosen.append(door)
            met.add(meeting)
        return chosen

    def visit(self, role: str, door: Door, *, method: str = "", url: str = "", **options: Any) -> Visit:
        """Make a request with the cookie of a role, and `values` with the token of its forms unless `data` is given."""
        sent, token = self.world.sent_by(role)
        method, url = method or door.method, url or door.url
        headers = {**options.pop("headers", {}), **({"Cookie": sent} if sent else {})}
        if method in UNSAFE:
            options.setdefault("data", {**options.pop("values", {}), "csrf_token": token})
        self.visits += 1
        self.written.clear()
        with _refusals() as refusals:
            answer = self.client.open(url, method=method, headers=headers, **{"environ_base": AGENT_OF, **options})
        made = _visit(role, door, method, url, answer, tuple(self.written))
        return replace(made, is_forbidden=any(isinstance(refusal, Forbidden) for refusal in refusals))

    def undone(self, role: str, door: Door, **options: Any) -> Visit:
        """Make a request whose transaction is rolled back where it would commit: the world stays as it is."""
        with patch.object(db.session, "commit", _undo):
            return self.visit(role, door, **options)

    def state(self) -> dict[str, str]:
        """Give what stands in every table that is not operational."""
        with self.app.config["ENGINE"].connect() as conn:
            there = set(sa.inspect(conn).get_table_names())
            tables = [table for table in CoreBase.metadata.sorted_tables if table.name in there - OPERATIONAL]
            return {table.name: _rows(conn, table) for table in tables}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note what is logged, as it would be written."""
        handler = _Notes(self.logged)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)


class _Notes(logging.Handler):
    def __init__(self, notes: list[str]) -> None:
        super().__init__()
        self.notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        self.notes.append(str(facts_of(record, details=False)))


def _visit(role: str, door: Door, method: str, url: str, answer: TestResponse, wrote: tuple[str, ...]) -> Visit:
    made = Visit(role, door, method, url, answer.status_code, answer.headers, answer.data, wrote)
    answer.close()
    return made


@contextmanager
def _refusals() -> Iterator[list[PortalError]]:
    """Gather what services refuse to forms meanwhile: the page says it in words, the status that it was refused."""
    found: list[PortalError] = []
    show = Form.refuse

    def refuse(form: Form, refusal: PortalError) -> None:
        found.append(refusal)
        show(form, refusal)

    with patch.object(Form, "refuse", refuse):
        yield found


def _undo() -> None:
    db.session.flush()
    db.session.rollback()


def _rows(conn: sa.Connection, table: sa.Table) -> str:
    columns = [column for column in table.columns if str(column) != "sessions.seen_at"]
    return repr(sorted(map(repr, conn.execute(sa.select(*columns)).all())))


def _watch(engine: sa.Engine, written: list[str]) -> None:
    """Note the statements that changed a row of a table which is not operational, once they are committed."""
    waiting: dict[int, list[str]] = {}
    counts: dict[int, int] = {}

    def before(conn: Any, *_rest: Any) -> None:
        raw = conn.connection.dbapi_connection
        counts[id(raw)] = getattr(raw, "total_changes", 0)

    def after(conn: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        raw = conn.connection.dbapi_connection
        changed = raw.total_changes - counts[id(raw)] if hasattr(raw, "total_changes") else cursor.rowcount
        if changed > 0 and _is_noted(statement):
            waiting.setdefault(id(raw), []).append(statement)

    def over(conn: Any, *, kept: bool) -> None:
        found = waiting.pop(id(conn.connection.dbapi_connection), [])
        written.extend(found if kept else [])

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "commit", partial(over, kept=True))
    event.listen(engine, "rollback", partial(over, kept=False))


def _is_noted(statement: str) -> bool:
    words = statement.split()
    verb = words[0].upper()
    if verb not in {"INSERT", "UPDATE", "DELETE"} or statement.startswith("UPDATE sessions SET seen_at"):
        return False
    return words[1 if verb == "UPDATE" else 2].strip('"') not in OPERATIONAL
