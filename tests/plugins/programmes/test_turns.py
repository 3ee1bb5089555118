"""Seven minutes each: begun, followed, made longer, stopped; projected without session (C35 SPEC 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Turn
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_stand

PLUGINS = ["programmes"]


@pytest.fixture
def url(programme_id):
    return f"/programmes/{programme_id}/turns"


@pytest.fixture
def stand_ids(writing, programme_id):
    with writing():
        return [make_stand(programme_id, title=f"Stand {name}", position=n) for n, name in enumerate("AB", start=1)]


@pytest.fixture
def room(client, sign_in, clock, zoe, stand_ids):
    """Stand in the room on the day, at 11 h, as Zoé who organises."""
    clock.set(at_hour(11))
    return sign_in(zoe)


@pytest.fixture
def turns(reading):
    def read():
        with reading():
            return [(turn.stand_id, turn.minutes, turn.ended_at) for turn in session.scalars(sa.select(Turn))]

    return read


def running(turns):
    return [stand_id for stand_id, _minutes, ended_at in turns() if ended_at is None]


def test_nothing_begins_once_the_day_is_past(room, url, clock, programme_id):
    """C35 SPEC 3: a turn that still runs can be ended."""
    assert "Commencer" in words(room.get(url))
    clock.set(at_hour(30))
    page = words(room.get(url))
    assert "Cette journée est passée" in page
    assert "Commencer" not in page
    assert "Donner la parole" not in page
    assert "Tours des stands" not in words(room.get(f"/programmes/{programme_id}/stands"))


def test_stands_follow_one_another_seven_minutes_each(room, post, url, turns, stand_ids):
    """C35 SPEC 3."""
    after = ""
    for expected in ([stand_ids[0]], [stand_ids[1]], []):
        assert post(room, f"{url}/next", {"after": after}).status_code == 303
        assert running(turns) == expected
        after = str(len(turns()))
    assert {minutes for _stand, minutes, _end in turns()} == {7}
    assert "Chaque stand a eu son tour." in room.get(url).text


def test_a_second_click_skips_nobody(room, post, url, turns, stand_ids):
    """Two people press « Stand suivant » at once, or one presses twice: the page they saw said which turn ends."""
    post(room, f"{url}/next")
    post(room, f"{url}/next")
    assert running(turns) == [stand_ids[0]]
    for _twice in range(2):
        post(room, f"{url}/next", {"after": "1"})
    assert running(turns) == [stand_ids[1]]


def test_the_wall_counts_without_a_script(room, new_client, post, clock, url, stand_ids):
    """C35 SPEC 3: the server says the seconds, the page asks again by itself; time that is up is said in words."""
    post(room, f"{url}/next")
    clock.advance(minutes=0.5)
    wall = room.get(f"{url}/wall").text
    assert ">6:30</time>" in wall
    assert 'http-equiv="refresh"' in wall
    assert "Stand A" in wall
    assert "Ensuite\u00a0: Stand B" in wall
    assert "temps écoulé" not in wall
    clock.advance(minutes=7)
    wall = room.get(f"{url}/wall").text
    assert ">0:00</time>" in wall
    assert "temps écoulé" in wall


def test_one_minute_more_and_stop(room, post, clock, url, turns, stand_ids):
    """C35 SPEC 3."""
    assert post(room, f"{url}/more").status_code == 409
    post(room, f"{url}/next")
    clock.advance(minutes=7)
    assert "temps écoulé" in room.get(url).text
    assert post(room, f"{url}/more").status_code == 303
    assert ">1:00</time>" in room.get(url).text
    for _twice in range(2):
        assert post(room, f"{url}/stop").status_code == 303
    assert turns() == [(stand_ids[0], 8, at_hour(11, 7))]


def test_the_floor_goes_to_any_stand(room, post, url, turns, stand_ids):
    post(room, f"{url}/give", {"stand": str(stand_ids[1])})
    assert running(turns) == [stand_ids[1]]
    post(room, f"{url}/next", {"after": "1"})
    assert running(turns) == [stand_ids[0]]
    assert post(room, f"{url}/give", {"stand": "999"}).status_code == 409


def test_turns_wait_for_the_day(client, sign_in, post, url, zoe, stand_ids, turns):
    sign_in(zoe)
    assert "le jour même" in client.get(url).text
    assert post(client, f"{url}/next").status_code == 409
    assert turns() == []


def test_only_who_organises_gives_the_floor(client, sign_in, post, url, awa, stand_ids, turns):
    sign_in(awa)
    assert client.get(url).status_code == 403
    for act in ("next", "give", "more", "stop", "wall/open"):
        assert post(client, f"{url}/{act}").status_code == 403
    assert turns() == []
    assert client.get(f"{url}/wall").status_code == 200


def test_the_timer_is_projected_without_session(room, new_client, post, writing, programme_id, awa, url):
    """C35 SPEC 3: whoever has the address sees the timer and no name, until one closes it."""
    with writing():
        make_stand(programme_id, awa, title="Stand C", position=9)
    assert post(room, f"{url}/wall/open").status_code == 303
    address = "/programmes/turns/" + room.get(url).text.split("/programmes/turns/")[1].split("<")[0]
    post(room, f"{url}/next")
    wall = new_client().get(address)
    assert (wall.status_code, "Set-Cookie" in wall.headers) == (200, False)
    assert "Stand A" in wall.text
    assert "Awa" not in wall.text
    assert post(room, f"{url}/wall/close").status_code == 303
    assert new_client().get(address).status_code == 404


def test_a_cancelled_day_gives_no_floor(room, post, writing, url, programme_id, turns):
    with writing():
        session.get_one(Programme, programme_id).cancelled_at = at_hour(10) - timedelta(days=1)
    assert post(room, f"{url}/next").status_code == 409
    assert turns() == []


def test_a_stand_that_closes_gives_the_floor_back(room, post, url, turns, stand_ids):
    """C35 SPEC 3: « Stand suivant » goes on from there."""
    assert post(room, f"{url}/next", {"after": ""}).status_code == 303
    assert post(room, f"/programmes/stands/{stand_ids[0]}/close").status_code == 303
    assert running(turns) == []
    assert post(room, f"{url}/next", {"after": ""}).status_code == 303
    assert running(turns) == [stand_ids[1]]


def test_what_is_done_with_the_floor_is_recorded(room, post, url, stand_ids, audit_of):
    """G1: each act, and a click that changes nothing is none."""
    post(room, f"{url}/next", {"after": ""})
    for act in ("more", "stop", "stop"):
        assert post(room, f"{url}/{act}").status_code == 303
    done = ["programmes.floor_given", "programmes.turn_lengthened", "programmes.floor_taken_back"]
    assert audit_of(Subject("programmes.stand", stand_ids[0])) == done
    page = room.get(f"/programmes/stands/{stand_ids[0]}").text
    assert "parole prolongée" in page
    assert "parole reprise" in page
