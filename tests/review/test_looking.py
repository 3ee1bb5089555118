"""Every page in a real browser, as each role: sound, open to everybody, still, light, silent (P5, P6).

Pages come from the URL map; `looks.unseen` says which none came to. Text columns hold the markers of the world.
"""

from __future__ import annotations

import pytest

from portal.testing.browser import ToolUnavailable

from tests.review.building import opened
from tests.review.furniture import furniture_of
from tests.review.looks import Looks, look_at_all, refuse_forms, unseen
from tests.review.serving import served
from tests.review.sights import CHECKS, not_refused, unsound
from tests.review.walking import Walk
from tests.strict import unavailable

pytestmark = [pytest.mark.browser, pytest.mark.html]
UNSEEN = {
    "core.purge_plugin": "a plugin that is on is not purged: of this page, its refusal",
    "core.theme_preview": "the colours to try are in the query: the page of the theme shows it",
    "regards.take_back": "only before anybody has begun a card, and one is begun in every round",
}


@pytest.fixture(scope="module")
def looks(built, database, browser):
    """Serve a copy of the world."""
    with opened(built, database) as app, served(app) as base:
        yield Looks(Walk(app, built.world, furniture_of(app, built.plugins)), browser, base)


@pytest.fixture(scope="module")
def seen(looks):
    """Look at every page."""
    try:
        return look_at_all(looks)
    except ToolUnavailable as error:
        unavailable(error)


@pytest.fixture(scope="module")
def refused(looks, seen):
    """Send every form with nothing in it."""
    return list(refuse_forms(looks, seen))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_page_is(check, seen, figure, database):
    faults = list(check(seen))
    words = check.__name__.replace("_", " ")
    figure(f"pages in a real browser that are {words}", database.kind, aim="0", found=f"{len(faults)} of {len(seen)}")
    assert not faults, "\n".join(faults)


def test_no_page_that_was_not_drawn_is_unsound(looks, seen, figure, database):
    faults, folded = list(unsound(looks.alike)), len(looks.alike)
    figure(
        "pages not drawn, one of the same elements was", database.kind, aim="—", found=f"{folded}; drawn: {len(seen)}"
    )
    figure("pages not drawn that are unsound", database.kind, aim="0", found=f"{len(faults)} of {folded}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("check", [*CHECKS, not_refused], ids=lambda check: check.__name__)
def test_no_refused_form_is(check, refused):
    faults = list(check(refused))
    assert not faults, "\n".join(faults)


def test_every_page_of_every_plugin_is_looked_at(looks, seen):
    assert set(unseen(looks, seen)) == UNSEEN.keys()


def test_the_pages_of_every_refusal_are_looked_at(seen, refused):
    assert {sight.status for sight in [*seen, *refused]} >= {200, 401, 403, 404, 405, 409, 413, 422}
