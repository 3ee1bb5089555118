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

FORBIDDEN = "not run, which STRICT=1 forbids: "

Report = pytest.TestReport | pytest.CollectReport
not_run: dict[str, list[str]] = defaultdict(list)


def unavailable(reason: object) -> NoReturn:
    """Give up this test because the machine lacks something; the reason says how to get it."""
    pytest.skip(str(reason))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is packed and what guides say to STRICT=1, unless its file is asked for: it changes rarely."""
    if STRICT or config.getoption("keyword") or config.getoption("markexpr"):
        return
    left = [item for item in items if item.get_closest_marker("delivery") and not _is_asked(item, config)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _is_asked(item: pytest.Item, config: pytest.Config) -> bool:
    return any(item.path.name in argument for argument in config.args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    return _judge((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return _judge((yield))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what did not run; called where the summary is written, also when the tests run in several processes."""
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note what could not even be collected."""
    _note(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if CHECKS_FAILED and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    asked = config.getoption("--databases", "")
    if asked and "postgresql" not in asked:
        terminalreporter.section("ON ONE DATABASE", sep="!", yellow=True, bold=True)
        terminalreporter.line("PostgreSQL was not asked for: STRICT=1 make test runs the same tests on it", yellow=True)
    if not STRICT:
        terminalreporter.line(
            "STRICT=1 make test makes each journey with the mouse, the keyboard and without script,", yellow=True
        )
        terminalreporter.line("packs and installs the portal, and follows the guides word by word", yellow=True)
    if not_run:
        terminalreporter.section("NOT RUN", sep="!", red=True, bold=True)
        for reason, names in sorted(not_run.items()):
            terminalreporter.line(f"{len(names):4} × {reason}", red=True)
        said = "which STRICT=1 forbids" if STRICT else "STRICT=1 make test makes this a failure"
        terminalreporter.line(f"     … {said}", red=True)
    if CHECKS_FAILED:
        terminalreporter.section("CHECKS FAILED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{CHECKS_FAILED} (see above the tests)", red=True)


def _judge(report: Report) -> Report:
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{FORBIDDEN}{_reason(report)}"
    return report


def _note(report: Report) -> None:
    reason = lacked(report)
    if reason is not None:
        not_run[reason].append(report.nodeid)


def lacked(report: Report) -> str | None:
    """Say why a test did not run, forbidden or not; None of one that did."""
    if report.skipped and not hasattr(report, "wasxfail"):
        return _reason(report)
    if report.failed and str(report.longrepr).startswith(FORBIDDEN):
        return str(report.longrepr).removeprefix(FORBIDDEN)
    return None


def _reason(report: Report) -> str:
    place = report.longrepr
    return str(place[2] if isinstance(place, tuple) else place).removeprefix("Skipped: ")
