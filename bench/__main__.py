"""`python -m bench`: measure everything, write bench/RESULTS.md. `--quick` takes a few minutes, on small data."""

from __future__ import annotations

import argparse
import compileall
import contextlib
import logging
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bench import measures, processes
from bench.costs import page_costs
from bench.days import living
from bench.filling import READER
from bench.importing import importing
from bench.instances import Wanted, Workshop, cookie_for, site_in
from bench.more import one_more
from bench.pages import Inside
from bench.report import RESULTS, Report
from bench.talents import finding
from portal.testing.postgres import PostgresUnavailable, postgresql_cluster

ROOT = Path(__file__).parent.parent
FULL = measures.Effort(5, 150, 1.6, 5, 3, 250, 2.0, 60, 50_000, 40)
QUICK = measures.Effort(3, 40, 1.0, 3, 2, 48, 1.0, 24, 1_000, 12)
SIZES = {"sqlite": (1_000, 100_000, 1_000_000), "postgresql": (1_000, 100_000, 1_000_000)}
QUICK_SIZES = {"sqlite": (1_000, 10_000), "postgresql": (1_000, 10_000)}


Chapter = Callable[[measures.Bench, Inside], object]
CHAPTERS: dict[int, tuple[str, Chapter]] = {
    1: ("processor time per page", lambda bench, _inside: page_costs(bench)),
    2: ("SQL and weight", measures.weights),
    3: ("growth", measures.growth),
    4: ("building, switching, starting, memory", lambda bench, _inside: processes.starting(bench)),
    5: ("writing", lambda bench, _inside: processes.writing(bench)),
    6: ("guard and dispatcher", processes.hooking),
    7: ("where the time goes", measures.profiles),
    8: ("an import of people", lambda bench, _inside: importing(bench)),
    9: ("finding somebody", finding),
    10: ("the day", living),
    11: ("one more plugin", lambda bench, _inside: one_more(bench)),
}


def arguments() -> argparse.Namespace:
    """Read the command."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few minutes, small data")
    parser.add_argument("--databases", default="sqlite,postgresql", help="sqlite,postgresql")
    parser.add_argument("--rows", type=int, default=1_000_000, help="largest number of rows (default: a million)")
    every = ",".join(map(str, CHAPTERS))
    parser.add_argument("--chapters", default=every, help=f"which chapters (default: {every}); needs --output")
    parser.add_argument("--output", type=Path, help="where to write (default: bench/RESULTS.md; quick: printed)")
    options = parser.parse_args()
    if options.chapters != every and options.output is None and not options.quick:
        parser.error("RESULTS.md is whole or not at all: say where with --output")
    return options


@contextlib.contextmanager
def cluster(databases: list[str]) -> Iterator[Any]:
    """Start a PostgreSQL of ours if it is wanted and can be; else None, and say so."""
    if "postgresql" not in databases:
        yield None
        return
    try:
        with postgresql_cluster(within=Path(tempfile.gettempdir())) as server:  # on a disk, as a portal is
            yield server
    except PostgresUnavailable as reason:
        say(f"PostgreSQL is left out: {reason}")
        yield None


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"{time.perf_counter() - STARTED:5.0f} s  {text}", file=sys.stderr, flush=True)


def postgresql_version(server: Any) -> str | None:
    """Give the version of the server."""
    if server is None:
        return None
    import psycopg

    with psycopg.connect(host=str(server.sockets), user="portal", dbname="postgres") as talk:
        number = talk.info.server_version
    return f"PostgreSQL {number // 10000}.{number % 10000} (a throw-away server without fsync, on the same cores)"


def measure(options: argparse.Namespace, folder: Path, server: Any) -> Report:
    """Make the data, run every chapter."""
    workshop = Workshop(folder, server)
    sizes = QUICK_SIZES if options.quick else SIZES
    kinds = [name for name in options.databases.split(",") if name == "sqlite" or server is not None]
    wanted = [Wanted(f"{kind}{rows}", kind, rows) for kind in kinds for rows in sizes[kind] if rows <= options.rows]
    say(f"making {', '.join(item.slug for item in wanted)}")
    home = workshop.instance("main", wanted)
    cookies = {item.slug: cookie_for(site_in(home, item.slug), READER) for item in wanted}
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    report = Report(command, date.today().isoformat(), postgresql_version(server))  # noqa: DTZ011 the day here
    effort = QUICK if options.quick else FULL
    bench = measures.Bench(workshop, home, wanted, cookies, report, effort, folder / "servers.log")
    inside = Inside(home, cookies)
    for number in map(int, options.chapters.split(",")):
        words, chapter = CHAPTERS[number]
        say(f"{number}. {words}")
        chapter(bench, inside)
    for site in inside.dispatcher.sites.values():
        site.engine.dispose()
    return report


def main() -> None:
    """Run the command."""
    options = arguments()
    logging.basicConfig(level=logging.ERROR)
    for name in ("portal", "plugins", "bench"):
        compileall.compile_dir(ROOT / name, quiet=2)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name, cluster(options.databases.split(",")) as server:
        report = measure(options, Path(name), server)
    text = report.text(seconds=time.perf_counter() - STARTED)
    if options.quick and options.output is None:
        print(text)
        return
    (options.output or RESULTS).write_text(text, encoding="utf-8")
    say(f"written: {options.output or RESULTS}")


STARTED = time.perf_counter()
if __name__ == "__main__":
    main()
