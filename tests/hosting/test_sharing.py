"""What the apps and the engines of one process share: hundreds of collectivities compile the same things once."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from portal.engines import COMPILED, make_engine
from portal.hosting.app import SharedRule
from portal.hosting.factory import create_app
from portal.people.models import User

PLUGINS = ["labs"]


def _rules(app: Any) -> list[Any]:
    """Give the addresses without a token or a path in them: a number fills them."""
    return [rule for rule in app.url_map.iter_rules() if rule._converters.keys() == rule.arguments]


def _url(rule: Any, build: Any) -> str | None:
    try:
        return str(build.__get__(rule)(**dict.fromkeys(rule.arguments, 7))[1])
    except (TypeError, ValueError):  # an address that takes one of a few words
        return None


def test_two_apps_share_what_builds_their_addresses(app, site):
    first, second = ({rule.rule: rule._build.__func__ for rule in _rules(each)} for each in (app, create_app(site)))
    assert first == second


def test_a_shared_builder_writes_what_its_own_would(app):
    for rule in _rules(app):
        for unknown in (True, False):
            assert _url(rule, rule._compile_builder(unknown)) == _url(rule, Rule._compile_builder(rule, unknown))


def test_addresses_that_differ_share_nothing(app):
    builders = {rule.rule: id(rule._build.__func__) for rule in _rules(app)}
    assert len(set(builders.values())) == len(builders)


def test_an_address_with_a_default_keeps_its_own(app):
    first, second = (SharedRule("/x/<int:n>", endpoint=f"x{n}", defaults={"n": n}) for n in (1, 2))
    for rule in (first, second):
        rule.bind(app.url_map)
    assert first._build.__func__ is not second._build.__func__


@pytest.fixture
def engines(database):
    made = [make_engine(database.fresh(())) for _ in range(2)]
    yield made
    for engine in made:
        engine.dispose()


def test_two_engines_share_the_statements_they_compiled(engines):
    asked = sa.select(User.name.label(f"name_{secrets.token_hex(8)}")).where(User.sort_name == "awa")
    kept = [len(COMPILED)]
    for engine in engines:
        with engine.connect() as conn:
            assert conn.execute(asked).all() == []
        kept.append(len(COMPILED))
    assert kept == [kept[0], kept[0] + 1, kept[0] + 1]


def test_engines_of_two_versions_share_nothing(engines):
    first, second = (engine.dialect for engine in engines)
    for engine in engines:
        engine.connect().close()
    assert first == second
    assert hash(first) == hash(second)
    second.server_version_info = (1, 0)
    assert first != second
