"""An ephemeral lab from afar: the sand-timer, the code, the poster (C01)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.plugins.labs.ephemeral_factories import QUESTION, make_ephemeral, tell
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def awa(app, make_user):
    return make_user(name="Awa M.")


@pytest.fixture
def lab(app, awa, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=[awa])


@pytest.fixture
def number(lab, awa, writing):
    with writing():
        return make_ephemeral(lab, awa, people=[awa])


def test_the_wall_shows_the_question_the_sand_and_the_code(number, awa, sign_in, clock):
    client = sign_in(awa)
    clock.advance(minutes=30)
    page = client.get(f"/labs/e/{number}/wall").text
    assert QUESTION in page
    assert "sandtimer level-10" in page
    assert "30 min" in page.replace("\xa0", " ")
    assert f"/labs/e/{number}/qr.svg" in page
    assert "/labs/q/" in page
    assert "data-refresh-seconds" in page


def test_when_time_is_up_the_wall_asks_what_was_learnt_then_shows_it(number, awa, sign_in, writing, clock):
    client = sign_in(awa)
    clock.advance(minutes=60)
    page = client.get(f"/labs/e/{number}/wall").text
    assert "sandtimer level-20" in page
    assert "Qu’a-t-on appris" in page
    assert f"/labs/e/{number}/tell.svg" in page
    assert "/labs/q/" not in page
    with writing():
        tell(number, awa, learnt="On garde le format.")
    assert "On garde le format." in client.get(f"/labs/e/{number}/wall").text


def test_the_wall_of_an_announced_lab_says_when_it_opens(lab, awa, writing, sign_in):
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60)
    page = sign_in(awa).get(f"/labs/e/{number}/wall").text
    assert "sandtimer level-0" in page
    assert "Ouvre le" in page


def test_the_code_is_a_picture_and_dies_with_the_lab(number, awa, sign_in, clock):
    # C01 SPEC 8
    client = sign_in(awa)
    answer = client.get(f"/labs/e/{number}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<svg" in answer.data
    clock.advance(minutes=60)
    assert client.get(f"/labs/e/{number}/qr.svg").status_code == 404
    assert client.get(f"/labs/e/{number}/tell.svg").mimetype == "image/svg+xml"


def test_the_poster_carries_the_code_and_its_address_in_clear(number, awa, sign_in, clock):
    client = sign_in(awa)
    page = client.get(f"/labs/e/{number}/poster").text
    assert QUESTION in page
    assert "/labs/q/" in page
    clock.advance(minutes=60)
    after = client.get(f"/labs/e/{number}/poster").text
    assert "/labs/q/" not in after
    assert f"/labs/e/{number}" in after


@pytest.mark.parametrize("door", ["", "/wall", "/poster", "/qr.svg"])
def test_nothing_of_it_shows_without_an_account(number, client, door):
    answer = client.get(f"/labs/e/{number}{door}")
    assert answer.status_code in {302, 303, 401}
    assert QUESTION not in answer.text
