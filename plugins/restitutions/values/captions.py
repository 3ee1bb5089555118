"""Words with their time: WebVTT and SubRip in, WebVTT out. What styles or places them is left out."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap

MAX_CUES = 5000
MAX_WORDS = 500
MAX_BYTES = 900_000
MAX_MS = 24 * 3_600_000
MARK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{3})"
ARROW = "-->"
TIMES = re.compile(rf"\s*{MARK}[ \t]*{ARROW}[ \t]*{MARK}(?:[ \t].*)?")
# Those of WebVTT and of SubRip alone: of what is said, « < » is a sign like any other.
TAG = re.compile(rf"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<{MARK}>", re.IGNORECASE)
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Some words, from when to when, in milliseconds after the beginning."""

    starts_ms: int
    ends_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class Captions:
    """What was read.

    :ivar cues: in the order of time
    :ivar unread: how many lines have an arrow, and times that cannot be read
    :ivar backward: how many cues end before they begin, or a day later
    """

    cues: list[Spoken]
    unread: int = 0
    backward: int = 0


def decoded(content: bytes) -> str:
    """Read the bytes of a file of captions: by its mark, else UTF-8, else as Windows writes.

    :raises UnicodeDecodeError: it is none of them
    """
    for mark, code in MARKS:
        if content.startswith(mark):
            return content.decode(code)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def read_captions(text: str) -> Captions:
    """Read WebVTT or SubRip; no cue if it is neither.

    :raises ValueError: more than 5 000 cues
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues: list[Spoken] = []
    unread = backward = 0
    for place, line in enumerate(lines):
        if ARROW not in line:
            continue
        times = TIMES.fullmatch(line)
        starts, ends = (_ms(times.groups()[:4]), _ms(times.groups()[4:])) if times else (0, 0)
        if times is None:
            unread += 1
        elif not starts < ends <= MAX_MS:
            backward += 1
        else:
            cues += _parts(starts, ends, _plain(_until_next(lines, place + 1)))
    if len(cues) > MAX_CUES:
        raise ValueError(f"more than {MAX_CUES} cues")
    return Captions(sorted(cues, key=lambda cue: (cue.starts_ms, cue.ends_ms)), unread, backward)


def _until_next(lines: list[str], place: int) -> str:
    """Give the lines of a cue: to a blank one, or to the times of the next, whose number is no word of this one."""
    taken: list[str] = []
    while place < len(lines) and lines[place].strip():
        if ARROW in lines[place]:
            return " ".join(taken[:-1] if taken and taken[-1].strip().isdigit() else taken)
        taken.append(lines[place])
        place += 1
    return " ".join(taken)


def _parts(starts: int, ends: int, words: str) -> Iterator[Spoken]:
    """Share out a cue that is too long to be kept as one, and its time alike."""
    parts = wrap(words, MAX_WORDS, break_on_hyphens=False)
    for number, part in enumerate(parts):
        begins, over = (starts + (ends - starts) * step // len(parts) for step in (number, number + 1))
        yield Spoken(begins, over, part)


def _ms(parts: Iterable[str | None]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def _plain(text: str) -> str:
    """Take tags, entities and unseen signs out."""
    bare = html.unescape(TAG.sub("", text)).replace(SOFT_HYPHEN, "")
    seen = "".join(sign if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " for sign in bare)
    return " ".join(seen.split())


def write_captions(cues: Iterable[Spoken]) -> str:
    """Write WebVTT; what would be markup there is written as words."""
    return "\n".join(["WEBVTT", "", *(_written(cue) for cue in cues)])


def _written(cue: Spoken) -> str:
    return f"{_mark(cue.starts_ms)} --> {_mark(cue.ends_ms)}\n{html.escape(cue.words, quote=False)}\n"


def _mark(ms: int) -> str:
    seconds, thousandths = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
