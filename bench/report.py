"""RESULTS.md: figures, the aims beside them, and by how much an aim is missed."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CAVEAT = (
    "Absolute times move with the machine and with what else it does; **CPU × bare page**, measured in the same minute,"
    " is the figure to compare. A load above the number of cores means that others were at work during the run."
)
BESIDE = (
    "Why an aim is missed: [MISSED.md](MISSED.md). What was done to it (kills, power cuts, full disks, hostile words),"
    " and what was lost: [PROOF.md](PROOF.md)."
)
RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass
class Report:
    """The page being written: sections in order, and one line per aim, which comes first."""

    command: str
    day: str
    postgresql: str | None
    aims: list[tuple[str, str, str, str]] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)

    def at_most(self, what: str, value: float, aim: float, *, unit: str = "", note: str = "") -> None:
        """Compare with an upper bound."""
        verdict = "met" if value <= aim else _missed(value, aim)
        self.aims.append((what, f"≤ {aim:g}{unit}", f"{_round(value)}{unit}{note}", verdict))

    def at_least(self, what: str, value: float, aim: float, *, unit: str = "", note: str = "") -> None:
        """Compare with a lower bound."""
        verdict = "met" if value >= aim else f"**missed**: {value / aim:.0%} of the aim"
        self.aims.append((what, f"≥ {aim:g}{unit}", f"{_round(value)}{unit}{note}", verdict))

    def section(self, title: str, *parts: str) -> None:
        """Add a section."""
        self.sections.append("\n\n".join([f"## {title}", *parts]))

    def text(self, *, seconds: float) -> str:
        """Give the whole page."""
        head = [
            "# What it costs",
            f"Written by the command below; do not edit. {CAVEAT} {BESIDE}",
            table(
                ("", ""),
                [
                    ("command", f"`{self.command}`"),
                    ("date", self.day),
                    ("machine", machine()),
                    ("databases", f"SQLite {sqlite3.sqlite_version}, {self.postgresql or 'PostgreSQL not measured'}"),
                    ("took", f"{seconds:.0f} s"),
                ],
            ),
            "## Aims\n\n" + table(("what", "aim", "measured", "verdict"), self.aims),
        ]
        return "\n\n".join([*head, *self.sections]) + "\n"


def _missed(value: float, aim: float) -> str:
    if not aim:
        return "**missed**"
    return f"**missed** by {value / aim - 1:.0%}" if value < 2 * aim else f"**missed**: {value / aim:.1f} times the aim"


def machine() -> str:
    """Describe the machine without naming it."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    return (
        f"{cores} cores, {memory:.0f} GiB, Linux, Python {platform.python_version()}; load over 15 minutes {load:.1f}"
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a table; numbers are rounded to what they are worth."""
    cells = [[_round(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(heads), ["---"] * len(heads), *cells])


def _round(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
