"""What is drawn of a page, its words aside: pages of one shape are drawn alike, and one of them is looked at.

The shape of a page is its elements in their order with their attributes, and where a text stands. Aside are the words
themselves, and the numbers and tokens in addresses. What depends on words is judged without drawing (the markup, of
every page), on the page of a shape that weighs most, or with the longest words there are (`test_long_words.py`).
"""

from __future__ import annotations

import re
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

Shape = tuple[str, ...]


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


def shape_of(page: str) -> Shape:
    """Give the shape of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return tuple(reader.parts)
