"""What is drawn of a page, its words aside: pages of one shape are drawn alike, and one of them is looked at.

The shape of a page is its elements in their order with their attributes, and where a text stands. Aside are the words
themselves, and the numbers and tokens in addresses. What depends on words is judged without drawing (the markup, of
every page), on the page of a shape that weighs most, or with the longest words there are (`test_long_words.py`).

A page whose elements all stand so on pages that are drawn shows nothing new: `cover` leaves it to the long version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

# What a person wrote or picked, an instant: empty or not.
WORDS = frozenset({"value", "placeholder", "datetime", "data-person"})
# What has to differ from another of the page, or to be the same.
NAMES = frozenset(
    {"id", "for", "name", "form", "list", "headers", "alt", "title", "label"}
    | {f"aria-{name}" for name in ("label", "labelledby", "describedby", "controls")}
)
ADDRESSES = frozenset({"href", "src", "action", "formaction"})
DRAWN = re.compile(r"canari-[0-9a-f]{4}|\d+\.[\w-]{24}(?![\w-])|\d+")
TEXT = "…"
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})

Shape = tuple[str, ...]
Elements = frozenset[tuple[str, ...]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.names: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(f"<{tag} {' '.join(self._attribute(name, value or '') for name, value in attrs)}>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if data.strip() and self.parts[-1:] != [TEXT]:
            self.parts.append(TEXT)

    def _attribute(self, name: str, value: str) -> str:
        if name in WORDS:
            value = TEXT if value else ""
        elif name in NAMES:
            value = self.names.setdefault(value, str(len(self.names))) if value else ""
        elif name in ADDRESSES or name.startswith("data-"):
            value = DRAWN.sub(TEXT, value)
        return f"{name}={value}"


class _Elements(_Reader):
    """The same, each element with those it stands in and the one before it; what bears a name only bears one.

    Where an address of the portal leads does not change how it is drawn.
    """

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.before = [""]
        self.found: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self._stands(self.parts[-1])
        if tag not in VOID:
            self.within.append(tag)
            self.before.append("")

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if tag in self.within:
            while self.within.pop() != tag:
                self.before.pop()
            self.before.pop()

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        if data.strip():
            self._stands(TEXT)

    def _stands(self, part: str) -> None:
        self.found.add((*self.within, self.before[-1], part))
        self.before[-1] = part

    def _attribute(self, name: str, value: str) -> str:
        is_ours = name in ADDRESSES and value.startswith("/") and value[1:2] not in {"/", "\\"}
        return super()._attribute(name, TEXT if value and (name in NAMES or is_ours) else value)


def shape_of(page: str) -> Shape:
    """Give the shape of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return tuple(reader.parts)


def elements_of(page: str) -> Elements:
    """Give the elements of a page, each once, where they stand."""
    reader = _Elements()
    reader.feed(page)
    reader.close()
    return frozenset(reader.found)


def cover(pages: Iterable[str], *, first: Iterable[int] = (0,)) -> list[int]:
    """Choose pages, by their numbers, until each element of all of them is on one; some are always chosen."""
    left = dict(enumerate(map(elements_of, pages)))
    chosen = list(first)
    seen = frozenset().union(*map(left.pop, chosen))
    while left:
        number = max(left, key=lambda number: len(left[number] - seen))
        if left[number] <= seen:
            break
        chosen.append(number)
        seen |= left.pop(number)
    return chosen
