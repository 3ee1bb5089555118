"""Nothing of anybody else before a click; then the frame of one host, on that page alone (C33 SPEC 3, 4, 9)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.restitutions.models import Choice, Restitution
from tests.plugins.restitutions.factories import LINK, again, say_more
from tests.reading import rows_hash, words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
YOUTUBE, VIMEO = "https://www.youtube-nocookie.com", "https://player.vimeo.com"
PLACES = {
    LINK: YOUTUBE,
    "https://vimeo.com/76979871/8272103f6e": VIMEO,
    "https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv": "https://tube.example",
    "https://pod.example/video/0123-une-journee/": "https://pod.example",
}


def frames(answer):
    """Give the hosts an answer lets a browser show."""
    found = re.search(r"frame-src ([^;]*)", answer.headers["Content-Security-Policy"])
    return found.group(1) if found else "'none'"


@pytest.mark.parametrize("address", PLACES)
def test_before_a_click_the_page_calls_nobody_and_says_whom_it_would(address, link, sign_in, lea):
    """C33 SPEC 3."""
    url = f"/restitutions/{link(address)}"
    page = sign_in(lea).get(url)
    assert frames(page) == "'none'"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<iframe" not in page.text
    assert not re.findall(r'(?:src|action|data|poster)="(?:https?:)?//', page.text)
    assert "votre adresse IP" in words(page)


@pytest.mark.parametrize("address", PLACES)
def test_a_click_shows_the_frame_of_that_host_alone(address, link, sign_in, post, lea):
    """C33 SPEC 3 and 4."""
    url = f"/restitutions/{link(address)}"
    own = sign_in(lea)
    page = post(own, url, {"at": "90"})
    assert frames(page) == PLACES[address]
    source = re.search(r'<iframe[^>]* src="([^"]+)"', page.text).group(1)
    assert source.startswith(f"{PLACES[address]}/")
    assert "90" in source
    assert "autoplay=1" not in page.text
    assert 'sandbox="allow-scripts allow-same-origin allow-presentation"' in page.text
    others = ("/restitutions/", "/restitutions/choices", url, f"{url}/sheet", "/", f"{url}?play=1")
    assert {frames(own.get(other)) for other in others} == {"'none'"}


def test_youtube_alone_is_told_the_address_of_the_portal(link, sign_in, post, lea):
    """C33 SPEC 4."""
    own = sign_in(lea)
    told = {address: post(own, f"/restitutions/{link(address)}").text for address in PLACES}
    for address, text in told.items():
        policy = re.search(r'referrerpolicy="([^"]+)"', text).group(1)
        assert policy == ("strict-origin-when-cross-origin" if address == LINK else "no-referrer")
    assert "l’adresse de ce portail" in words(own.get("/restitutions/1"))
    assert "l’adresse de ce portail" not in words(own.get("/restitutions/2"))


@pytest.mark.parametrize("address", PLACES)
def test_a_plain_link_to_the_host_is_always_there(address, link, sign_in, post, lea):
    """C33 SPEC 4."""
    url = f"/restitutions/{link(address)}"
    own = sign_in(lea)
    for page in (own.get(url), post(own, url)):
        assert re.search(r'<a href="https://[^"]+" rel="noopener noreferrer">', page.text)


def test_always_is_for_one_host_and_one_person_until_they_take_it_back(link, sign_in, post, awa, lea, reading):
    """C33 SPEC 4: off by default, revocable."""
    first, second = f"/restitutions/{link()}", f"/restitutions/{link('https://vimeo.com/76979871', title='b')}"
    own = sign_in(lea)
    assert frames(own.get(first)) == "'none'"
    for _twice in range(2):
        assert post(own, f"{first}/always").status_code == 303
    assert frames(own.get(first)) == YOUTUBE
    assert frames(own.get(second)) == "'none'"
    assert frames(sign_in(awa).get(first)) == "'none'"
    with reading():
        (choice,) = session.scalars(sa.select(Choice))
    assert "www.youtube-nocookie.com" in own.get("/restitutions/choices").text
    other = sign_in(awa)
    assert post(other, f"/restitutions/choices/{choice.id}/forget").status_code == 404
    assert post(own, f"/restitutions/choices/{choice.id}/forget").status_code == 303
    assert frames(own.get(first)) == "'none'"


def test_it_is_taken_back_under_the_video_too(link, sign_in, post, lea):
    """C33 SPEC 4."""
    url, own = f"/restitutions/{link()}", sign_in(lea)
    post(own, f"{url}/always")
    assert "Me demander de nouveau avant une vidéo de YouTube" in own.get(url).text
    post(own, f"{url}/ask-first")
    assert frames(own.get(url)) == "'none'"


def test_a_host_taken_off_the_list_is_shown_no_more(link, settle, sign_in, post, lea):
    """C33 SPEC 1."""
    url = f"/restitutions/{link('https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv')}"
    settle(hosts="")
    page = post(sign_in(lea), url)
    assert (page.status_code, frames(page)) == (200, "'none'")
    assert "ne sont plus montrées" in words(page)
    settle(hosts="tube.example")
    assert frames(post(sign_in(lea), url)) == "https://tube.example"


def test_what_is_not_published_is_shown_to_nobody_in_a_frame(link, sign_in, post, awa):
    """C33 SPEC 2."""
    page = post(sign_in(awa), f"/restitutions/{link('https:/ /youtu.be/ we-Obs 2KR28')}")
    assert "<iframe" not in page.text
    assert frames(page) == "'none'"


def test_nothing_is_counted(app, link, sign_in, post, lea):
    """C33 SPEC 9: a look leaves no trace; no column could hold one."""
    url, own = f"/restitutions/{link()}", sign_in(lea)
    own.get(url)
    before = rows_hash(app)
    for _look in range(3):
        assert "<iframe" in post(own, url).text
    assert rows_hash(app) == before
    names = [column.name for column in Restitution.__table__.columns]
    assert not [name for name in names if "view" in name or "count" in name]


@pytest.mark.parametrize("at", ["-5", "99999999999999999999", "abc", "86401"])
def test_a_time_that_cannot_be_is_the_beginning_or_the_end(at, link, sign_in, post, lea):
    answer = post(sign_in(lea), f"/restitutions/{link()}", {"at": at})
    assert answer.status_code == 200


@pytest.mark.parametrize("origin", ["cross-site", "none", "same-origin", None])
def test_an_address_alone_calls_nobody(origin, link, sign_in, lea):
    """C33 SPEC 3: copied, written elsewhere, opened again: the panel, until somebody clicks."""
    url = f"/restitutions/{link()}"
    page = sign_in(lea).get(f"{url}?play=1&at=5", headers={"Sec-Fetch-Site": origin} if origin else {})
    assert "<iframe" not in page.text
    assert frames(page) == "'none'"


def test_another_site_makes_nobody_click(link, sign_in, lea):
    """C33 SPEC 3."""
    url, own = f"/restitutions/{link()}", sign_in(lea)
    assert own.post(url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert own.post(url).status_code == 400


def test_a_chapter_keeps_the_video_that_shows_and_may_be_the_beginning(link, writing, sign_in, post, awa, lea):
    url, own = f"/restitutions/{link(f'{LINK}&t=90')}", sign_in(lea)
    with writing():
        say_more(awa, again(1), summary="", chapters=[(0, "Début"), (30, "Suite")])
    assert re.search(r'<a href="[^"]+at=30[^"]*">', own.get(url).text)
    shown = post(own, url, {"at": "0"}).text
    assert re.search(r'<button[^>]+name="at" value="30">', shown)
    assert "start=" not in re.search(r'<iframe[^>]* src="([^"]+)"', shown).group(1)
    assert "start=90" in re.search(r'<iframe[^>]* src="([^"]+)"', post(own, url).text).group(1)
