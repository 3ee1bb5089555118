"""In a real browser: nobody else is called before a click, then one host; a sound of ours is moved about in (C33)."""

from __future__ import annotations

import io
import wave
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.plugins.restitutions.factories import LINK
from tests.review.serving import served

PLUGINS = ["restitutions"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("day")]
TUBE = "https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv"
SECONDS, RATE = 60, 8000


def silence():
    """Record a minute of it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(b"\0\0" * RATE * SECONDS)
    return out.getvalue()


@pytest.fixture
def visit(app, browser, sign_in, lea):
    """Open a browser where Léa is signed in; whatever it asks of others is answered here, and noted."""
    cookie = next(iter(sign_in(lea)._cookies.values()))
    with served(app) as base:
        context = browser.new_context(base_url=base, locale="fr-FR")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        page = context.new_page()
        page.elsewhere, page.complaints = [], []

        def answer(route):
            if urlsplit(route.request.url).netloc == urlsplit(base).netloc:
                route.continue_()
            else:
                page.elsewhere.append((route.request.url, route.request.all_headers().get("referer")))
                route.fulfill(body="<p>video", content_type="text/html")

        context.route("**/*", answer)
        page.on("console", lambda said: page.complaints.append(said.text))
        yield page
        assert not page.complaints
        context.close()


@pytest.mark.parametrize(
    ("address", "host"), [(LINK, "www.youtube-nocookie.com"), (TUBE, "tube.example")], ids=["youtube", "peertube"]
)
def test_nobody_else_is_called_before_a_click_and_one_host_after(visit, link, address, host):
    """C33 SPEC 3 and 4."""
    number = link(address)
    for url in (
        f"/restitutions/{number}",
        f"/restitutions/{number}/words",
        "/restitutions/",
        f"/restitutions/{number}",
    ):
        visit.goto(url)
    assert visit.elsewhere == []
    button = visit.get_by_role("button", name="Montrer la vidéo")
    button.focus()
    visit.keyboard.press("Enter")
    expect(visit.frame_locator("iframe").locator("p")).to_have_text("video")
    ((called, referrer),) = visit.elsewhere
    assert urlsplit(called).hostname == host
    assert referrer == (f"{urlsplit(visit.url).scheme}://{urlsplit(visit.url).netloc}/" if address == LINK else None)
    visit.goto(f"/restitutions/{number}")
    assert len(visit.elsewhere) == 1


def test_a_sound_of_ours_is_moved_about_in(visit, film):
    """Ranges: a browser that jumps ahead asks for what is there, and plays it."""
    parts = []
    visit.on("response", lambda answer: parts.append(answer.status) if "/files/" in answer.url else None)
    visit.goto(f"/restitutions/{film(silence())}")
    at = visit.evaluate(
        """() => new Promise((done, failed) => {
          const sound = document.querySelector('audio');
          sound.addEventListener('seeked', () => done(sound.currentTime));
          sound.addEventListener('error', () => failed(new Error(sound.error.message)));
          sound.addEventListener('loadedmetadata', () => { sound.currentTime = 50; });
          sound.load(); sound.preload = 'auto';
        })"""
    )
    assert round(at) == 50
    assert set(parts) == {206}
    assert visit.elsewhere == []


def test_the_panel_draws_a_triangle_and_paper_holds_no_folded_history(visit, link):
    visit.goto(f"/restitutions/{link('https://vimeo.com/1')}")
    assert visit.locator(".restitutions-blank .restitutions-play").bounding_box()["width"] > 40
    expect(visit.locator(".restitutions-facade button")).to_have_text("Montrer la vidéo")
    history = visit.locator("details.history")
    expect(history).to_be_visible()
    visit.emulate_media(media="print")
    expect(history).to_be_hidden()
    visit.emulate_media(media="screen")
    history.locator("summary").click()
    visit.emulate_media(media="print")
    expect(history).to_be_visible()
