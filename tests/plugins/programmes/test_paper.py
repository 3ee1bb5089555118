"""The day on paper and on the projector, in a real browser (C34 SPEC 5 and 7)."""

from __future__ import annotations

import re

import pytest

from portal.api import session

from plugins.programmes.models.programme import Track
from plugins.programmes.models.slot import PARTY
from tests.plugins.programmes.factories import at_hour, make_slot
from tests.review.serving import served

PLUGINS = ["programmes"]
PAGE = re.compile(rb"/Type\s*/Page\b")
pytestmark = pytest.mark.browser


@pytest.fixture
def day(writing, programme_id):
    """Write the seven lines of the seed's day, three workshops beside each other among them."""
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11), title="Foire aux Transfos")
        make_slot(programme_id, at_hour(11), at_hour(12, 30), title="Montre-moi où en est ton projet de labo ?")
        make_slot(programme_id, at_hour(12, 30), at_hour(14), title="Pause déjeuner", kind="break")
        make_slot(programme_id, at_hour(14), at_hour(14, 30), kind="surprise", reveals_at=at_hour(14))
        for place, title in enumerate(("Capitalisation", "Questions RH épineuses", "Alternatives"), start=1):
            track = Track(programme_id=programme_id, name=f"Atelier {place}", position=place)
            session.add(track)
            session.flush()
            make_slot(programme_id, at_hour(14, 30), at_hour(17, 15), title=title, track_id=track.id)
        make_slot(programme_id, at_hour(17, 15), at_hour(17, 30), kind="unexpected", title="")
        make_slot(programme_id, at_hour(17, 30), title="After & carnaval…", kind=PARTY)
    return f"/programmes/{programme_id}"


@pytest.fixture
def page(app, browser, sign_in, lea):
    """Open a browser where Léa is signed in."""
    cookie = next(iter(sign_in(lea)._cookies.values()))
    with served(app) as base:
        context = browser.new_context(base_url=base, locale="fr-FR", reduced_motion="no-preference")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        yield context.new_page()
        context.close()


def test_the_day_is_printed_on_one_sheet(page, day):
    """C34 SPEC 5."""
    page.goto(f"{day}/sheet")
    assert page.locator("figure.qr img").count() == 1
    assert len(PAGE.findall(page.pdf(format="A4", prefer_css_page_size=True))) == 1


def test_what_runs_is_marked_on_the_screen_and_never_on_paper(page, day, clock):
    """C34 SPEC 5: a sheet that hangs all day would say « en cours » of what was on when it was printed."""
    clock.set(at_hour(10, 30))
    for address in (day, f"{day}/sheet"):
        page.emulate_media(media="screen")
        page.goto(address)
        assert page.get_by_text("en cours", exact=True).count() == (address == day)
        page.emulate_media(media="print")
        assert not page.get_by_text("en cours", exact=True).filter(visible=True).count()
        edge = page.locator(".programmes-line").first.evaluate("line => getComputedStyle(line).boxShadow")
        assert edge == "none"


@pytest.mark.parametrize(("width", "beside"), [(1280, 3), (320, 1)])
def test_tracks_stand_beside_each_other_where_there_is_room(page, day, width, beside):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(day)
    places = [lane.bounding_box() for lane in page.locator(".programmes-lane").all()]
    assert len({place["x"] for place in places}) == beside
    assert len({place["y"] for place in places}) == 3 // beside


@pytest.mark.parametrize(("motion", "name"), [("no-preference", "programmes-fall"), ("reduce", "none")])
def test_confetti_lie_still_where_no_motion_is_wanted(page, day, clock, motion, name):
    """C34, delight: `prefers-reduced-motion`."""
    clock.set(at_hour(18))
    page.emulate_media(reduced_motion=motion)
    page.goto(f"{day}/wall")
    pieces = page.locator(".programmes-confetti i")
    assert pieces.first.evaluate("piece => getComputedStyle(piece).animationName") == name
    assert pieces.count() == 24
