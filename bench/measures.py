"""The chapters of RESULTS.md about pages: each measures, then writes its section."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from bench.filling import READER
from bench.instances import Wanted, Workshop, cookie_for, site_in
from bench.pages import BOARD, LAB, LEGAL, LIST, SIGN_IN, TODAY, Inside, middle_cursor, shares
from bench.report import Report, table

NAMES = {
    LIST: "list of ephemeral labs, 25 rows",
    TODAY: "Aujourd’hui",
    LAB: "a lab",
    BOARD: "board of commitments, 24 rows",
    LEGAL: "a legal page",
    SIGN_IN: "sign-in",
}
PAGES = tuple(NAMES)
SQL_AIM, GROWTH_AIM, SEARCH_AIM_MS = 6, 1.3, 20
QUICK_ROWS = 10_000
MORE = "Where more than six come from, beside the revision, by the first table of each:"
WEIGHT_HEADS = (
    "page",
    "SQL",
    "savepoint orders",
    "next page kB",
    "first visit kB",
    "requests",
    "not compressed kB",
    "asked again",
)


@dataclass(frozen=True)
class Effort:
    """How long one measures."""

    rounds: int
    requests: int
    page_seconds: float
    starts: int
    write_rounds: int
    write_requests: int
    write_seconds: float
    profiled: int
    imported: int
    turns: int


@dataclass(frozen=True)
class Bench:
    """What the chapters share."""

    workshop: Workshop
    folder: Path
    wanted: Sequence[Wanted]
    cookies: Mapping[str, str]
    report: Report
    effort: Effort
    log: Path

    def of(self, database: str) -> list[Wanted]:
        """List the collectivities on one database, smallest first."""
        return [item for item in self.wanted if item.database == database]

    @property
    def databases(self) -> list[str]:
        """List the databases measured."""
        return sorted({item.database for item in self.wanted}, reverse=True)

    @property
    def usual(self) -> dict[str, Wanted]:
        """Give the collectivity of 100 000 rows (or the largest smaller one) of each database."""
        return {name: [item for item in self.of(name) if item.rows <= 100_000][-1] for name in self.databases}


@contextmanager
def apart(
    bench: Bench, name: str, fill: Callable[[Engine, int], None], *, sizes: Sequence[int], quick_sizes: Sequence[int]
) -> Iterator[tuple[Inside, dict[str, list[Wanted]]]]:
    """Make an instance for one chapter, and give what answers there, and the collectivities of each database."""
    quick = max(item.rows for item in bench.wanted) <= QUICK_ROWS
    wanted = [
        Wanted(f"{name}{kind}{size}", kind, size)
        for kind in bench.databases
        for size in (quick_sizes if quick else sizes)
    ]
    home = bench.workshop.instance(name, wanted, fill=fill)
    inside = Inside(home, {item.slug: cookie_for(site_in(home, item.slug), READER) for item in wanted})
    yield inside, {kind: [item for item in wanted if item.database == kind] for kind in bench.databases}
    for site in inside.dispatcher.sites.values():
        site.engine.dispose()


def weights(bench: Bench, inside: Inside) -> None:
    """Chapter 2: SQL and kilobytes."""
    rows, heaviest, told = [], {"first": 0.0, "page": 0.0, "scripts": 0.0, "requests": 0.0}, []
    wanted = bench.usual["sqlite"]
    for path in (*PAGES, f"/labs/e/{wanted.rows}"):
        seen, kilo = inside.statements(wanted, path), inside.weights(wanted, path)
        again = inside.not_modified(wanted, path)
        name = NAMES.get(path, "an open ephemeral lab")
        size = (kilo["page"], kilo["first"], int(kilo["requests"]), kilo["raw"])
        rows.append((name, seen["sql"] + 1, seen["savepoints"], *size, again))
        heaviest = {key: max(value, kilo[key]) for key, value in heaviest.items()}
        told += came_from(name, seen)
        bench.report.at_most(f"SQL statements: {name}", seen["sql"] + 1, SQL_AIM)
    for key, aim, what in (
        ("first", 80, "first visit, kB compressed, heaviest page"),
        ("page", 15, "next page, kB compressed, heaviest page"),
        ("scripts", 20, "JavaScript, kB compressed"),
        ("requests", 8, "requests of a first visit"),
    ):
        bench.report.at_most(what, heaviest[key], aim)
    again = inside.not_modified(wanted, LEGAL)
    verdict = "met" if again == 304 else "**missed**: the page is made again"
    bench.report.aims.append(("public page that did not change", "304", str(again), verdict))
    how = (
        "SQLite, 100 000 rows in a full run. SQL counts the dispatcher's reading of the revision as one."
        " Compressed means gzip: the portal"
        " compresses its sheet and scripts itself and leaves pages to the server in front of it."
    )
    bench.report.section("2. SQL and weight", how, table(WEIGHT_HEADS, rows), "\n".join([MORE, *told]))


def came_from(what: str, seen: Mapping[str, int]) -> Iterator[str]:
    """Say by which table each statement of a page begins, if they are more than the aim."""
    if seen["sql"] >= SQL_AIM:
        each = {key: value for key, value in seen.items() if " " in key}
        yield f"* {what}: " + ", ".join(f"{n} × {key}" for key, n in sorted(each.items()))


def growth(bench: Bench, inside: Inside) -> None:
    """Chapter 3: the same pages over more rows."""
    sections, parts = bench.of("sqlite"), []
    for name in bench.databases:
        sizes, rows = bench.of(name), []
        for what, path_of in _growing(bench).items():
            times = [inside.p50_ms(wanted, path_of(wanted)) for wanted in sizes]
            ratio = times[-1] / times[0]
            rows.append((what, *times, f"{ratio:.1f} ×" + ("" if ratio <= GROWTH_AIM else " **missed**")))
            bench.report.at_most(
                f"growth to {_short(sizes[-1].rows)} rows: {what}, {name}", ratio, GROWTH_AIM, unit=" ×"
            )
            search_aim(bench.report, what, sizes[-1], times[-1])
        heads = (f"{name}, ms", *(_short(wanted.rows) for wanted in sizes), "growth")
        parts.append(table(heads, rows))
    how = (
        "One request after the other, in process, without sockets; median of up to 40; SQLite: processor time,"
        " PostgreSQL: elapsed time. People, labs and members are the"
        " same at each size, and what the reader took part in; ephemeral labs, who was in them, their doors,"
        " audit entries, projects and commitments (a tenth) grow."
        f" Largest size measured: {_short(sections[-1].rows)}."
    )
    bench.report.section("3. Growth", how, *parts)


def search_aim(report: Report, what: str, wanted: Wanted, ms: float) -> None:
    """Set a page that looks for words, at its largest size, beside the aim of a search."""
    if "word" in what:
        over = f"{_short(wanted.rows)} rows: {what}, {wanted.database}"
        report.at_most(f"search, p50 of the page over {over}", ms, SEARCH_AIM_MS, unit=" ms")


def _short(rows: int) -> str:
    return f"{rows:,}".replace(",", " ")


def _growing(bench: Bench) -> dict[str, Any]:
    return {
        "list, first page": lambda wanted: LIST,
        "list, from its middle": lambda wanted: middle_cursor(bench.folder, wanted),
        "list, search of a common word": lambda wanted: f"{LIST}?q=comptoir",
        "list, search of a rare word": lambda wanted: f"{LIST}?q=numero+7",
        "list of projects": lambda wanted: "/labs/projects",
        "an ended ephemeral lab": lambda wanted: f"/labs/e/{wanted.rows // 2}",
        "an open ephemeral lab": lambda wanted: f"/labs/e/{wanted.rows}",
        "a lab": lambda wanted: LAB,
        "board of commitments (a tenth as many)": lambda wanted: BOARD,
        "board, what was kept": lambda wanted: f"{BOARD}?state=kept",
        "board, search of a rare word": lambda wanted: f"{BOARD}?q=numero+7",
        "a commitment": lambda wanted: f"{BOARD}c/{wanted.rows // 20}",
        "Aujourd’hui": lambda wanted: TODAY,
    }


def profiles(bench: Bench, inside: Inside) -> None:
    """Chapter 7: where the time goes in the pages that have an aim."""
    wanted, parts = bench.usual["sqlite"], []
    for path in (LIST, LAB, LEGAL):
        inside.get(wanted, path)
        rows, houses = inside.profile(wanted, path, times=bench.effort.profiled)
        top = table(
            ("function", "calls / page", "own ms / page"), [(f"`{name}`", calls, ms) for name, calls, ms in rows[:12]]
        )
        parts.append(f"**{NAMES[path]}**, by where the code lives: {shares(houses)}.\n\n{top}")
    how = "cProfile, SQLite, one process; it makes calls of small functions look dearer than they are."
    bench.report.section("7. Where the time goes", how, *parts)
