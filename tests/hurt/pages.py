"""The forms of a page, as a browser has them: where they go, their fields, and what stands in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "email", "tel", "url", "number", "date", "datetime-local", "time", "textarea"}
UNSENT = {"submit", "button", "image", "reset"}


@dataclass
class Page:
    """One form: the values it would send, and which of them a person types.

    :ivar kinds: what a browser makes of each field that is typed, ticked or picked: `date`, `checkbox`, `file`
    :ivar choices: of what is ticked and is not yet, the first value
    :ivar offered: of what is picked, every value that may be
    :ivar picked: of what is picked, the values that are
    """

    action: str
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    picked: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms = url, []
        self.open = self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.open = Page(said.get("action") or self.url) if said.get("method") == "post" else None
            self.forms += [self.open] if self.open else []
        elif self.open is None:
            return
        elif tag == "input" and said.get("name"):
            self._input(said)
        elif tag in {"select", "textarea"} and said.get("name"):
            self.open.values.setdefault(said["name"], "")
            self.select, self.area = (said["name"], None) if tag == "select" else (None, said["name"])
            self.open.typed += [said["name"]] if tag == "textarea" else []
            self.open.kinds[said["name"]] = tag
        elif tag == "option" and self.select and "disabled" not in said:
            self._offer(self.select, said.get("value") or "", is_picked="selected" in said)
            if "selected" in said or not self.open.values[self.select]:
                self.open.values[self.select] = said.get("value") or ""

    def _input(self, said):
        kind = said.get("type") or "text"
        if kind in UNSENT:
            return
        self.open.kinds[said["name"]] = kind
        if kind in {"radio", "checkbox"}:
            self._offer(said["name"], said.get("value", "on"), is_picked="checked" in said)
        if kind in {"radio", "checkbox"} and "checked" not in said:
            self.open.choices.setdefault(said["name"], said.get("value") or "y")
            return
        self.open.values[said["name"]] = said.get("value") or ""
        if kind in TYPED:
            self.open.typed.append(said["name"])

    def _offer(self, name, value, *, is_picked):
        self.open.offered.setdefault(name, []).append(value)
        self.open.picked.setdefault(name, []).extend([value] if is_picked else [])

    def handle_endtag(self, tag):
        if tag in {"form", "select", "textarea"}:
            self.select = self.area = None
        if tag == "form":
            self.open = None

    def handle_data(self, data):
        if self.open and self.area:
            self.open.values[self.area] += data


class _Standing(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values, self.area = [], False

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input":
            self.values.append(said.get("value") or "")
        elif tag == "textarea":
            self.area = True
            self.values.append("")

    def handle_endtag(self, tag):
        self.area = self.area and tag != "textarea"

    def handle_data(self, data):
        if self.area:
            self.values[-1] += data


def forms_of(url: str, text: str) -> list[Page]:
    """Give the forms of a page that change something."""
    reader = _Forms(url)
    reader.feed(text)
    return reader.forms


def standing_in(text: str) -> list[str]:
    """Give what stands in the fields of a page, as a person would find it."""
    reader = _Standing()
    reader.feed(text)
    return [value.strip() for value in reader.values]
