"""What hosts say of a video, and whether it is still there: a real server answers well, badly, by drips (C33)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.api import Unavailable, fetch, files_of, transaction
from portal.content.notices import has_news

from plugins.restitutions.services.looking import look_next
from plugins.restitutions.services.publishing import withdraw
from tests.content.files import samples
from tests.outside import answer, moved
from tests.plugins.restitutions.factories import START, again
from tests.reading import words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
ABOUT = "/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dwe-Obs2KR28"
PICTURE = "/vi/we-Obs2KR28/hqdefault.jpg"
HOSTILE = '</script><img src=x onerror=alert(1)>\u202e"{{7*7}}'


def said(**fields):
    about = {"title": "Restitution RH", "thumbnail_url": f"https://i.ytimg.com{PICTURE}"}
    return answer(json.dumps(about | {"html": "<script>evil()</script>"} | fields).encode())


@pytest.fixture
def look(app):
    """Do what the job does, until nothing is due."""

    def until_done(at=START):
        with app.app_context():
            while look_next(at):
                pass

    return until_done


@pytest.fixture
def state(reading):
    def read(number):
        with reading():
            found = again(number)
            pictures = [card for card in files_of(found.subject) if card.is_picture]
            return found.status, found.provider_title, found.seconds, len(pictures)

    return read


def test_title_length_and_picture_are_taken_as_data(outside, link, look, state, sign_in, lea):
    """C33 SPEC 5: the picture is drawn again and stands here; the markup is left where it is."""
    outside.says |= {ABOUT: said(duration=125), PICTURE: answer(samples.picture("JPEG"), "image/jpeg")}
    number = link()
    look()
    assert state(number) == ("published", "Restitution RH", 125, 1)
    assert outside.asked == [f"www.youtube.com {ABOUT}", f"i.ytimg.com {PICTURE}"]
    page = sign_in(lea).get(f"/restitutions/{number}")
    assert "2 min 05 s" in words(page)
    assert "evil" not in page.text
    picture = re.search(r'<img src="(/files/\d+)"', page.text).group(1)
    assert sign_in(lea).get(picture).mimetype == "image/jpeg"
    look(START + timedelta(days=30))
    assert len(outside.asked) == 2  # links are not watched unless somebody wants it


def test_nothing_is_asked_while_the_page_is_read(outside, link, sign_in, post, lea):
    """C33 SPEC 3."""
    own = sign_in(lea)
    for address in ("", "/words", "/sheet"):
        own.get(f"/restitutions/{link()}{address}")
    post(own, f"/restitutions/{link()}")
    assert outside.asked == []


@pytest.mark.parametrize(
    "about",
    [
        said(title=HOSTILE),
        said(title=["x"], duration="long", thumbnail_url={"a": 1}),
        said(duration=float("nan")),
        said(duration=-1),
        said(duration=True),
        said(duration=10**12, title="x" * 100_000),
        answer(b'"text"'),
        answer(b"[1,2]"),
        answer(b"{"),
        answer(b"[" * 100_000),
        answer(b""),
        answer(b"<html><script>alert(1)</script>", "text/html"),
        answer(b"\xff\xfe"),
    ],
)
def test_whatever_a_host_says_stays_data(about, outside, link, look, state, sign_in, post, lea):
    """C33 SPEC 5, and the class of HumHub CVE-2026-18526."""
    outside.says[ABOUT] = about
    number = link()
    look()
    status, title, seconds, pictures = state(number)
    assert (status, seconds, pictures) == ("published", None, 0)
    assert len(title) <= 160
    own, url = sign_in(lea), f"/restitutions/{number}"
    for page in (own.get(url).text, post(own, url).text):
        assert "<img src=x" not in page
        assert "\u202e" not in page


@pytest.mark.parametrize(
    "picture",
    [
        "http://i.ytimg.com/x.jpg",
        "https://elsewhere.example/x.jpg",
        "https://127.0.0.1/x.jpg",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//i.ytimg.com/x.jpg",
    ],
)
def test_a_picture_elsewhere_is_not_fetched(picture, outside, link, look, state):
    """C33 SPEC 5."""
    outside.says[ABOUT] = said(thumbnail_url=picture)
    number = link()
    look()
    assert state(number) == ("published", "Restitution RH", None, 0)
    assert len(outside.asked) == 1


NO_PICTURES = [samples.SVG, samples.HTML, b"", samples.png_that_claims(60_000, 60_000), samples.moving()]


@pytest.mark.parametrize("content", NO_PICTURES)
def test_a_picture_that_is_none_is_left_out(content, outside, link, look, state):
    outside.says |= {ABOUT: said(), PICTURE: answer(content, "image/jpeg")}
    number = link()
    look()
    assert state(number) == ("published", "Restitution RH", None, 0)


@pytest.mark.parametrize("how", ["flood", "drip", "moved", "moved inside", "nothing", "gone"])
def test_a_host_that_misbehaves_costs_little_and_breaks_nothing(how, app, outside, link, look, state):
    """C33 SPEC 5: ten gigabytes, drips, redirects off the list."""
    outside.says[ABOUT] = {
        "flood": outside.flood,
        "drip": outside.drip(b"HTTP/1.1 200 OK\r\n"),
        "moved": moved("https://elsewhere.example/"),
        "moved inside": moved("https://127.0.0.1/"),
        "nothing": b"",
        "gone": answer(b"", status="404 Not Found"),
    }[how]
    app.config["ROAD"] = outside.hurried(0.4) if how == "drip" else outside.road
    number = link()
    look()
    assert state(number) == ("published", "", None, 0)
    outside.says[ABOUT] = said()
    app.config["ROAD"] = outside.road


def test_links_are_watched_only_if_somebody_wants_it_and_twice_is_lost(
    outside, link, look, state, settle, sign_in, post, awa, lea
):
    """C33 SPEC 8."""
    outside.says[ABOUT] = said()
    number = link()
    settle(watch="y")
    look()
    outside.says[ABOUT] = answer(b"", status="404 Not Found")
    asked = len(outside.asked)
    look(START + timedelta(days=6))
    assert len(outside.asked) == asked  # once a week
    look(START + timedelta(days=7))
    assert state(number)[0] == "published"
    look(START + timedelta(days=14))
    assert state(number)[0] == "unavailable"
    assert "n’est plus chez son hébergeur" in words(sign_in(awa).get("/news"))
    page = post(sign_in(lea), f"/restitutions/{number}")
    assert "Son hébergeur ne la montre plus" in words(page)
    assert "<iframe" not in page.text
    outside.says[ABOUT] = said()
    look(START + timedelta(days=21))
    assert state(number)[0] == "published"
    assert "est de nouveau là" in words(sign_in(awa).get("/news"))


def test_one_failure_between_two_answers_is_nothing(outside, link, look, state, settle):
    """C33 SPEC 8: two in a row."""
    settle(watch="y")
    number = link()
    for week, there in enumerate([True, False, True, False, True]):
        outside.says[ABOUT] = said() if there else answer(b"", status="404 Not Found")
        look(START + timedelta(days=7 * week))
        assert state(number)[0] == "published"


def test_offline_nothing_is_asked_and_nothing_is_lost(app, outside, link, look, state, settle):
    """C33 SPEC 5: no server fetch at all."""
    app.config["OFFLINE"] = True
    settle(watch="y")
    number = link()
    for week in range(4):
        look(START + timedelta(days=7 * week))
    assert outside.asked == []
    assert state(number)[0] == "published"


def test_offline_the_one_way_out_is_closed(app, outside, day):
    app.config["OFFLINE"] = True
    outside.says["/x"] = answer(b"1")
    with app.app_context(), pytest.raises(Unavailable):
        fetch("restitutions", "https://tube.example/x")
    assert outside.asked == []


def test_what_was_taken_down_meanwhile_stays_down(app, outside, link, writing, state):
    """C33 SPEC 7: the host answers after the consent was taken back."""
    number = link()

    def taken_down(there, _over):
        with writing():
            withdraw(None, again(number), at=START)
        there.sendall(said())

    outside.says |= {ABOUT: taken_down, PICTURE: answer(samples.picture("JPEG"), "image/jpeg")}
    with app.app_context():
        look_next(START)
    assert state(number) == ("withdrawn", "", None, 0)


def test_the_plugin_asks_the_hosts_of_its_manifest_and_of_the_collectivity_alone(app, outside, settle, reading):
    outside.says["/x"] = answer(b"1")
    with reading():
        assert fetch("restitutions", "https://tube.example/x").content == b"1"
        with pytest.raises(Unavailable):
            fetch("restitutions", "https://other.example/x")
    settle(hosts="")
    with reading(), pytest.raises(Unavailable):
        fetch("restitutions", "https://tube.example/x")


def test_nothing_is_asked_under_the_write_lock(app, outside):
    with app.app_context(), transaction(), pytest.raises(RuntimeError, match="write lock"):
        fetch("restitutions", "https://tube.example/x")
    assert outside.asked == []


def test_pod_is_asked_for_its_page(outside, link, look, state):
    outside.says["/video/0123-une-journee/"] = answer(b"<html>", "text/html")
    number = link("https://pod.example/video/0123-une-journee/")
    look()
    assert state(number)[0] == "published"
    assert outside.asked == ["pod.example /video/0123-une-journee/"]


def test_a_host_that_the_collectivity_refuses_is_never_asked_and_loses_nothing(outside, link, look, state, settle):
    """C33 SPEC 1 and 8."""
    outside.says[ABOUT] = said()
    numbers = [link(), link("https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv")]
    settle(watch="y", hosts="", youtube="")
    for week in range(3):
        look(START + timedelta(days=7 * week))
    assert outside.asked == []
    assert {state(number)[0] for number in numbers} == {"published"}


@pytest.mark.parametrize("status", ["503 Busy", "429 Slow down", "500 Oops", "418 Teapot"])
def test_a_host_that_is_busy_denies_nothing(status, outside, link, look, state, settle):
    """C33 SPEC 8: only an answer that denies the video counts."""
    outside.says[ABOUT] = answer(b"", status=status)
    settle(watch="y")
    number = link()
    for week in range(4):
        look(START + timedelta(days=7 * week))
    assert state(number)[0] == "published"
    assert len(outside.asked) == 4


@pytest.mark.parametrize("status", ["401 Who", "403 No", "404 Not Found", "410 Gone"])
def test_a_host_that_denies_it_twice_has_lost_it(status, outside, link, look, state, settle):
    """C33 SPEC 8."""
    outside.says[ABOUT] = answer(b"", status=status)
    settle(watch="y")
    number = link()
    look()
    look(START + timedelta(days=7))
    assert state(number)[0] == "unavailable"


def test_a_host_on_a_private_address_is_left_alone(app, outside, link, look, state, settle):
    app.config["ROAD"] = replace(outside.road, is_open=lambda _address: False)
    settle(watch="y")
    number = link("https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv")
    for week in range(3):
        look(START + timedelta(days=7 * week))
    assert state(number)[0] == "published"


def test_the_first_look_is_tried_again_a_day_later_for_a_month_and_counts_for_nothing(
    outside, link, look, state, settle
):
    """C33 SPEC 5 and 8: nobody has asked that links be watched."""
    outside.says[ABOUT] = answer(b"", status="404 Not Found")
    number = link()
    for hours in (0, 1, 23, 24, 25):
        look(START + timedelta(hours=hours))
    assert len(outside.asked) == 2
    look(START + timedelta(days=31))
    assert len(outside.asked) == 2
    settle(watch="y")
    look(START + timedelta(days=32))
    assert state(number)[0] == "published"
    outside.says[ABOUT] = said()
    look(START + timedelta(days=39))
    assert state(number)[:2] == ("published", "Restitution RH")


def test_a_round_ends_at_the_first_silent_host_and_the_next_goes_on(app, outside, link):
    outside.says[ABOUT] = b""
    link()
    link("https://vimeo.com/76979871", title="b")
    with app.app_context():
        assert not look_next(START)
        look_next(START + timedelta(minutes=10))
    assert [line.split()[0] for line in outside.asked] == ["www.youtube.com", "vimeo.com"]


def test_what_was_never_asked_comes_first(app, outside, link, writing, settle):
    old = link()
    with writing():
        again(old).looked_at = START
    link("https://vimeo.com/76979871", title="b")
    settle(watch="y")
    with app.app_context():
        look_next(START + timedelta(days=30))
    assert outside.asked[0].startswith("vimeo.com")


def test_another_address_settles_that_the_former_was_lost(outside, link, look, settle, sign_in, post, awa, app):
    outside.says[ABOUT] = answer(b"", status="404 Not Found")
    number = link()
    settle(watch="y")
    look()
    look(START + timedelta(days=7))
    own = sign_in(awa)
    assert post(own, f"/restitutions/{number}/address", {"address": "https://vimeo.com/76979871"}).status_code == 303
    with app.app_context():
        assert not has_news(awa.id)
