"""The one way out: it goes where the manifest says, to a public address, for five seconds and a mebibyte (P9)."""

from __future__ import annotations

import gzip
from dataclasses import replace
from threading import Event

import pytest

from portal.content.outbound import MOST_BYTES, Fetched, Road, fetch_by, is_public
from portal.errors import Unavailable

from tests.outside import answer, certificate_in, moved, standing

ALLOWED = frozenset({"tube.example", "other.example"})
PUBLIC = ["8.8.8.8", "212.27.48.10", "2001:4860:4860::8888", "2a01:e0c:1::1"]
PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.8",
    "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001::1", "3fff::1",
    "100::1", "5f00::1", "::127.0.0.1",
]  # fmt: skip


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return certificate_in(tmp_path_factory.mktemp("outside"))


@pytest.fixture
def outside(certificate):
    with standing(certificate) as found:
        yield found


@pytest.fixture
def ask(outside):
    def one(url="https://tube.example/x", *, road=None, allowed=ALLOWED):
        return fetch_by(road or outside.road, url, allowed=allowed)

    return one


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_one(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_what_leads_inside_is_none(address):
    assert not is_public(address)


def test_an_answer_comes_whole_whatever_its_status(outside, ask):
    outside.says["/x"] = answer(b'{"a":1}', "application/json; charset=utf-8")
    outside.says["/gone"] = answer(b"gone", "text/html", status="410 Gone")
    assert ask() == Fetched(200, "application/json", b'{"a":1}')
    assert ask("https://tube.example/gone") == Fetched(410, "text/html", b"gone")


def test_the_connection_is_made_under_the_name_and_says_nothing_of_us(outside, ask):
    outside.says["/x?a=1"] = answer(b"1")
    ask("https://tube.example/x?a=1")
    assert outside.asked == ["tube.example /x?a=1"]
    lines = outside.heads[0].strip().splitlines()
    assert f"Host: tube.example:{outside.road.port}" in lines
    assert {line.partition(":")[0] for line in lines[1:]} == {"Host", "Accept", "Accept-Encoding", "User-Agent"}


def test_a_certificate_of_another_name_is_no_answer(ask):
    with pytest.raises(Unavailable):
        ask("https://stranger.example/x", allowed=frozenset({"stranger.example"}))


@pytest.mark.parametrize(
    "url",
    [
        "http://tube.example/x",
        "https://elsewhere.example/x",
        "https://tube.example:8443/x",
        "https://tube.example@elsewhere.example/x",
        "https://somebody@tube.example/x",
        "https://tube.example./x",
        "https://tube.example\\@elsewhere.example/x",
        "https://tube.exa\tmple/x",
        "https:///x",
        "//tube.example/x",
        "file:///etc/passwd",
        "https://[::1]/x",
        "https://tübe.example/x",
        "https://tube.example/" + "x" * 4000,
        "",
    ],
)
def test_nothing_but_https_of_a_named_host_is_asked(outside, ask, url):
    with pytest.raises(Unavailable):
        ask(url)
    assert not outside.asked


@pytest.mark.parametrize("found", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], []])
def test_a_name_with_an_address_inside_is_not_called(found, outside, ask):
    with pytest.raises(Unavailable):
        ask(road=replace(outside.road, resolve=lambda _host: found, is_open=is_public))
    assert not outside.asked


def test_a_name_is_resolved_once_and_that_very_address_called(outside, ask):
    outside.says["/x"] = answer(b"1")
    names = []

    def rebinding(host):
        names.append(host)
        return ["127.0.0.1"] if len(names) == 1 else ["10.0.0.1"]

    assert ask(road=replace(outside.road, resolve=rebinding)).status == 200
    assert names == ["tube.example"]


def test_an_address_that_does_not_answer_gives_way_to_the_next(outside, ask):
    outside.says["/x"] = answer(b"1")
    assert ask(road=replace(outside.road, resolve=lambda _host: ["::1", "127.0.0.1"])).status == 200


def test_a_redirect_to_a_named_host_is_followed(outside, ask):
    outside.says |= {"/x": moved("/y"), "/y": moved("https://other.example/z"), "/z": answer(b"here")}
    assert ask().content == b"here"
    assert outside.asked == ["tube.example /x", "tube.example /y", "other.example /z"]


@pytest.mark.parametrize(
    "to",
    ["https://elsewhere.example/", "http://tube.example/", "https://127.0.0.1/", "//elsewhere.example/", "https://[/"],
)
def test_a_redirect_off_the_list_is_not_followed(to, outside, ask):
    outside.says["/x"] = moved(to)
    with pytest.raises(Unavailable):
        ask()
    assert len(outside.asked) == 1


def test_a_redirect_is_resolved_and_judged_anew(outside, ask):
    outside.says["/x"] = moved("https://other.example/z")
    road = replace(
        outside.road,
        resolve=lambda host: ["127.0.0.1"] if host == "tube.example" else ["10.0.0.1"],
        is_open=lambda address: address == "127.0.0.1",
    )
    with pytest.raises(Unavailable):
        ask(road=road)
    assert outside.asked == ["tube.example /x"]


def test_a_circle_of_redirects_ends(outside, ask):
    outside.says["/x"] = moved("/x")
    with pytest.raises(Unavailable, match=r"without end|sans fin"):
        ask()


def test_ten_gigabytes_are_not_read(outside, ask):
    outside.says["/x"] = outside.flood
    with pytest.raises(Unavailable):
        ask()
    assert outside.ended.wait(10)
    assert outside.sent < 20 * MOST_BYTES  # what the buffers of both sides hold, and no more


def test_a_mebibyte_is_read_and_one_byte_more_is_not(outside, ask):
    outside.says["/x"] = answer(b"x" * MOST_BYTES)
    assert len(ask().content) == MOST_BYTES
    outside.says["/x"] = answer(b"x" * (MOST_BYTES + 1))
    with pytest.raises(Unavailable):
        ask()


def test_what_comes_packed_is_not_unpacked(outside, ask):
    outside.says["/x"] = answer(gzip.compress(b"x" * 50_000_000), headers="Content-Encoding: gzip\r\n")
    with pytest.raises(Unavailable):
        ask()


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"\x00\x01", b"<html>no"])
def test_nothing_or_half_an_answer_is_none(said, outside, ask):
    outside.says["/x"] = said
    with pytest.raises(Unavailable):
        ask()


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue",
    ],
)
def test_a_slow_drip_is_given_up_as_a_whole_and_ended(start, outside, ask):
    outside.says["/x"] = outside.drip(start)
    with pytest.raises(Unavailable, match=r"in time|à temps"):
        ask(road=outside.hurried(0.4))
    assert outside.ended.wait(10)


def test_a_name_that_is_never_resolved_is_given_up(outside, ask):
    never = Event()
    with pytest.raises(Unavailable, match=r"in time|à temps"):
        ask(road=replace(outside.hurried(0.2), resolve=lambda _host: [str(never.wait(10))]))
    never.set()


def test_the_road_of_a_portal_is_the_narrow_one(app):
    assert app.config["ROAD"] == Road()
    assert (Road().port, Road().is_open, Road().seconds) == (443, is_public, 5)
