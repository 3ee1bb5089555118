"""Sound and video of ours: a browser asks for parts, plays them in the page, and nothing of them runs."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pluggy
import pytest

from portal.content.files.keeping import keep_file, receive
from portal.values import Subject, SubjectCard

hookimpl = pluggy.HookimplMarker("portal")
AT = datetime(2018, 1, 26, 13, tzinfo=UTC)
OWNER = Subject("portal.group", 7)
FILM = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 20
SIZE = len(FILM)


class Rooms:
    """Everybody reads the owner."""

    @hookimpl
    def portal_subjects(self, kind, ids, viewer):
        return [SubjectCard("Le groupe", "/", OWNER)] if kind == OWNER.kind and OWNER.id in ids else []


@pytest.fixture
def keep(app, plug, writing):
    """Keep a file of these bytes; give its address."""
    plug(Rooms())

    def put(content, name):
        with app.app_context():
            upload = receive(io.BytesIO(content), name=name)
        with writing():
            return keep_file(OWNER, upload, actor=None, at=AT).url

    return put


@pytest.fixture
def film(keep):
    return keep(FILM, "restitution.mp4")


def asked(client, url, part, **headers):
    return client.get(url, headers={"Range": part, **headers})


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=-50", SIZE - 50, SIZE - 1),
        ("bytes=-99999", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=10-9999999", 10, SIZE - 1),
    ],
)
def test_a_part_is_given_for_what_it_is(client, film, part, first, last):
    answer = asked(client, film, part)
    assert (answer.status_code, answer.data) == (206, FILM[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.content_length == last + 1 - first
    assert answer.mimetype == "video/mp4"


@pytest.mark.parametrize("part", [f"bytes={SIZE}-", "bytes=9999999-"])
def test_a_part_that_is_not_there_is_said(client, film, part):
    answer = asked(client, film, part)
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("part", ["bytes=0-1,5-6", "lines=1-2", "bytes=5-2", "bytes=-0", "nonsense"])
def test_what_we_do_not_cut_is_given_whole(client, film, part):
    answer = asked(client, film, part)
    assert (answer.status_code, answer.data) == (200, FILM)


def test_a_part_of_what_has_changed_since_is_all_of_it(client, film):
    tag = client.get(film).headers["ETag"]
    assert asked(client, film, "bytes=0-9", **{"If-Range": tag}).status_code == 206
    for other in ('"other"', f"W/{tag}", "Sun, 29 Nov 2026 04:00:00 GMT"):
        answer = asked(client, film, "bytes=0-9", **{"If-Range": other})
        assert (answer.status_code, answer.data) == (200, FILM)


def test_what_the_browser_has_is_not_sent_again(client, film):
    tag = client.get(film).headers["ETag"]
    assert asked(client, film, "bytes=0-9", **{"If-None-Match": tag}).status_code == 304


def test_asking_for_the_head_says_that_parts_may_be_asked_for(client, film):
    answer = client.head(film, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.data, answer.content_length) == (200, b"", SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (FILM, "a.mp4", "video/mp4"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 99, "a.webm", "video/webm"),
        (b"OggS" + b"\x00" * 99, "a.ogg", "audio/ogg"),
        (b"ID3" + b"\x00" * 99, "a.mp3", "audio/mpeg"),
    ],
)
def test_sound_and_video_play_where_they_stand_and_run_nothing(client, keep, content, name, kind):
    url = keep(content, name)
    for answer in (client.get(url), asked(client, url, "bytes=0-9")):
        assert answer.mimetype == kind
        assert "Content-Disposition" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")


def test_a_page_called_a_film_is_handed_out_and_never_shown(client, keep):
    answer = asked(client, keep(b"<html><script>alert(1)</script></html>", "a.mp4"), "bytes=0-9")
    assert answer.status_code == 206
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
