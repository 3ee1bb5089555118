"""Times within a video, as people write and read them."""

from __future__ import annotations

import re

LINE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})\s+(\S.*)")
NO_BREAK = "\u00a0"


def length(seconds: int) -> str:
    """Say a time: « 1 h 02 min 05 s », « 2 min 05 s », « 9 s »."""
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}{NO_BREAK}h {minutes:02}{NO_BREAK}min {rest:02}{NO_BREAK}s"
    return f"{minutes}{NO_BREAK}min {rest:02}{NO_BREAK}s" if minutes else f"{rest}{NO_BREAK}s"


def mark(seconds: int) -> str:
    """Write a time as `read_chapter` reads it: « 1:02:05 », « 2:05 »."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def lines_of(chapters: list[tuple[int, str]]) -> str:
    """Write chapters as they are typed, a line each."""
    return "\n".join(f"{mark(starts)} {title}" for starts, title in sorted(chapters))


def read_chapter(line: str) -> tuple[int, str] | None:
    """Read « 1:30 Ce qui a marché »; None if it is not one."""
    found = LINE.fullmatch(line.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    return (hours * 60 + minutes) * 60 + seconds, found[4]
