"""Reading what somebody pasted: to a provider, a number, a start; and refusing what browsers read otherwise (C33)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.restitutions.values.addresses import Allowed, Fault, ReadAddress, read_address
from plugins.restitutions.values.places import PEERTUBE, POD, VIMEO, YOUTUBE, Place
from tests.plugins.restitutions.factories import ALLOWED, TORN

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
SHORT = "kkGMgK9ZtnKfYAgnEtQxbv"
HASH64 = "a1" * 32
KEY = "we-Obs2KR28"
TUBE = "https://tube.example"


def youtube(start=0):
    return Place(YOUTUBE, "www.youtube.com", KEY, start=start)


READ = {
    f"https://youtu.be/{KEY}": youtube(),
    f"https://youtu.be/{KEY}?si=abc&t=90": youtube(90),
    f"https://youtu.be/{KEY}/": youtube(),
    f"HTTPS://YouTu.be/{KEY}": youtube(),
    f"https://www.youtube.com/watch?v={KEY}": youtube(),
    f"https://m.youtube.com/watch?app=desktop&v={KEY}&t=1m30s": youtube(90),
    f"https://youtube.com/watch?v={KEY}#t=1h2m3s": youtube(3723),
    f"https://www.youtube.com/watch?v={KEY}&list=PLabc&index=3": youtube(),
    f"https://www.youtube.com/embed/{KEY}?start=42": youtube(42),
    f"https://www.youtube.com/live/{KEY}": youtube(),
    f"https://www.youtube.com/shorts/{KEY}": youtube(),
    f"https://www.youtube-nocookie.com/embed/{KEY}": youtube(),
    f"https://youtube-nocookie.com/embed/{KEY}?start=0": youtube(),
    f"https://youtu.be/{KEY}?t=nonsense": youtube(),
    f"https://youtu.be/{KEY}?t=999999": youtube(24 * 3600),
    "https://vimeo.com/76979871": Place(VIMEO, "vimeo.com", "76979871"),
    "https://vimeo.com/76979871/8272103f6e": Place(VIMEO, "vimeo.com", "76979871", "8272103f6e"),
    "https://vimeo.com/76979871#t=1m2s": Place(VIMEO, "vimeo.com", "76979871", start=62),
    "https://player.vimeo.com/video/76979871?h=8272103f6e": Place(VIMEO, "vimeo.com", "76979871", "8272103f6e"),
    f"{TUBE}/w/{SHORT}": Place(PEERTUBE, "tube.example", SHORT),
    f"{TUBE}/w/{SHORT}?start=1m30s": Place(PEERTUBE, "tube.example", SHORT, start=90),
    f"{TUBE}/videos/watch/{UUID}": Place(PEERTUBE, "tube.example", UUID),
    f"{TUBE}/videos/embed/{UUID}?p2p=1": Place(PEERTUBE, "tube.example", UUID),
    "https://pod.example/video/0123-une-journee/": Place(POD, "pod.example", "0123-une-journee"),
    f"https://pod.example/video/0123-une-journee/{HASH64}/?start=5": Place(
        POD, "pod.example", "0123-une-journee", HASH64, 5
    ),
}


@pytest.mark.parametrize("address", READ)
def test_an_address_is_read_to_a_provider_a_number_and_a_start(address):
    """C33 SPEC 1."""
    assert read_address(address, ALLOWED) == ReadAddress(READ[address])


@pytest.mark.parametrize("address", READ)
def test_what_we_make_of_it_is_read_to_the_same(address):
    """C33 SPEC 1."""
    place = READ[address]
    assert read_address(place.watch_url, ALLOWED).place == place


@pytest.mark.parametrize(
    "address",
    [
        "https://youtu.be/we-Obs2KR2",
        "https://youtu.be/we-Obs2KR288",
        "https://youtu.be/we-Obs2KR2/8",
        "https://youtu.be/we-Obs2KR2%38",
        "https://www.youtube.com/watch?v=we.Obs2KR28",
        "https://www.youtube.com/watch?v=%3Cscript%3E1",
        "https://www.youtube.com/playlist?list=PLabcdefghij",
        "https://www.youtube.com/@somebody",
        "https://www.youtube.com/",
        "https://youtu.be/",
        "https://vimeo.com/channels/staffpicks",
        "https://vimeo.com/76979871/<script>",
        f"{TUBE}/w/p/{SHORT}",
        f"{TUBE}/w/..%2F..%2Fadmin",
        f"{TUBE}/about",
        "https://pod.example/video/0123/x/y/",
    ],
)
def test_where_no_video_is_recognised_none_is_guessed(address):
    """C33 SPEC 2: it stays to be checked."""
    assert read_address(address, ALLOWED) == ReadAddress()


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        (f"http://youtu.be/{KEY}", Fault.HTTPS),
        ("javascript:alert(1)", Fault.HTTPS),
        ("data:text/html,<script>alert(1)</script>", Fault.HTTPS),
        (f"//youtu.be/{KEY}", Fault.HTTPS),
        (f"youtu.be/{KEY}", Fault.HTTPS),
        ("ftp://youtu.be/x", Fault.HTTPS),
        (f"https://evil.example/{KEY}", Fault.HOST),
        (f"https://youtu.be.evil.example/{KEY}", Fault.HOST),
        (f"https://evil.example@youtu.be/{KEY}", Fault.HOST),
        (f"https://youtu.be@evil.example/{KEY}", Fault.HOST),
        (f"https://youtu.be:443@evil.example/{KEY}", Fault.HOST),
        (f"https://youtu.be:8443/{KEY}", Fault.HOST),
        (f"https://youtu.be./{KEY}", Fault.HOST),
        ("https:///w/x", Fault.HOST),
        ("https://127.0.0.1/w/x", Fault.HOST),
        (f"https://yоutu.be/{KEY}", Fault.SIGNS),  # a Cyrillic « о »
        (f"https://youtu\u3002be/{KEY}", Fault.SIGNS),
        (f"https://youtu.be\\@evil.example/{KEY}", Fault.SIGNS),
        ("https://[::1]/w/x", Fault.SIGNS),
        (f"https://youtu.be/{KEY}\u202e", Fault.SIGNS),
        (f"https://youtu.be/{KEY}\u0000", Fault.SIGNS),
        ("https://youtu.be/" + "x" * 4000, Fault.SIGNS),
        (f"https://www.you tube.com/watch?v={KEY}", Fault.SIGNS),
        (f"{TUBE}/w/{SHORT} et aussi celle-ci", Fault.SIGNS),
        ("", Fault.SIGNS),
        ("une vidéo", Fault.SIGNS),
    ],
)
def test_anything_else_is_not_taken(address, fault):
    """C33 SPEC 1: hostile addresses, whichever way browsers read them."""
    assert read_address(address, ALLOWED) == ReadAddress(fault=fault)


def test_of_the_three_links_of_the_day_two_are_repaired_and_one_is_not():
    """C33 SPEC 2: shown for confirmation; the third has one sign too many and a bar, and nobody guesses which."""
    for key, torn in TORN.items():
        found = read_address(torn, ALLOWED)
        assert (found.place.key if found.place else None, found.is_repaired, found.fault) == (key, bool(key), None)


def test_a_host_that_the_collectivity_does_not_take_is_refused():
    """C33 SPEC 1."""
    none = Allowed(youtube=False, vimeo=False)
    for address in READ:
        assert read_address(address, none) == ReadAddress(fault=Fault.HOST)


@given(st.text(max_size=80))
def test_whatever_is_pasted_is_read_without_harm(text):
    for address in (text, f"https://youtu.be/{text}", f"https://tube.example/w/{text}"):
        found = read_address(address, ALLOWED)
        if found.place is not None:
            assert found.place.watch_url.isascii()
            assert found.place.frame_url.startswith(f"https://{found.place.frame_host}/")


def test_a_frame_plays_nothing_by_itself_and_asks_no_other_viewer():
    """C33 SPEC 4."""
    frames = {place.provider: place.frame_url for place in READ.values()}
    assert frames[YOUTUBE].startswith("https://www.youtube-nocookie.com/embed/")
    assert "autoplay=0" in frames[YOUTUBE]
    assert "p2p=0" in frames[PEERTUBE]
    assert "autoplay=0" in frames[PEERTUBE]
    assert "dnt=1" in frames[VIMEO]
    assert not any("autoplay=1" in frame or "p2p=1" in frame for frame in frames.values())
