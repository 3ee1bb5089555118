"""The French is complete: every text the code says is there, none is left over, its typography is right (style 17)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from portal.texts import dngettext, speaking

from tests.web.catalogues import CORE, DOMAINS, PLUGINS, Domain, said, written

PLACES = re.compile(r"%\((\w+)\)")
PLAIN_SPACE = re.compile(r" [:;!?»]|« ")
GLUED = re.compile(r"[A-Za-zà-ÿ)][;!?]")


@pytest.fixture(params=DOMAINS, ids=lambda domain: domain.id)
def domain(request: pytest.FixtureRequest) -> Domain:
    return request.param


def test_every_text_has_its_french(domain):
    known = [key for key, texts in {**written(CORE), **written(domain)}.items() if all(texts)]
    missing = {key: place for key, place in said(domain).items() if not _is_known(key, known)}
    assert not missing


def _is_known(key: str, known: list[str]) -> bool:
    return any(fnmatch(name, key) for name in known) if key.endswith("*") else key in known


def test_no_text_of_a_catalogue_is_left_over(domain):
    keys = said(domain)
    made_of_parts = [key for key in keys if key.endswith("*")]
    left = [
        key
        for key in written(domain)
        if key not in keys and not any(fnmatch(key, pattern) for pattern in made_of_parts)
    ]
    assert not left


def test_the_french_keeps_the_places_to_fill(domain):
    plurals = {"num"}
    wrong = {
        key: texts
        for key, texts in written(domain).items()
        for text in texts
        if set(PLACES.findall(text)) - plurals != set(PLACES.findall(key)) - plurals
    }
    assert not wrong


def test_high_punctuation_never_begins_a_line(domain):
    texts = [text for forms in written(domain).values() for text in forms]
    assert not [text for text in texts if PLAIN_SPACE.search(text) or GLUED.search(text)]


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.id)
def test_high_punctuation_of_a_manifest_never_begins_a_line(plugin):
    texts = list(_french_of(tomllib.loads((plugin.code / "plugin.toml").read_text(encoding="utf-8"))))
    assert texts
    assert not [text for text in texts if PLAIN_SPACE.search(text) or GLUED.search(text)]


def _french_of(table: dict[str, object]) -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _french_of(value)
        elif key == "fr":
            yield str(value)


@pytest.mark.parametrize(("spoken", "read"), [("fr", "1\u202f075 agents"), ("en", "1,075 agents")])
def test_thousands_stand_apart(spoken, read):
    with speaking(spoken):
        assert dngettext("nobody", "%(num)s agent", "%(num)s agents", 1075) == read
        assert dngettext("nobody", "%(num)s agent", "%(num)s agents", 999) == "999 agents"


def test_apostrophes_are_typographic(domain):
    texts = [text for forms in written(domain).values() for text in forms]
    assert not [text for text in texts if re.search(r"\w'\w", text)]
