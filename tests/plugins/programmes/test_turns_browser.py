"""The seven minutes in a real browser: second by second with the script, by asking again without it (C35 SPEC 3)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from portal.api import session

from plugins.programmes.models.programme import Programme
from plugins.programmes.services.turns import go_on
from tests.plugins.programmes.factories import at_hour, make_stand
from tests.review.serving import served

PLUGINS = ["programmes"]
pytestmark = pytest.mark.browser


@pytest.fixture
def wall(app, clock, writing, as_viewer, programme_id, zoe):
    """Give the floor to a stand a quarter of a minute ago; give the address of the wall."""
    clock.set(at_hour(11))
    with writing():
        make_stand(programme_id)
        go_on(as_viewer(zoe), session.get_one(Programme, programme_id), after=None, at=at_hour(11))
    clock.advance(minutes=0.25)
    return f"/programmes/{programme_id}/turns/wall"


@pytest.fixture
def project(app, browser, sign_in, zoe):
    """Open the wall in a browser of Zoé's, with or without script."""
    contexts = []
    cookie = next(iter(sign_in(zoe)._cookies.values()))
    with served(app) as base:

        def start(address, **options):
            context = browser.new_context(base_url=base, locale="fr-FR", **options)
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
            contexts.append(context)
            page = context.new_page()
            page.goto(address)
            return page

        yield start
        for context in contexts:
            context.close()


def test_the_timer_runs_by_itself(project, wall):
    """C35 SPEC 3: the server stands still here; what moves is the script."""
    page = project(wall)
    expect(page.locator(".programmes-clock")).to_have_text(re.compile(r"6:4[0-5]"))
    expect(page.locator(".programmes-clock")).to_have_text(re.compile(r"6:4[0-3]"))


def test_the_timer_runs_without_a_script(project, wall, clock):
    """C35 SPEC 3: the page asks again, and the server says the seconds."""
    page = project(wall, java_script_enabled=False)
    expect(page.locator(".programmes-clock")).to_have_text("6:45")
    clock.advance(minutes=7)
    expect(page.get_by_text("temps écoulé")).to_be_visible(timeout=20_000)
