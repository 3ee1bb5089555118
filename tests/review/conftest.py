"""The world of the review, built once for each database; a copy of it for each test that asks for `app`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from flask import Blueprint

from tests.architecture.repository import ROOT
from tests.review.building import build, opened
from tests.review.furniture import furniture_of
from tests.review.walking import Walk

HERE = Path(__file__).parent
# Minutes of Chromium, with words that nobody writes: once more in each form, and as long as each column.
ONLY_LONG = {"test_what_is_refused_or_taken_is_shown_as_it_was_typed", "test_the_longest_word_stays_within_every_page"}
WITHOUT_LONG = {*(path.name for path in HERE.glob("test_*seeded*.py")), "test_shapes.py"}
BUNDLED = tuple(sorted(path.parent.name for path in ROOT.glob("plugins/*/plugin.toml")))


def pytest_collection_modifyitems(config, items):
    """Leave PostgreSQL to `make proof`, even under STRICT=1: the walk is the same, and takes minutes.

    A browser never sees it: what is drawn is looked at once. Seeded faults have no long version: what `make test`
    does on SQLite is not done again.
    """
    is_long = config.getoption("--proof")
    here = [item for item in items if HERE in item.path.parents]
    left = [item for item in here if _is_left(item, is_long=is_long)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _is_left(item, *, is_long):
    if "postgresql" in item.keywords:
        return not is_long or "browser" in item.keywords
    return item.path.name in WITHOUT_LONG if is_long else item.originalname in ONLY_LONG


@pytest.fixture(scope="session")
def worlds(database, instance_folder, tmp_path_factory):
    """Give the maker of worlds: each is built once."""

    @cache
    def make(*, is_full):
        return build(database, instance_folder, tmp_path_factory.mktemp("review"), plugins=BUNDLED, is_full=is_full)

    return make


@pytest.fixture(scope="module")
def built(request, worlds, proof):
    """Build the world; seeded faults are looked for in the small one, whose walks are short."""
    return worlds(is_full=proof and request.path.name not in WITHOUT_LONG)


@pytest.fixture
def app(built, database):
    """Give an app on a copy of the world."""
    with opened(built, database) as made:
        yield made


@pytest.fixture
def world(built):
    """Give who and what is in it."""
    return built.world


@pytest.fixture
def furniture(app, built):
    """Give what the core and every plugin brought."""
    return furniture_of(app, built.plugins)


@pytest.fixture
def walk(app, world, furniture):
    """Give a walk through a copy of the world."""
    return Walk(app, world, furniture)


@pytest.fixture
def mount(app):
    """Put a careless view on the app, at `/try/<address>`, and give its endpoint."""
    app._got_first_request = False

    def put(address, view, **options):
        rooms = Blueprint("careless", __name__)
        rooms.add_url_rule(f"/try/{address}", view_func=view, **options)
        app.register_blueprint(rooms)
        return f"careless.{view.__name__}"

    return put
