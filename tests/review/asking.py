"""What a page lets one ask of it without changing anything: its links that ask, its GET forms one choice at a time."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode
from zlib import crc32

from tests.review.doors import Door
from tests.review.walking import Visit, Walk
from tests.review.world import SHORT

QUESTION = re.compile(r'href="(/[^"#]*\?[^"#]+)"')
WORDS = frozenset({"text", "search"})
PICKED = frozenset({"radio", "checkbox"})
WORD = "canari"


@dataclass
class Asking:
    """A form that changes nothing.

    :ivar stands: what it would send as it stands
    :ivar choices: of each field, what somebody could choose instead, or the word that is looked for
    """

    address: str
    stands: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def url(self, name: str, choice: str) -> str:
        """Give the address a browser goes to when one field is changed; what stands empty is left out."""
        sent = {key: value for key, value in self.stands.items() if value}
        return f"{self.address}?{urlencode({**sent, name: choice})}"


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Asking] = []
        self.open: Asking | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_asking = said.get("method", "get").lower() == "get"
            self.open = Asking(said.get("action", "").partition("?")[0] or self.url) if is_asking else None
            self.forms += [self.open] if self.open else []
        elif self.open is not None and tag == "select":
            self.select = said.get("name", "")
        elif self.open is not None and tag == "option" and self.select:
            self._option(self.open, self.select, said.get("value", ""), stands="selected" in said)
        elif self.open is not None and tag == "input" and said.get("name"):
            self._input(self.open, said)

    def _option(self, form: Asking, name: str, value: str, *, stands: bool) -> None:
        if stands:
            form.stands[name] = value
        else:
            form.choices.setdefault(name, []).append(value)

    def _input(self, form: Asking, said: dict[str, str]) -> None:
        kind, name = said.get("type", "text"), said["name"]
        if kind in PICKED:
            self._option(form, name, said.get("value", "on"), stands="checked" in said)
            return
        form.stands[name] = said.get("value", "")
        if kind in WORDS:
            form.choices[name] = [WORD]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "form":
            self.open = None


def asking_forms(url: str, text: str) -> list[Asking]:
    """Give the forms of a page that change nothing."""
    reader = _Reader(url)
    reader.feed(text)
    reader.close()
    return reader.forms


class Questions:
    """What was asked of whom: a short walk makes one choice of each field on each page, the next one each time."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.turns: Counter[tuple[str, str]] = Counter()

    def shown_on(self, visit: Visit) -> Iterator[str]:
        """Give the addresses that a page asks at: filters, what comes next, exports of what was filtered."""
        yield from map(html.unescape, QUESTION.findall(visit.text))
        if "html" in visit.headers.get("Content-Type", ""):
            for form in asking_forms(visit.door.url, visit.body.decode(errors="replace")):
                for name, choices in form.choices.items():
                    chosen = choices if self.walk.world.is_full else [self._next(visit.door, name, choices)]
                    yield from (form.url(name, choice) for choice in chosen)

    def _next(self, door: Door, name: str, choices: list[str]) -> str:
        self.turns[door.endpoint, name] += 1
        return choices[(self.turns[door.endpoint, name] - 1) % len(choices)]

    def ask(self, role: str, pages: Iterable[Door], urls: Iterable[str], *, every: bool = False) -> Iterator[Visit]:
        """Go to those of these addresses that are pages of the walk; in a short walk to half, or to `every`."""
        known = {door.url: door for door in pages}
        for url in sorted(urls):
            door = known.get(url.partition("?")[0])
            is_mine = every or role not in SHORT or (crc32(url.encode()) + SHORT.index(role)) % 2
            if door is not None and is_mine:
                yield self.walk.visit(role, door, url=url)
