"""The impact assessment that comes with the plugin, read from the file that one also reads without the portal.

The file keeps to headings, paragraphs, lists and tables, without marks inside a line: so a page needs no renderer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).parents[1] / "AIPD.md"
HEADING, LIST, TABLE, TEXT = "heading", "list", "table", "text"
SIGNS = {"#": HEADING, "-": LIST, "|": TABLE}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the assessment.

    :ivar level: of a heading: 2 or 3
    :ivar items: of a list: its items; of a text or a heading: its one line
    :ivar rows: of a table, the names of the columns first
    """

    kind: str
    level: int = 0
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def assessment() -> tuple[str, list[Block]]:
    """Give the title of the assessment, and its blocks."""
    title, *lines = filter(None, FILE.read_text(encoding="utf-8").splitlines())
    found = (_blocks(kind, list(group)) for kind, group in groupby(lines, key=_kind))
    return title.removeprefix("# "), [block for blocks in found for block in blocks]


def _kind(line: str) -> str:
    return SIGNS.get(line[0], TEXT)


def _blocks(kind: str, lines: list[str]) -> Iterable[Block]:
    if kind == HEADING:
        return [Block(kind, len(line) - len(line.lstrip("#")), [line.lstrip("# ")]) for line in lines]
    if kind == LIST:
        return [Block(kind, items=[line.removeprefix("- ") for line in lines])]
    if kind == TABLE:
        return [Block(kind, rows=[_cells(line) for line in lines if not line.startswith("|--")])]
    return [Block(kind, items=[line]) for line in lines]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
