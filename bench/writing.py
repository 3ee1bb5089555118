"""Write transactions: people open ephemeral labs through the pages, then the same statements without the portal."""

from __future__ import annotations

import cProfile
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from bench.filling import USERS
from bench.instances import TOKEN, Wanted, Workshop, answer, ask, cookie_for, site_in
from bench.pages import counted, profiled
from bench.rows import MEMBERS
from bench.servers import WORKERS, Served, burst, environment, free_port, gunicorn, request_bytes, running, wait_for
from portal.hosting.config import read_instance
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.site import Site

WRITERS = 4
PROFILED = 24
FAR_AUDIT = 5_000_000  # so that the number of an audit entry is never that of anything else in the recording
SEE_OTHER = 303
FORM = {"minutes": "60", "place": "Salle des Dunes", "audience": "lab", "continues_id": "0"}


@dataclass
class Writes:
    """Transactions per second through the portal and bare, round by round, and what was refused."""

    portal: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    refused: int = 0
    locked: int = 0
    statements: int = 0
    reads: int = 0
    houses: dict[str, float] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Give the part of the bare rate that the portal keeps."""
        return median(one / two for one, two in zip(self.portal, self.bare, strict=True))


@dataclass(frozen=True)
class Writer:
    """Somebody who opens labs in theirs."""

    lab: int
    cookie: str
    token: str

    def body(self, question: str) -> str:
        """Write the form."""
        at = datetime.now(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%dT%H:%M")
        return urlencode({**FORM, "question": question, "starts_at": at, "csrf_token": self.token})


def writes(workshop: Workshop, *, rounds: int, requests: int, seconds: float, log: Path) -> Writes:
    """Measure both, one after the other, round after round."""
    wanted = Wanted("writes", "sqlite", 1000)
    folder = workshop.instance("writes", [wanted])
    site, found, port = site_in(folder, wanted.slug), Writes(), free_port()
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.text("UPDATE audit_head SET last_id = :last"), {"last": FAR_AUDIT})
    writers = [_writer(site, wanted, 3 + number) for number in range(WRITERS)]
    recorded = folder / "recorded.json"
    found.statements = _record(folder, wanted, writers[0], recorded)
    found.reads, found.houses = _profile(folder, wanted, writers[0])
    with running(gunicorn("portal.wsgi:application", port), port, folder=folder, log=log) as server:
        wait_for(server, request_bytes("/sign-in", host=wanted.host))
        for number in range(-1, rounds):
            served = burst(
                server, lambda n, turn=number: _post(writers, wanted, turn, n), requests, connections=WRITERS
            )
            bare = _replayed(str(sa.make_url(site.url).database), recorded, seconds)
            if number >= 0:
                _note(found, served, bare)
    found.locked = log.read_text(errors="replace").count("database is locked")
    return found


def _note(found: Writes, served: Served, bare: float) -> None:
    found.portal.append(served.statuses[SEE_OTHER] / served.seconds)
    found.bare.append(bare)
    found.cpu_ms.append(served.cpu_ms)
    found.refused += sum(count for status, count in served.statuses.items() if status != SEE_OTHER)


def _writer(site: Site, wanted: Wanted, lab: int) -> Writer:
    cookie = cookie_for(site, 1 + (lab * MEMBERS + 1) % USERS)
    dispatcher = Dispatcher(site.instance)
    _status, headers, page = ask(dispatcher, f"/labs/{lab}/open", host=wanted.host, cookie=cookie)
    token = TOKEN.search(page.decode())
    if token is None:
        raise RuntimeError(f"no form at /labs/{lab}/open")
    return Writer(lab, headers.get("Set-Cookie", cookie).partition(";")[0], token.group(1))


def _post(writers: list[Writer], wanted: Wanted, turn: int, number: int) -> bytes:
    who = writers[number % len(writers)]
    headers = {"Cookie": who.cookie, "Sec-Fetch-Site": "same-origin"}
    body = who.body(f"Que change-t-on au tour {turn}, fois {number} ?")
    return request_bytes(f"/labs/{who.lab}/open", host=wanted.host, headers=headers, body=body)


@contextmanager
def _written(site: Site) -> Iterator[list[tuple[str, Any]]]:
    """List the statements that write, as they reach the driver."""
    seen: list[tuple[str, Any]] = []

    def note(conn: object, cursor: object, statement: str, parameters: Any, context: object, many: bool) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            seen.extend((statement, list(one)) for one in (parameters if many else [parameters]))

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


def _order(who: Writer, wanted: Wanted, question: str) -> dict[str, Any]:
    """Make what the server would give for the sending of the form."""
    builder = EnvironBuilder(
        path=f"/labs/{who.lab}/open",
        method="POST",
        headers={"Host": wanted.host, "Cookie": who.cookie, "Sec-Fetch-Site": "same-origin"},
        data=who.body(question),
        content_type="application/x-www-form-urlencoded",
    )
    try:
        return builder.get_environ()
    finally:
        builder.close()


def _profile(folder: Path, wanted: Wanted, who: Writer) -> tuple[int, dict[str, float]]:
    """Open labs in this process; count the statements that read for one, and give each house's share of the time."""
    dispatcher = Dispatcher(read_instance(folder))
    site = dispatcher.sites[wanted.host]
    answer(dispatcher, _order(who, wanted, "Que change-t-on avant de mesurer ?"))
    with counted(site) as seen:
        answer(dispatcher, _order(who, wanted, "Que lit-on avant d’écrire ?"))
    orders = [_order(who, wanted, f"Que change-t-on, profil {number} ?") for number in range(PROFILED)]
    watch = cProfile.Profile()
    watch.enable()
    for order in orders:
        answer(dispatcher, order)
    watch.disable()
    site.engine.dispose()
    return sum(count for name, count in seen.items() if name.startswith("select")), profiled(watch, PROFILED)[1]


def _record(folder: Path, wanted: Wanted, who: Writer, path: Path) -> int:
    """Open one lab in this process and keep the statements that wrote it."""
    dispatcher = Dispatcher(read_instance(folder))
    site = dispatcher.sites[wanted.host]
    with _written(site) as seen:
        status, answered, _body = answer(dispatcher, _order(who, wanted, "Que change-t-on pour commencer ?"))
    if status != SEE_OTHER:
        raise RuntimeError(f"a lab could not be opened: {status}")
    number = int(answered["Location"].rpartition("/")[2])
    script = {"statements": seen, "ephemeral_id": number, "audit_id": FAR_AUDIT + 1}
    path.write_text(json.dumps(script), encoding="utf-8")
    site.engine.dispose()
    return len(seen)


def _replayed(database: str, recorded: Path, seconds: float) -> float:
    """Let as many processes as the portal has write without it; give transactions per second."""
    command = [sys.executable, "-m", "bench.apart", "replay", database, str(recorded), str(seconds)]
    started = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) for _worker in range(WORKERS)
    ]
    given = [json.loads(process.communicate()[0]) for process in started]
    return sum(one["done"] / one["seconds"] for one in given)
