"""What pages cost: processor time against the bare page, SQL, weight, growth, and where the time goes."""

from __future__ import annotations

import cProfile
import gzip
import json
import pstats
import re
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bench.instances import Wanted, answer, ask, environ_for, site_in
from portal.hosting.config import read_instance
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.site import Site

LIST, TODAY, LAB, BOARD = "/labs/e/", "/", "/labs/1", "/copils/"
LEGAL, SIGN_IN = "/mentions-legales", "/sign-in"
OPEN_TO_ALL = (LEGAL, SIGN_IN)
RESOURCE = re.compile(r'<(?:link|script|img)[^>]*\b(?:href|src)="(/[^"]+)"')
OURS = re.compile(r"/(portal|plugins)/(.+)$")
TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)
GROWTH_SECONDS = 0.8
GROWTH_TIMES = 40
Cookies = Mapping[str, str]


@contextmanager
def counted(site: Site) -> Iterator[Counter[str]]:
    """Count the statements that reach the database: `sql`, `savepoints`, and each by the table it starts from."""
    seen: Counter[str] = Counter()

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("BEGIN"):
            return
        if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO")):
            seen["savepoints"] += 1
            return
        seen["sql"] += 1
        table = TABLE.search(statement)
        seen[f"{statement.split(maxsplit=1)[0].lower()} {table.group(1) if table else '?'}"] += 1

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


class Inside:
    """An instance answering in this process, without sockets."""

    def __init__(self, folder: Path, cookies: Cookies) -> None:
        self.folder, self.cookies = folder, cookies
        self.dispatcher = Dispatcher(read_instance(folder))

    def environ(self, wanted: Wanted, path: str) -> dict[str, Any]:
        """Make what the server would give for this page."""
        cookie = "" if path in OPEN_TO_ALL else self.cookies[wanted.slug]
        return environ_for(path, host=wanted.host, cookie=cookie)

    def get(self, wanted: Wanted, path: str) -> tuple[int, Any, bytes]:
        """Ask for a page."""
        return answer(self.dispatcher, self.environ(wanted, path))

    def statements(self, wanted: Wanted, path: str) -> Counter[str]:
        """Count the SQL of a page that was asked before; the revision read by the dispatcher is one more."""
        self.get(wanted, path)
        with counted(self.dispatcher.sites[wanted.host]) as seen:
            self.get(wanted, path)
        return seen

    def p50_ms(self, wanted: Wanted, path: str) -> float:
        """Give the time half of the answers take, one after the other.

        With SQLite all the work is in this process, so processor time is told: a busy machine does not change it.
        With PostgreSQL half of it is elsewhere: elapsed time.
        """
        clock = time.process_time if wanted.database == "sqlite" else time.perf_counter
        self.get(wanted, path)
        times: list[float] = []
        until = time.perf_counter() + GROWTH_SECONDS
        while len(times) < GROWTH_TIMES and (time.perf_counter() < until or len(times) < 3):
            environ = self.environ(wanted, path)
            started = clock()
            status, _headers, _body = answer(self.dispatcher, environ)
            times.append((clock() - started) * 1000)
            if status != 200:
                raise RuntimeError(f"{path}: {status}")
        return median(times)

    def weights(self, wanted: Wanted, path: str) -> dict[str, float]:
        """Weigh a page compressed, in kB: itself, then with all that a first visit loads."""
        _status, headers, body = self.get(wanted, path)
        found = sorted(set(RESOURCE.findall(body.decode())))
        loaded = {name: _compressed(*self._resource(wanted, name)) for name in found}
        scripts = sum(size for name, size in loaded.items() if name.endswith(".js"))
        page = _compressed(headers, body)
        first = page + sum(loaded.values())
        kilo = {"page": page, "scripts": scripts, "first": first, "raw": len(body)}
        return {**{name: size / 1000 for name, size in kilo.items()}, "requests": 1 + len(loaded)}

    def _resource(self, wanted: Wanted, name: str) -> tuple[Any, bytes]:
        _status, headers, body = ask(self.dispatcher, name, host=wanted.host)
        return headers, body

    def not_modified(self, wanted: Wanted, path: str) -> int:
        """Ask for a page again as a browser that kept it, and give the status."""
        _status, headers, _body = self.get(wanted, path)
        environ = self.environ(wanted, path)
        environ["HTTP_IF_NONE_MATCH"] = headers.get("ETag", "")
        environ["HTTP_IF_MODIFIED_SINCE"] = headers.get("Last-Modified", "")
        return answer(self.dispatcher, environ)[0]

    def profile(
        self, wanted: Wanted, path: str, *, times: int
    ) -> tuple[list[tuple[str, float, float]], dict[str, float]]:
        """Give the functions that take longest by themselves, with calls and ms per page, and each house's share."""
        environs = [self.environ(wanted, path) for _time in range(times)]
        watch = cProfile.Profile()
        watch.enable()
        for environ in environs:
            answer(self.dispatcher, environ)
        watch.disable()
        return profiled(watch, times)


def _compressed(headers: Any, body: bytes) -> int:
    return len(body if headers.get("Content-Encoding") else gzip.compress(body, 6, mtime=0))


def shares(houses: Mapping[str, float]) -> str:
    """Say each house's share of the time, from two hundredths on."""
    return ", ".join(f"{house} {share:.0%}" for house, share in houses.items() if share >= 0.02)


def profiled(watch: cProfile.Profile, times: int) -> tuple[list[tuple[str, float, float]], dict[str, float]]:
    """Give the functions that take longest by themselves, with calls and ms per time, and each house's share."""
    stats: Any = pstats.Stats(watch)
    rows, houses = [], Counter[str]()
    for (file, line, name), (_calls, calls, own, _total, _callers) in stats.stats.items():
        rows.append((f"{_short(file, line)}{name}", calls / times, own * 1000 / times))
        houses[_house(file, name)] += own
    whole = sum(houses.values())
    rows.sort(key=lambda row: row[2], reverse=True)
    return rows, {house: own / whole for house, own in houses.most_common()}


def _short(file: str, line: int) -> str:
    if not file.endswith(".py"):
        return f"{file} " if "/" not in file and file != "~" else ""
    place = file.partition("site-packages/")[2] or "/".join(Path(file).parts[-3:])
    return f"{place}:{line} "


def _house(file: str, name: str) -> str:
    if "sqlite3" in name or "psycopg" in file:
        return "database driver and database"
    if ".html" in file or "/jinja2/" in file or "/markupsafe/" in file or "markupsafe" in name:
        return "templates and Jinja"
    for package in ("sqlalchemy", "flask_sqlalchemy", "werkzeug", "flask", "babel", "wtforms", "pluggy"):
        if f"/{package}/" in file:
            return "SQLAlchemy" if "sqlalchemy" in package else package
    ours = OURS.search(file)
    if ours and "site-packages" not in file:
        return f"{ours.group(1)}/"
    return "Python itself"


def middle_cursor(folder: Path, wanted: Wanted) -> str:
    """Give the address of the list in the middle of its rows."""
    site = site_in(folder, wanted.slug)
    with site.engine.connect() as conn:
        number = wanted.rows // 2
        at: Any = conn.execute(
            sa.text("SELECT starts_at FROM labs_ephemeral WHERE id = :id"), {"id": number}
        ).scalar_one()
    site.engine.dispose()
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    text = instant.isoformat() if instant.tzinfo else f"{instant.isoformat()}+00:00"
    cursor = urlsafe_b64encode(json.dumps([text, number]).encode()).decode().rstrip("=")
    return f"{LIST}?after={cursor}"
