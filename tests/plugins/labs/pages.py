"""Reading pages as a person does: words without tags, links and buttons by their name."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"script", "style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def words(answer: object) -> str:
    """Give what a person reads on a page, on one line, no-break spaces made plain; `<bdi>` parts no words."""
    parser = _Words()
    parser.feed(re.sub("</?bdi>", "", answer.get_data(as_text=True)))  # type: ignore[attr-defined]
    return " ".join(" ".join(parser.words).replace("\u00a0", " ").split())


def main_of(answer: object) -> str:
    """Give the source of the main part of a page."""
    source = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    return source[source.index("<main") : source.index("</main>")]


def order_of(answer: object, *names: str) -> list[str]:
    """Give `names` in the order in which the page says them first; absent ones are left out."""
    text = words(answer)
    return sorted((name for name in names if name in text), key=text.index)


def hrefs(answer: object) -> list[str]:
    """List the addresses a page links to."""
    source = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    return [html.unescape(found) for found in re.findall(r'(?:href|action)="([^"]*)"', source)]


def hidden_of(answer: object) -> dict[str, str]:
    """Give the hidden fields of the forms of a page, as a browser sends them back."""
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', answer.get_data(as_text=True))  # type: ignore[attr-defined]
    fields = (dict(re.findall(r'(name|value)="([^"]*)"', tag)) for tag in tags)
    return {field["name"]: html.unescape(field.get("value", "")) for field in fields if "name" in field}
