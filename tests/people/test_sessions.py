"""Sessions die when they should, on the security clock, at the next request (trust P7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.db import db
from portal.people.leaving import leave
from portal.people.models import User, UserSession
from portal.people.passwords import hash_secret
from portal.people.sessions import BROWSER, SCREEN, account_of, open_session, sessions_of, sweep_sessions
from portal.people.users import set_password

from tests.reading import device, token_in

SECRET = "une phrase que moi seule écrirais"


@pytest.fixture
def awa(make_user):
    return make_user("Awa M.", matricule="A1")


@pytest.fixture
def own(sign_in, awa):
    return sign_in(awa)


def cookie_of(client) -> str:
    with client.session_transaction() as cookie:
        return str(cookie.get("_user_id", ""))


@pytest.fixture
def age(writing):
    """Make every session look as if opened and last seen some time ago."""

    def make_older(*, seen: timedelta, created: timedelta) -> None:
        with writing():
            at = real_now()
            db.session.execute(sa.update(UserSession).values(seen_at=at - seen, created_at=at - created))

    return make_older


def test_a_copied_cookie_is_worth_nothing_after_signing_out(own, post):
    copy = device(own)
    assert copy.get("/account").status_code == 200
    assert post(own, "/sign-out").status_code == 303
    assert copy.get("/account").status_code == 401


def test_a_changed_password_ends_the_other_devices_only(own, awa, sign_in, writing):
    other, token = sign_in(awa), cookie_of(own)
    with writing():
        kept = account_of(token).session_id
        set_password(awa.id, "x", keep_session=kept)
    assert own.get("/account").status_code == 200
    assert other.get("/account").status_code == 401


def test_leaving_ends_every_session_at_once(own, awa, writing):
    with writing():
        leave(awa.id, actor=None, at=real_now())
    assert own.get("/account").status_code == 401


def test_a_withdrawn_right_is_gone_at_the_next_request(make_user, sign_in, writing):
    odile = make_user("Odile F.", role="admin")
    own = sign_in(odile)
    assert own.get("/plugins").status_code == 200
    with writing():
        db.session.execute(sa.update(User).where(User.id == odile.id).values(role="agent"))
    assert own.get("/plugins").status_code == 403


def test_signing_out_everywhere_ends_every_device(own, awa, sign_in, post):
    other = sign_in(awa)
    assert post(own, "/account/sign-out-everywhere").status_code == 303
    assert (own.get("/").status_code, other.get("/").status_code) == (401, 401)


def test_one_device_can_be_closed_and_never_somebody_elses(own, awa, make_user, sign_in, post, reading):
    other = sign_in(awa)
    stranger = sign_in(make_user("Bruno D."))
    for token in (cookie_of(other), cookie_of(stranger)):
        with reading():
            number = account_of(token).session_id
        post(own, f"/account/sessions/{number}/close")
    assert other.get("/account").status_code == 401
    assert stranger.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("role", "seen_minutes", "created_minutes", "status"),
    [
        ("agent", 8 * 60 - 1, 8 * 60, 200),
        ("agent", 8 * 60 + 1, 8 * 60 + 1, 401),
        ("agent", 1, 7 * 24 * 60 - 1, 200),
        ("agent", 1, 7 * 24 * 60 + 1, 401),
        ("admin", 29, 60, 200),
        ("admin", 31, 60, 401),
        ("admin", 1, 12 * 60 + 1, 401),
        ("plugin_admin", 31, 60, 401),
        ("plugin_admin", 1, 12 * 60 + 1, 401),
    ],
)
def test_a_session_ends_by_itself(make_user, sign_in, age, role, seen_minutes, created_minutes, status):
    client = sign_in(make_user(role=role))
    age(seen=timedelta(minutes=seen_minutes), created=timedelta(minutes=created_minutes))
    assert client.get("/account").status_code == status


def test_the_demonstrations_clock_ends_no_session(own, clock):
    clock.set(real_now())
    clock._app.config["CLOCK_OFFSET_SECONDS"] = -3600 * 24 * 3000
    assert own.get("/account").status_code == 200


def test_being_seen_keeps_a_session_alive(own, age, reading):
    age(seen=timedelta(hours=7), created=timedelta(hours=7))
    own.get("/account")
    with reading():
        assert real_now() - db.session.scalar(sa.select(UserSession.seen_at).limit(1)) < timedelta(hours=8)
        newest = db.session.scalar(sa.select(sa.func.max(UserSession.seen_at)))
    assert real_now() - newest < timedelta(minutes=1)


def test_signing_in_gives_a_new_identifier(client, make_user, writing):
    who = make_user(matricule="A7")
    with writing():
        set_password(who.id, hash_secret(SECRET), keep_session=None)
        planted = open_session(who.id, device="planted")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted by somebody"
    answer = client.post("/sign-in", data={"identifier": "A7", "password": SECRET})
    assert answer.status_code == 303
    assert cookie_of(client) not in {"", "planted by somebody", planted}


def test_the_table_holds_no_token(own, reading):
    with reading():
        rows = db.session.execute(sa.select(UserSession.__table__)).all()
    assert cookie_of(own) not in repr(rows)


def test_a_cookie_of_another_collectivity_is_worth_nothing(own, app, awa):
    elsewhere = own.get_cookie("session").value
    app.config["SECRET_KEY"] = "the key of another collectivity"
    stranger = app.test_client()
    stranger.set_cookie("session", elsewhere)
    assert stranger.get("/account").status_code == 401


def test_one_query_tells_who_is_signed_in(own, app, statements):
    token = cookie_of(own)
    with app.app_context():
        db.session.connection()
        with statements() as seen:
            assert account_of(token).person.name == "Awa M."
    assert len(seen) == 1


def test_ended_sessions_are_swept(own, age, writing, reading):
    age(seen=timedelta(days=8), created=timedelta(days=8))
    with writing():
        sweep_sessions(real_now())
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0


def test_a_device_is_named_as_its_owner_would(client, make_user, writing, reading):
    who = make_user(matricule="A7")
    with writing():
        set_password(who.id, hash_secret(SECRET), keep_session=None)
    client.post("/sign-in", data={"identifier": "A7", "password": SECRET})
    assert "Firefox, Linux" in client.get("/account").text
    assert token_in(client.get("/account"))


@pytest.mark.parametrize(
    ("role", "kind", "seen", "alive"),
    [
        ("agent", BROWSER, timedelta(hours=7), True),
        ("agent", BROWSER, timedelta(hours=9), False),
        ("admin", BROWSER, timedelta(minutes=31), False),
        ("agent", SCREEN, timedelta(seconds=80), True),
        ("agent", SCREEN, timedelta(seconds=100), False),
    ],
)
def test_what_is_listed_and_what_is_swept_follow_what_still_opens(
    make_user, age, writing, reading, role, kind, seen, alive
):
    who = make_user(role=role)
    with writing():
        token = open_session(who.id, device="x", kind=kind)
    age(seen=seen, created=seen)
    with reading():
        assert (account_of(token) is not None) == alive
        assert bool(sessions_of(who.id)) == alive
    with writing():
        sweep_sessions(real_now())
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == int(alive)
