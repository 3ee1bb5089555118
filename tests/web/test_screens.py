"""Shared screens: enrolled by an administrator, opened by PIN, closed by themselves, leaving nothing behind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.db import db
from portal.people.models import UserSession
from portal.people.sessions import SCREEN, SCREEN_GRACE_SECONDS, SCREEN_IDLE_SECONDS
from portal.people.users import PIN_TRIES, issue_link

from tests.reading import token_in, words

PLUGINS = ["labs"]
PIN = "204816"


@pytest.fixture
def enrol_address(admin, post):
    answer = post(admin, "/screens", {"name": "Hall", "place": "rez-de-chaussée"})
    return re.search(r"/screen/enrol/[\w.=-]+", answer.text).group(0)


@pytest.fixture
def screen(new_client, enrol_address):
    """Give the browser of a shared screen, at rest."""
    browser = new_client()
    assert browser.post(enrol_address).status_code == 303
    return browser


@pytest.fixture
def yves(make_user):
    return make_user("Yves K.", matricule="C02", pin=PIN)


def enter(screen, pin=PIN, number="C02"):
    return screen.post("/screen/pin", data={"identifier": number, "pin": pin})


@pytest.fixture
def on_screen(screen, yves):
    """Give the screen with Yves in."""
    assert enter(screen).status_code == 303
    return screen


def test_only_an_administrator_enrols(own, plugin_admin, post):
    for browser in (own, plugin_admin):
        assert browser.get("/screens").status_code == 403
        assert post(browser, "/screens", {"name": "Hall"}).status_code == 403


def test_looking_at_the_address_enrols_nothing(new_client, enrol_address):
    browser = new_client()
    assert "Hall, rez-de-chaussée" in words(browser.get(enrol_address))
    assert browser.get("/screen").status_code == 404


def test_the_address_enrols_one_device(new_client, enrol_address, screen):
    assert "Hall" in words(screen.get("/screen"))
    assert new_client().post(enrol_address).status_code == 404


def test_a_device_that_is_no_screen_takes_no_pin(new_client, yves):
    assert enter(new_client()).status_code == 404


def test_enrolling_signs_out_who_was_there(admin, enrol_address, post):
    assert post(admin, enrol_address).status_code == 303
    assert admin.get("/account").status_code in {401, 403}
    assert admin.get("/plugins").status_code == 401


def test_number_and_pin_let_somebody_in(on_screen):
    assert "Bonjour, Yves K." in words(on_screen.get("/screen"))


def test_a_wrong_pin_is_counted_five_times_then_refused(screen, yves):
    for _once in range(PIN_TRIES):
        assert "ne vont pas ensemble" in words(enter(screen, "908172"))
    answer = enter(screen)
    assert answer.status_code == 422
    assert "Trop d’essais" in words(answer)


def test_the_refused_pin_is_not_shown_again(screen, yves):
    answer = enter(screen, "908172")
    assert "908172" not in answer.text
    assert 'value="C02"' in answer.text


def test_every_page_carries_the_clock_and_leads_home(on_screen):
    for url in ("/screen", "/", "/labs/", "/labs/e/", "/accessibilite", "/nowhere", "/screens"):
        answer = on_screen.get(url)
        assert answer.text.count("data-idle-seconds") == 1, url
        assert 'http-equiv="refresh"' in answer.text, url
        assert 'href="/screen"' in answer.text or url == "/screen", url


def test_no_other_page_carries_the_clock(own, screen):
    for browser, url in ((own, "/"), (screen, "/screen"), (screen, "/screen/pin")):
        assert "data-idle-seconds" not in browser.get(url).text
        assert 'http-equiv="refresh"' not in browser.get(url).text


def test_six_digits_open_no_account_page(on_screen):
    token = {"csrf_token": token_in(on_screen.get("/"))}
    assert on_screen.get("/account").status_code == 403
    for url in ("preferences", "password", "sessions/1/close", "sign-out-everywhere"):
        assert on_screen.post(f"/account/{url}", data=token).status_code == 403
    assert "Bonjour" in words(on_screen.get("/screen"))


def test_an_administrator_is_nobody_special_on_a_screen(screen, make_user):
    make_user("Odile F.", matricule="C01", pin=PIN, role="admin")
    enter(screen, number="C01")
    for url in ("/plugins", "/screens", "/account"):
        assert screen.get(url).status_code == 403
    assert "Administrer" not in words(screen.get("/"))


def test_a_link_opens_a_short_session_there_too(screen, yves, writing, reading):
    with writing():
        text = issue_link(yves.id)
    assert screen.post(f"/link/{text}").location == "/screen"
    with reading():
        assert list(db.session.scalars(sa.select(UserSession.kind).where(UserSession.user_id == yves.id))) == [SCREEN]


def test_leaving_ends_the_session_and_shows_the_screen_at_rest(on_screen, reading):
    assert on_screen.get("/screen/leave").location == "/screen"
    assert "Bonjour" not in words(on_screen.get("/screen"))
    assert on_screen.get("/").status_code == 401
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).where(UserSession.kind == SCREEN)) == 0


def test_signing_out_shows_the_screen_at_rest(on_screen):
    answer = on_screen.post("/sign-out", data={"csrf_token": token_in(on_screen.get("/"))})
    assert answer.location == "/screen"


def test_leaving_is_nothing_elsewhere(own):
    own.get("/screen/leave")
    assert own.get("/account").status_code == 200


@pytest.mark.parametrize(("seconds", "is_in"), [(-2, True), (2, False)])
def test_silence_ends_it_by_itself(on_screen, writing, seconds, is_in):
    silence = timedelta(seconds=SCREEN_IDLE_SECONDS + SCREEN_GRACE_SECONDS + seconds)
    with writing():
        db.session.execute(sa.update(UserSession).values(seen_at=real_now() - silence))
    assert (on_screen.get("/").status_code == 200) == is_in


def test_saying_still_here_keeps_it_alive(on_screen, writing, reading):
    token = token_in(on_screen.get("/screen"))
    with writing():
        db.session.execute(sa.update(UserSession).values(seen_at=real_now() - timedelta(seconds=40)))
    assert on_screen.post("/screen/extend", data={"csrf_token": token}).status_code in {204, 303}
    with reading():
        assert real_now() - db.session.scalar(sa.select(sa.func.max(UserSession.seen_at))) < timedelta(seconds=20)


def test_withdrawing_a_screen_ends_it_at_once(on_screen, admin, post):
    url = re.search(r"/screens/\d+/revoke", admin.get("/screens").text).group(0)
    assert post(admin, url).status_code == 303
    assert on_screen.get("/").status_code == 401
    assert on_screen.get("/screen").status_code == 404
    assert post(admin, "/screens/999/revoke").status_code == 404
