"""Chapter 1 of RESULTS.md: the processor time of pages, and of less than a portal, in the same rounds."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy.engine import make_url

from bench import listed
from bench.filling import READER
from bench.instances import Wanted, site_in
from bench.measures import NAMES, PAGES, Bench
from bench.pages import LEGAL, LIST, OPEN_TO_ALL, SIGN_IN, Cookies
from bench.report import table
from bench.servers import Served, Server, burst, free_port, gunicorn, request_bytes, running, wait_for
from bench.starting import BARE_APP, PORTAL

RAW_APP = "bench.bare:raw"
RAW, BARE, LISTED, OURS = "raw", "bare", "listed", "portal"
RATIO_AIMS = {LIST: 3.0, LEGAL: 1.2, SIGN_IN: 1.2}
WARM_REQUESTS, WARM_SECONDS = 24, 60  # by number: a busy machine must not make us measure cold processes
HEADS = (
    "page",
    "database",
    "rows",
    "CPU ms / request",
    "CPU × bare",
    "aim",
    "lowest – highest ×",
    "answers / s",
    "p50 ms",
)


@dataclass(frozen=True)
class Line:
    """One page: of a collectivity, or of a server that is less than a portal."""

    path: str
    wanted: Wanted | None = None
    server: str = OURS

    def request(self, cookies: Cookies) -> bytes:
        """Write its request."""
        if self.wanted is None:
            return request_bytes(self.path, headers={"Cookie": cookies.get(self.server, "")})
        cookie = "" if self.path in OPEN_TO_ALL else cookies[self.wanted.slug]
        return request_bytes(self.path, host=self.wanted.host, headers={"Cookie": cookie})


BASE = Line("/", server=BARE)
LESS = {
    Line("/", server=RAW): "raw WSGI, the bytes of the bare page",
    BASE: "**bare page**: one route, one template, 25 fixed rows",
    Line("/", server=LISTED): "the same + session user + ORM list of 25, no count",
    Line("/counted", server=LISTED): "the same with `count(*)`",
}


@dataclass
class Cost:
    """What a page cost in every round."""

    cpu_ms: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    refused: int = 0


def page_costs(bench: Bench) -> None:
    """Chapter 1: processor time against the bare page."""
    lines = [Line(path, bench.usual[name]) for name in bench.databases for path in PAGES]
    lines += [Line(LIST, bench.of(name)[0]) for name in bench.databases]
    with _serving(bench) as (servers, cookies):
        less = [line for line in LESS if line.server in servers]
        found = _costs(bench, servers, [*less, *lines], cookies)
    effort = bench.effort
    how = (
        f"gunicorn, 2 synchronous workers each, compiled bytecode; medians of {effort.rounds} shuffled rounds of"
        f" up to {effort.requests} requests ({effort.page_seconds:g} s at most) over 4 connections."
        " The processor time is that of the server's processes, not of PostgreSQL's."
        " The client shares the cores: answers per second are a floor. The first lines are Flask, Jinja and SQLAlchemy"
        " alone (`bench/bare.py`, `bench/listed.py`); their list reads the SQLite"
        " file of the portal's own list, the larger one here."
    )
    first = [_row(line, found[line]) for line in less]
    rest = [_row(line, cost) for line, cost in found.items() if line.wanted]
    rest.sort(key=lambda row: (row[1], str(row[2])))
    for name, wanted in bench.usual.items():
        for path, aim in RATIO_AIMS.items():
            ratios = found[Line(path, wanted)].ratios
            bench.report.at_most(f"CPU × bare page: {NAMES[path]}, {name}", median(ratios), aim)
    bench.report.section("1. Processor time per page", how, table(HEADS, [*first, *rest]))


@contextmanager
def _serving(bench: Bench) -> Iterator[tuple[dict[str, Server], Cookies]]:
    """Run the portal and what it is compared with, each on its port; the list needs the file of a SQLite."""
    applications, cookies = {RAW: RAW_APP, BARE: BARE_APP, OURS: PORTAL}, dict(bench.cookies)
    if usual := bench.usual.get("sqlite"):
        path = make_url(site_in(bench.folder, usual.slug).url).database
        applications[LISTED] = f"bench.listed:application({path!r})"
        cookies[LISTED] = listed.cookie(listed.application(str(path)), READER)
    with ExitStack() as stack:
        servers = {}
        for name, application in applications.items():
            port = free_port()
            folder = bench.folder if name == OURS else None
            servers[name] = stack.enter_context(
                running(gunicorn(application, port), port, folder=folder, log=bench.log)
            )
            line = Line(SIGN_IN, bench.wanted[0]) if name == OURS else Line("/", server=name)
            wait_for(servers[name], line.request(cookies))
        yield servers, cookies


def _costs(bench: Bench, servers: Mapping[str, Server], lines: Sequence[Line], cookies: Cookies) -> dict[Line, Cost]:
    """Measure the lines in a shuffled order, round after round, the bare page among them."""
    every, found, shuffled = list(lines), defaultdict[Line, Cost](Cost), random.Random(1)
    effort = bench.effort

    def served(line: Line, requests: int, max_seconds: float) -> Served:
        request = line.request(cookies)
        return burst(servers[line.server], lambda _number: request, requests, max_seconds=max_seconds)

    for line in every:
        served(line, WARM_REQUESTS, WARM_SECONDS)
    for _round in range(effort.rounds):
        shuffled.shuffle(every)
        bursts = {line: served(line, effort.requests, effort.page_seconds) for line in every}
        for line, one in bursts.items():
            cost = found[line]
            cost.cpu_ms.append(one.cpu_ms)
            cost.ratios.append(one.cpu_ms / bursts[BASE].cpu_ms)
            cost.per_second.append(one.per_second)
            cost.p50_ms.append(one.p50_ms)
            cost.refused += sum(count for status, count in one.statuses.items() if status != 200)
    return found


def _row(line: Line, cost: Cost) -> tuple[object, ...]:
    ratios = sorted(cost.ratios)
    span = f"{ratios[0]:.1f} – {ratios[-1]:.1f}" + (f", {cost.refused} refused" if cost.refused else "")
    if line.wanted:
        aim = RATIO_AIMS.get(line.path)
        name, where = NAMES[line.path], (line.wanted.database, f"{line.wanted.rows:,}".replace(",", " "))
    else:
        aim, name, where = None, LESS[line], ("–", "–")
    figures = (median(cost.cpu_ms), median(ratios), f"≤ {aim}" if aim else "–", span)
    return (name, *where, *figures, median(cost.per_second), median(cost.p50_ms))
