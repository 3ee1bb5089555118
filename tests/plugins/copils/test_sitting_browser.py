"""The network is lost in the middle of a copil: the click is kept, sent again, at its true instant (C07 SPEC 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.api import now, session

from plugins.copils.models.copil import Copil
from plugins.copils.queries.deciders import deciders_of
from plugins.copils.queries.turns import turns_of
from plugins.copils.services.running import begin
from tests.plugins.copils.factories import SITTING, START, make_copil, make_question
from tests.review.serving import served

PLUGINS = ["copils"]
CUT_ONCE = """() => {
  const { text } = Response.prototype;
  Response.prototype.text = function cut() {
    Response.prototype.text = text;
    return Promise.reject(new TypeError("network error"));
  };
}"""
pytestmark = pytest.mark.browser


@pytest.fixture
def facilitator(make_user, clock):
    clock.set(START)
    return make_user("Awa Diop")


@pytest.fixture
def copil(facilitator, make_user, make_function, writing, clock, as_viewer):
    function = make_function("Direction des ports", holder=make_user("Paul Martin"), since=START - timedelta(days=1))
    asker = make_user("Léa Petit")
    with writing():
        number = make_copil(facilitator, [function])
        make_question(asker, number)
    clock.set(SITTING)
    with writing():
        came = {row.id: "present" for row in deciders_of(number)}
        begin(as_viewer(facilitator), session.get_one(Copil, number), presences=came, at=now())
    clock.advance(minutes=5)
    return number


@pytest.fixture
def page(app, browser, sign_in, facilitator):
    """Open a browser where the facilitator is signed in."""
    cookie = next(iter(sign_in(facilitator)._cookies.values()))
    with served(app) as base:
        context = browser.new_context(base_url=base, locale="fr-FR")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        yield context.new_page()
        context.close()


def test_the_script_of_the_room_is_sent_with_that_of_the_portal(page, copil):
    page.goto(f"/copils/sessions/{copil}/live")
    addresses = page.locator("script[src]").evaluate_all("scripts => scripts.map(script => script.src)")
    bundle = next(address for address in addresses if "/portal-" in address)
    assert "data-lost" in page.request.get(bundle).text()
    assert not [address for address in addresses if "live" in address]


def test_a_click_made_without_network_passes_once_it_is_back(page, copil, reading):
    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(f"/copils/sessions/{copil}/live")
    lost = []

    def lose_twice(route):
        lost.append(route.request.post_data)
        if len(lost) <= 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/turn", lose_twice)
    page.get_by_role("button", name="À qui demande").click()
    expect(page.get_by_text("Réseau perdu")).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.get_by_text("Réseau perdu")).to_be_in_viewport()
    expect(page.get_by_role("button", name="À qui décide")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Réseau perdu")).to_be_hidden()
    with reading():
        (turn,) = turns_of(copil)
        assert now() - turn.started_at >= timedelta(seconds=3)


def test_a_refused_answer_is_shown_with_what_was_typed(page, copil):
    page.goto(f"/copils/sessions/{copil}/live")
    page.get_by_role("button", name="À qui demande").click()
    expect(page.get_by_role("button", name="À qui décide")).to_be_visible()
    page.get_by_label("Dans leurs mots").fill("Une salle")
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.get_by_role("alert").filter(has_text="revoir")).to_be_focused()
    expect(page.get_by_label("Dans leurs mots")).to_have_value("Une salle")
    expect(page.get_by_text("la parole est à celles et ceux qui demandent")).to_be_visible()
    expect(page.get_by_role("heading", name="L’ordre du jour")).to_be_visible()


def test_a_refused_answer_that_is_completed_leads_back_to_the_room(page, copil):
    """C07 SPEC 4: the address of the room stays while the refused form stands in it."""
    page.goto(f"/copils/sessions/{copil}/live")
    page.get_by_label("Dans leurs mots").fill("Une salle")
    page.get_by_role("button", name="Noter la réponse").click()
    page.get_by_role("alert").filter(has_text="revoir").wait_for()
    page.get_by_label("Non : pourquoi").check()
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.get_by_text("Chaque question a sa réponse")).to_be_visible()
    expect(page.get_by_text("La réponse est notée")).to_be_in_viewport()
    assert page.url.endswith("/live")


def test_an_answer_of_which_the_end_was_lost_is_asked_for_again(page, copil):
    page.goto(f"/copils/sessions/{copil}/live")
    page.evaluate(CUT_ONCE)
    page.get_by_role("button", name="Noter la réponse").click()
    expect(page.get_by_role("alert").filter(has_text="revoir")).to_be_focused(timeout=15_000)
