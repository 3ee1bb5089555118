"""`--proof`: the long versions of tests; `--proof-page`: the figures they measure, in a page.

`--proof-again`: what runs again takes the place of what it was on that page, which says so; the rest stays.

A test that has two lengths asks for `proof` (true with `--proof`) and notes what it measured with `figure(…)`. `make
proof` runs them all and writes bench/PROOF.md; `make test` runs the short versions and writes nothing. What did not
run, or broke before it had measured anything, has a row of its own: a page without it would look as if all had held.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from bench.report import machine, table
from portal.testing.databases import DATABASES

from tests.strict import lacked

FIGURE, NOT_RUN = "figure", "not run"
WALKS = "test_walks.py"
HEADS = ("what", "on", "aim", "measured", "seconds", "verdict")
STARTED = time.perf_counter()
rows: list[tuple[str, ...]] = []
ran: set[tuple[str, ...]] = set()
outcomes: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--proof`, `--proof-page` and `--proof-again`."""
    parser.addoption("--proof", action="store_true", help="run the long versions")
    parser.addoption("--proof-page", type=Path, help="where to write what they measured")
    parser.addoption("--proof-again", action="store_true", help="leave on that page what does not run now")


class Shares(LoadScopeScheduling):
    """What one process runs together: the tests of a file on one database; each of the long walks is a share alone."""

    def _split_scope(self, nodeid: str) -> str:
        file, _colons, test = nodeid.partition("::")
        kind = "postgresql" if "postgresql" in test.partition("[")[2] else "sqlite"
        return f"{file} {kind} {test if file.endswith(WALKS) else ''}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Share the long versions so that no process is still at them while the others wait."""
    return Shares(config, log) if config.getoption("--proof") else None


@pytest.fixture(scope="session")
def proof(pytestconfig: pytest.Config) -> bool:
    """Tell whether the long versions are wanted."""
    return bool(pytestconfig.getoption("--proof"))


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Note what a test measured, before it asserts: `figure("writes lost", "sqlite", aim="0", found=0)`."""

    def note(what: str, database: str, *, aim: str, found: object) -> None:
        record_property(FIGURE, json.dumps([what, database, aim, str(found)], ensure_ascii=False))

    return note


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather the figures, also when the tests run in several processes."""
    missing = lacked(report)
    if report.when == "call" or not report.passed:
        outcomes[report.outcome if missing is None else NOT_RUN] += 1
        ran.add(_named(report.nodeid))
    found = [json.loads(str(value)) for name, value in report.user_properties if name == FIGURE]
    if missing is None and not report.failed and report.when != "call":
        return
    verdict = "held" if report.passed else f"**{report.outcome if missing is None else NOT_RUN}**"
    if not found and not report.passed:
        found = [(*_named(report.nodeid), "—", "nothing" if missing is None else " ".join(missing.split()))]
    rows.extend((*row, f"{report.duration:.0f}", verdict) for row in found)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Gather what could not even be read."""
    missing = lacked(report)
    row = (*_named(report.nodeid), "—", missing or "nothing", "0", f"**{NOT_RUN}**")
    if (report.failed or missing is not None) and row not in rows:  # each process of the tests reads every file
        outcomes[NOT_RUN] += 1
        rows.append(row)


def _named(nodeid: str) -> tuple[str, str]:
    """Give the sentence that names a test, and the database it runs on."""
    sentence, _bracket, given = nodeid.rpartition("::")[2].partition("[")
    kinds = [kind for kind in DATABASES if kind in given.lower()]
    return sentence.removeprefix("test_").replace("_", " "), *(kinds[:1] or ["—"])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page, once all is run."""
    page: Path | None = session.config.getoption("--proof-page")
    if page is not None and not hasattr(session.config, "workerinput"):
        is_whole = exitstatus != pytest.ExitCode.INTERRUPTED
        before = page.read_text(encoding="utf-8") if session.config.getoption("--proof-again") else ""
        page.write_text(_again(before, is_whole=is_whole) if before else _page(is_whole=is_whole), encoding="utf-8")


def _page(*, is_whole: bool) -> str:
    facts = [
        ("command", _command()),
        ("date", _today()),
        ("machine", machine()),
        ("took", _took()),
        ("tests", _ran(is_whole=is_whole)),
    ]
    head = "# What was done to it, and what was lost"
    origin = "Written by the command below, `make proof` or a part; do not edit. Costs are in [RESULTS.md](RESULTS.md)."
    return "\n\n".join([head, origin, table(("", ""), facts), table(HEADS, rows)]) + "\n"


def _again(before: str, *, is_whole: bool) -> str:
    """Put what ran in its place on the page of an earlier run, and say so below what is said of that one."""
    head, facts, measured = before.rstrip("\n").rsplit("\n\n", 2)
    heads = measured.splitlines()[:2]
    new = table(HEADS, rows).splitlines()[2:]
    names = {*map(_name_in, new), *ran}
    left = [line if _name_in(line) not in names else "" for line in measured.splitlines()[2:]]
    place = left.index("") if "" in left else len(left)
    said = f"| run again | {_command()}, {_today()}, {_took()}: {_ran(is_whole=is_whole)} |"
    lines = [*heads, *left[:place], *new, *filter(None, left[place:])]
    return "\n\n".join([head, f"{facts}\n{said}", "\n".join(lines)]) + "\n"


def _name_in(line: str) -> tuple[str, ...]:
    """Give what a row of the page is about, and on which database."""
    return tuple(line.strip("| ").split(" | ")[:2])


def _today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 the day here


def _command() -> str:
    return f"`{shlex.join(['python', '-m', 'pytest', *sys.argv[1:]])}`"


def _took() -> str:
    return f"{time.perf_counter() - STARTED:.0f} s"


def _ran(*, is_whole: bool) -> str:
    ran = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items(), reverse=True))
    return ran if is_whole else f"{ran}; **stopped before the end**"
