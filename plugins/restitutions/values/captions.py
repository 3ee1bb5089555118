"""Words with their time: WebVTT and SubRip in, WebVTT out. What styles or places them is left out."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_CUES = 5000
MAX_WORDS = 500
MAX_BYTES = 900_000
MAX_MS = 24 * 3_600_000
MARK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{3})"
TIMES = re.compile(rf"\s*{MARK}[ \t]+-->[ \t]+{MARK}(?:[ \t].*)?")
TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Spoken:
    """Some words, from when to when, in milliseconds after the beginning."""

    starts_ms: int
    ends_ms: int
    words: str


def read_captions(text: str) -> list[Spoken]:
    """Read WebVTT or SubRip, in the order of time; nothing if it is neither.

    :raises ValueError: more than 5 000 cues
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = sorted(_spoken(lines), key=lambda cue: (cue.starts_ms, cue.ends_ms))
    if len(found) > MAX_CUES:
        raise ValueError(f"more than {MAX_CUES} cues")
    return found


def _spoken(lines: list[str]) -> Iterator[Spoken]:
    for place, line in enumerate(lines):
        times = TIMES.fullmatch(line[:200]) if "-->" in line else None
        if times is None:
            continue
        starts, ends = _ms(times.groups()[:4]), _ms(times.groups()[4:])
        words = _plain(_until_blank(lines, place + 1))
        if words and starts < ends <= MAX_MS:
            yield Spoken(starts, ends, words)


def _until_blank(lines: list[str], place: int) -> str:
    taken: list[str] = []
    while place < len(lines) and lines[place].strip() and len(taken) < 20:
        taken.append(lines[place][: 2 * MAX_WORDS])
        place += 1
    return " ".join(taken)


def _ms(parts: Iterable[str | None]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _plain(text: str) -> str:
    """Take tags, entities and unseen signs out."""
    bare = html.unescape(TAG.sub("", text))
    seen = "".join(sign if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for sign in bare)
    return " ".join(seen.split())[:MAX_WORDS]


def write_captions(cues: Iterable[Spoken]) -> str:
    """Write WebVTT; what would be markup there is written as words."""
    return "\n".join(["WEBVTT", "", *(_written(cue) for cue in cues)])


def _written(cue: Spoken) -> str:
    return f"{_mark(cue.starts_ms)} --> {_mark(cue.ends_ms)}\n{html.escape(cue.words, quote=False)}\n"


def _mark(ms: int) -> str:
    seconds, thousandths = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
