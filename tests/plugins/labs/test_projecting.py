"""The sand-timer where nobody is signed in: it gives what its opener may read, and nothing else, until it is closed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import now, session
from portal.content.clock import real_now
from portal.content.models import Token
from portal.content.privacy.retention import run_retention
from portal.people.leaving import leave

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.services.opening import Plan, open_ephemeral
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import words

PLUGINS = ["labs"]


@pytest.fixture
def awa(make_user):
    return make_user("Awa Diop")


@pytest.fixture
def number(writing, awa, as_viewer):
    with writing():
        lab_id = make_lab("Labo du port", animator=awa)
    who = as_viewer(awa)
    with writing():
        plan = Plan("Qui garde les clés ?", now(), 60, "", "lab", allows_guests=True)
        return open_ephemeral(who, session.get_one(Lab, lab_id), plan=plan, at=now()).id


@pytest.fixture
def wall(client, sign_in, awa, number, post):
    """Open the wall by its button; give the path of its address."""
    sign_in(awa)
    assert post(client, f"/labs/e/{number}/projector").status_code == 303
    page = client.get(f"/labs/e/{number}/projector").text
    return re.search(r"<code>http://localhost(/labs/wall/[^<]+)</code>", page).group(1)


def test_the_wall_opens_without_session_with_its_codes(wall, new_client):
    browser = new_client()
    page = browser.get(wall)
    assert "Qui garde les clés ?" in words(page)
    assert "Scannez" in words(page) or "Scan" in words(page)
    assert browser.get(f"{wall}/qr.svg").content_type == "image/svg+xml"
    assert browser.get(f"{wall}/tell.svg").content_type == "image/svg+xml"
    assert f"{wall}/qr.svg" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers


def test_it_opens_nothing_but_the_wall(wall, new_client, number):
    browser = new_client()
    browser.get(wall)
    assert browser.get(f"/labs/e/{number}").status_code == 401
    assert browser.post(wall).status_code == 405


def test_opening_twice_is_one_address_and_closing_ends_it(wall, client, post, number, new_client):
    post(client, f"/labs/e/{number}/projector")
    assert wall in client.get(f"/labs/e/{number}/projector").text
    post(client, f"/labs/e/{number}/projector/close")
    post(client, f"/labs/e/{number}/projector/close")
    answer = new_client().get(wall)
    assert answer.status_code == 404
    assert "Ce mur est fermé." in words(answer)
    assert 'href="/labs/e/"' in answer.text


def test_it_is_among_the_addresses_of_who_opened_it_and_closes_there(wall, client, post, new_client):
    page = client.get("/account")
    assert "Sablier à projeter Qui garde les clés ?" in words(page)
    assert wall not in page.text
    post(client, re.search(r"/account/addresses/\d+/close", page.text).group(0))
    assert new_client().get(wall).status_code == 404


def test_it_ends_with_who_opened_it(wall, awa, writing, new_client, make_user):
    make_user("Ida Kerbrat", role="admin")
    with writing():
        leave(awa.id, actor=None, at=now())
    assert new_client().get(wall).status_code == 404


def test_it_ends_when_who_opened_it_may_no_longer_read_the_lab(wall, number, writing, new_client, make_user):
    other = make_user("Bo Lang")
    with writing():
        ephemeral = session.get_one(Ephemeral, number)
        ephemeral.audience, ephemeral.author_id = "self", other.id
        session.execute(sa.delete(Participant))
    assert new_client().get(wall).status_code == 404


def test_it_dies_by_itself_a_day_after_the_latest_end(wall, number, writing, new_client):
    mine = Token.scope == "labs.wall"
    with writing():
        latest = session.get_one(Ephemeral, number).ends_at + timedelta(hours=1)
        assert session.scalar(sa.select(Token.expires_at).where(mine)) - latest < timedelta(days=1, minutes=1)
        session.execute(sa.update(Token).where(mine).values(expires_at=real_now() - timedelta(seconds=1)))
    assert new_client().get(wall).status_code == 404


def test_retention_leaves_an_open_wall_alone_where_the_portal_lives_in_the_past(app, request, writing):
    """A demonstration has its own clock: what ends there has not ended here."""
    app.config["CLOCK_OFFSET_SECONDS"] = -int(timedelta(days=9 * 365).total_seconds())
    wall = request.getfixturevalue("wall")
    with writing():
        while run_retention(now()):
            pass
    assert app.test_client().get(wall).status_code == 200


def test_a_lab_that_is_over_has_no_wall_to_open(client, sign_in, awa, number, post, clock):
    sign_in(awa)
    clock.advance(hours=2)
    assert post(client, f"/labs/e/{number}/projector").status_code == 409
    assert "il n’y a plus de temps à projeter" in words(client.get(f"/labs/e/{number}/projector"))


def test_somebody_who_may_not_read_the_lab_opens_no_wall(client, sign_in, make_user, number, post):
    sign_in(make_user("Bo Lang"))
    assert client.get(f"/labs/e/{number}/projector").status_code == 404
    assert post(client, f"/labs/e/{number}/projector").status_code == 404
