"""What could not run is said loudly at the end; with STRICT=1 it fails.

Loaded by ``setup.cfg``. A test that needs something this machine may lack skips with a reason that says how to
get it: ``except ToolUnavailable as error: unavailable(error)``. Never skip for another reason.
"""

import os
from collections import defaultdict
from typing import NoReturn

import pytest

STRICT = os.environ.get("STRICT", "") not in ("", "0")
# What the checks run by make before the tests found wrong: format, types, contracts.
CHECKS_FAILED = os.environ.get("CHECKS_FAILED", "")

Report = pytest.TestReport | pytest.CollectReport
not_run: pytest.StashKey[dict[str, list[str]]] = pytest.StashKey()


def unavailable(reason: object) -> NoReturn:
    """Give up this test because the machine lacks something; the reason says how to get it."""
    pytest.skip(str(reason))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[not_run] = defaultdict(list)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    return _judge(item.config, report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    return _judge(collector.config, report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if CHECKS_FAILED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash[not_run]
    if missing:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for reason, names in sorted(missing.items()):
            terminalreporter.line(f"{len(names):4} × {reason}", red=True)
        said = "which STRICT=1 forbids" if STRICT else "STRICT=1 make test makes this a failure"
        terminalreporter.line(f"     … {said}", red=True)
    if CHECKS_FAILED:
        terminalreporter.section("CHECKS FAILED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{CHECKS_FAILED} (see above the tests)", red=True)


def _judge(config: pytest.Config, report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = _reason(report)
        config.stash[not_run][reason].append(report.nodeid)
        if STRICT:
            report.outcome = "failed"
            report.longrepr = f"not run, which STRICT=1 forbids: {reason}"
    return report


def _reason(report: Report) -> str:
    place = report.longrepr
    return str(place[2] if isinstance(place, tuple) else place).removeprefix("Skipped: ")
