"""Words for people: gettext keys are English, catalogues are `.po` files read as they are.

Each plugin has its own domain and folder (`locale/fr.po`); a text missing there is looked up in the core's, then
returned as it is, so English needs no catalogue. Nothing is compiled: a translator's file is the running file.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import cast

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

CORE = "portal"
DEFAULT_LANGUAGE = "fr"
THOUSAND = 1000
# What a French quotation quotes stands between “ ”.
NESTED = re.compile(r"(«[^«»]*)«[ \u00a0\u202f]?([^«»]*?)[ \u00a0\u202f]?»")
# Hebrew, Arabic and their neighbours: the words around a name written in them keep their own direction (UAX 9).
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_folders: dict[str, Path] = {CORE: Path(__file__).parent / "locale"}


class Catalogue:
    """The texts of one `.po` file: singular by key, plural by key and form."""

    def __init__(self, path: Path) -> None:
        self.singular: dict[tuple[str | None, str], str] = {}
        self.plural: dict[str, tuple[str, ...]] = {}
        self.form: Callable[[int], int] = gettext.c2py("n != 1")
        if path.exists():
            with path.open("rb") as file:
                self._read(file)

    def _read(self, file: object) -> None:
        catalog = read_po(file)  # type: ignore[arg-type]
        self.form = gettext.c2py(catalog.plural_expr)
        for message in catalog:
            if not message.id or message.fuzzy or not message.string:
                continue
            if isinstance(message.id, tuple):
                self.plural[message.id[0]] = tuple(message.string)
            else:
                self.singular[message.context, str(message.id)] = str(message.string)


@lru_cache(maxsize=256)
def _catalogue(domain: str, spoken: str) -> Catalogue:
    return Catalogue(_folders[domain] / f"{spoken}.po")


def add_catalogue(domain: str, folder: Path) -> None:
    """Let `domain` (a plugin id) find its texts in `folder/<language>.po`; its texts are read anew."""
    _folders[domain] = folder
    _catalogue.cache_clear()
    _search.cache_clear()


def languages() -> list[str]:
    """List the languages the core can speak: English, and one per catalogue."""
    return sorted({"en", *(path.stem for path in _folders[CORE].glob("*.po"))})


@contextmanager
def speaking(spoken: str) -> Iterator[None]:
    """Say what is said inside in another language: a mail, a feed."""
    before = language.set(spoken)
    try:
        yield
    finally:
        language.reset(before)


@lru_cache(maxsize=256)
def _search(domain: str, spoken: str) -> tuple[Catalogue, ...]:
    names = (domain, CORE) if domain != CORE else (CORE,)
    return tuple(_catalogue(name, spoken) for name in names if name in _folders)


def dgettext(domain: str, message: str, /, **values: object) -> str:
    """Translate `message` of `domain` into the language of the moment, then fill `%(name)s` places."""
    key, found = (None, message), message
    for catalogue in _search(domain, language.get()):
        if key in catalogue.singular:
            found = catalogue.singular[key]
            break
    return _filled(found, values) if values else found


def dngettext(domain: str, singular: str, plural: str, num: int, /, **values: object) -> str:
    """Translate for a number, given to the text as `%(num)s`."""
    said = {"num": _Figures(num), **_apart(values)}
    for catalogue in _search(domain, language.get()):
        forms = catalogue.plural.get(singular)
        if forms:
            return forms[catalogue.form(num)] % said
    return (singular if num == 1 else plural) % said


def _filled(text: str, values: dict[str, object]) -> str:
    return NESTED.sub(r"\1“\2”", text % _apart(values))


def _apart(values: dict[str, object]) -> dict[str, object]:
    return {name: _isolated(value) if isinstance(value, str) else value for name, value in values.items()}


def _isolated(text: str) -> str:
    if text.isascii() or not RIGHT_TO_LEFT.search(text):
        return text
    return type(text)(f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}")  # what is markup stays so


class _Figures(int):
    """A number that a text asks for as `%(num)s`, in words of its language, or as `%(num)d`."""

    def __str__(self) -> str:
        return figures(int(self))


def figures(num: int) -> str:
    """Write a number as the language of the moment does, thousands apart."""
    return str(num) if abs(num) < THOUSAND else format_decimal(num, locale=language.get())


class Later:
    """A text translated when it is read: labels of forms, names in declarations."""

    __slots__ = ("domain", "message")

    def __init__(self, domain: str, message: str) -> None:
        self.domain, self.message = domain, message

    def __str__(self) -> str:
        return dgettext(self.domain, self.message)

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash((self.domain, self.message))


class Texts:
    """The words of one domain, for Python code: `_ = texts("labs")`, then `_("…")`, `_.plural`, `_.later`."""

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def __call__(self, message: str, /, **values: object) -> str:
        """Translate now."""
        return dgettext(self.domain, message, **values)

    def plural(self, singular: str, plural: str, num: int, /, **values: object) -> str:
        """Translate now, for a number."""
        return dngettext(self.domain, singular, plural, num, **values)

    def filled(self, later: str, /, **values: object) -> str:
        """Translate now what was declared by `later`, and fill its `%(name)s` places."""
        return _filled(str(later), values)

    def later(self, message: str, /) -> str:
        """Translate when read. Typed as the text it becomes: whoever shows it calls `str` on it."""
        return cast("str", Later(self.domain, message))


def texts(domain: str) -> Texts:
    """Give the words of a domain (a plugin's id)."""
    return Texts(domain)
