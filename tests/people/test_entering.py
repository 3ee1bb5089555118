"""Coming in: one-time links, passwords, PINs, limits (trust P8, P10)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from portal.content.clock import real_now
from portal.content.models import Token
from portal.db import db, side_write
from portal.errors import Invalid
from portal.people.leaving import leave
from portal.people.limits import _write, sweep_limits
from portal.people.models import Limit, User
from portal.people.passwords import check_password, check_pin, hash_secret, is_secret
from portal.people.users import (
    PIN_TRIES,
    TRIES_PER_ACCOUNT,
    TRIES_PER_NETWORK,
    check_sign_in,
    issue_link,
    set_password,
    user_by_identifier,
)
from portal.web.pages.entering import safe_next

from tests.reading import words

SECRET = "une phrase que moi seule écrirais"


@pytest.fixture(scope="module")
def stored():
    return hash_secret(SECRET)


@pytest.fixture
def awa(make_user, writing, stored):
    who = make_user("Awa M.", matricule="A1", email="awa@ville.example")
    with writing():
        set_password(who.id, stored, keep_session=None)
    return who


@pytest.fixture
def link_for(writing):
    def make(who, **options):
        with writing():
            return f"/link/{issue_link(who.id, **options)}"

    return make


def sign_in_as(client, identifier="A1", password=SECRET, *, where="/sign-in", network="10.0.0.1"):
    form = {"identifier": identifier, "password": password}
    return client.post(where, data=form, environ_overrides={"REMOTE_ADDR": network})


@pytest.mark.parametrize("look", ["get", "head"])
def test_looking_at_a_link_does_not_spend_it(client, make_user, link_for, look):
    url = link_for(make_user("Awa M."))
    for _once in range(3):
        answer = getattr(client, look)(url)
        assert answer.status_code == 200
    assert client.get("/account").status_code == 401
    assert client.post(url).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_link_says_whose_it_is(client, make_user, link_for):
    assert "Ce lien est pour Awa M." in words(client.get(link_for(make_user("Awa M."))))


def test_a_link_says_how_often_it_opens(client, make_user, link_for):
    assert "Il ne sert qu’une fois. Si ce n’est pas vous" in words(client.get(link_for(make_user())))
    assert "Il peut resservir." in words(client.get(link_for(make_user(), uses=1000)))


def test_a_link_opens_once(new_client, make_user, link_for):
    url = link_for(make_user())
    assert new_client().post(url).status_code == 303
    assert new_client().get(url).status_code == 404
    assert new_client().post(url).status_code == 404


def test_a_link_may_choose_a_password_which_then_signs_in(client, new_client, make_user, link_for):
    url = link_for(make_user(matricule="A1"))
    assert client.post(url, data={"password": SECRET, "password_again": SECRET}).status_code == 303
    assert sign_in_as(new_client()).status_code == 303


def test_a_link_may_choose_a_code_which_then_opens_shared_screens(client, make_user, link_for, reading):
    who = make_user(matricule="A1")
    url = link_for(who)
    assert client.post(url, data={"pin": "581402", "pin_again": "581403"}).status_code == 422
    assert client.post(url, data={"pin": "123456", "pin_again": "123456"}).status_code == 422
    assert client.post(url, data={"pin": "581402", "pin_again": "581402"}).status_code == 303
    assert client.get("/account").status_code == 200
    with reading():
        assert check_sign_in("A1", "581402", network="screen:1", pin=True) == who.id


def test_a_new_link_ends_the_one_not_used_yet(new_client, make_user, link_for):
    who = make_user()
    lost, found = link_for(who), link_for(who)
    assert new_client().get(lost).status_code == 404
    assert new_client().get(found).status_code == 200


def test_a_refused_password_leaves_the_link_unspent(client, make_user, link_for):
    url = link_for(make_user("Capucine Lamberti"))
    for wrong in ("court", "capucine lamberti !!"):
        assert client.post(url, data={"password": wrong, "password_again": wrong}).status_code == 422
    assert client.post(url, data={"password": SECRET, "password_again": "autre"}).status_code == 422
    assert client.post(url).status_code == 303


def test_a_link_dies_after_half_an_hour_of_real_time(client, app, make_user, link_for, writing):
    url = link_for(make_user())
    app.config["CLOCK_OFFSET_SECONDS"] = -3600 * 24 * 3000  # a demonstration does not lengthen it
    with writing():
        expires_at = db.session.scalar(sa.select(Token.expires_at))
        assert expires_at - real_now() <= timedelta(minutes=30)
        db.session.execute(sa.update(Token).values(expires_at=real_now() - timedelta(seconds=1)))
    assert client.get(url).status_code == 404


def test_the_link_of_somebody_who_left_opens_nothing(client, make_user, link_for, writing):
    who = make_user()
    url = link_for(who)
    with writing():
        leave(who.id, actor=None, at=real_now())
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


def test_a_tampered_link_reads_like_an_old_one(client, make_user, link_for):
    url = link_for(make_user())
    number, _dot, mac = url.rpartition(".")
    for wrong in (f"{number}.{mac[:-1]}", f"{number}.", "/link/0.x", "/link/99999.x", "/link/é.x", f"{number}x.{mac}"):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert "Ce lien n’ouvre plus rien" in words(answer)


@pytest.mark.parametrize("identifier", ["A1", " A1 ", "awa@ville.example", "AWA@ville.example"])
def test_people_sign_in_by_number_or_address(client, awa, identifier):
    assert sign_in_as(client, identifier).status_code == 303


def test_known_and_unknown_people_get_the_same_answer(client, awa, clock):
    clock.set(real_now())  # every page says the second it was made
    answers = [sign_in_as(client, name, "n’importe quoi").text.replace(name, "?") for name in ("A1", "ZZ9")]
    assert answers[0] == answers[1]


def test_somebody_who_left_is_unknown(client, awa, writing):
    with writing():
        leave(awa.id, actor=None, at=real_now())
    assert sign_in_as(client).status_code == 422


def test_the_refused_form_keeps_the_number_and_not_the_password(client, awa):
    answer = sign_in_as(client, "A1", "faux mot de passe")
    assert answer.status_code == 422
    assert 'value="A1"' in answer.text
    assert "faux mot de passe" not in answer.text


def _book(writing, *parts, tries, at=None):
    from portal.people.limits import _key

    with writing():
        db.session.add(Limit(key=_key(*parts), window_start_at=at or real_now(), tries=tries))


def test_tries_are_limited_and_the_owner_elsewhere_still_enters(client, new_client, awa, writing):
    _book(writing, "password", "a1", "10.0.0.9", tries=TRIES_PER_ACCOUNT)
    refused = sign_in_as(client, network="10.0.0.9")
    assert refused.status_code == 422
    assert "Trop d’essais" in words(refused)
    assert sign_in_as(new_client(), network="10.0.0.1").status_code == 303


def test_a_network_is_limited_whatever_the_accounts(client, awa, writing):
    _book(writing, "network", "10.0.0.9", tries=TRIES_PER_NETWORK)
    assert "Trop d’essais" in words(sign_in_as(client, network="10.0.0.9"))


def test_tries_are_forgotten_after_a_quarter_of_an_hour(client, awa, writing):
    _book(writing, "password", "a1", "10.0.0.9", tries=99, at=real_now() - timedelta(minutes=16))
    assert sign_in_as(client, network="10.0.0.9").status_code == 303


def test_a_refused_try_is_counted_although_the_request_changed_nothing(client, awa, reading):
    for _once in range(2):
        sign_in_as(client, "A1", "faux")
    with reading():
        assert sorted(db.session.scalars(sa.select(Limit.tries))) == [2, 2]
    sign_in_as(client)
    with reading():
        assert list(db.session.scalars(sa.select(Limit.tries))) == [2]


def test_limits_keep_no_name(client, awa, reading):
    sign_in_as(client, "A1", "faux")
    with reading():
        assert "a1" not in {key.lower() for key in db.session.scalars(sa.select(Limit.key))}


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/a\n//evil",
        "/a\\b",
        "///evil.example",
        "evil.example",
        "",
        None,
    ],
)
def test_coming_back_never_leaves_the_portal(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/account", "/labs/3?after=x&b=%2F%2F", "/labs/é"])
def test_coming_back_goes_where_one_was(target):
    assert safe_next(target) == target


@pytest.mark.parametrize("target", ["//evil.example", "/%5Cevil.example", "https://evil.example", "/%09/evil.example"])
def test_signing_in_leads_back(client, new_client, awa, target):
    """P10: at the sign-in, and when one is signed in already."""
    answer = sign_in_as(client, where="/sign-in?next=/account")
    assert answer.location == "/account"
    assert client.get(f"/sign-in?next={target}").location == "/"
    assert sign_in_as(new_client(), where=f"/sign-in?next={target}").location == "/"


@given(st.text(max_size=14))
def test_a_short_password_is_refused(text):
    with pytest.raises(Invalid):
        check_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "aaaaaaaaaaaaaaaaaaaa",
        "ababababababababab",
        "motdepasse2026!!!!",
        "Awa Mbengue 2026 !",
        "x" * 201,
        "A1-MATRICULE-2026-zz",
        "M0tdep@sse-mairie-2026",
        "azertyuiop12345",
        "qwertyuiop123456",
        "passwordpassword1",
        "iloveyou12345678",
        "Bonjour2026Bonjour",
        "Été2026Été2026Été",
        "Dunkerque2026Dunkerque",
        "marseille13marseille",
        "123456789012345",
    ],
)
def test_an_easy_password_is_refused(text):
    """P8."""
    with pytest.raises(Invalid) as refusal:
        check_password(text, about="Awa Mbengue a1-matricule Ville de Dunkerque")
    assert refusal.value.field == "password"


@pytest.mark.parametrize(
    "text",
    [
        "lundi matin au marché de la mairie",
        "je mange des frites à Dunkerque",
        "839204719283746",
        "kX9#vQ2!pL7@wZ4",
        "日本語のパスワードはながい文です",
        "4@8({[<3691!|17+0$5%2" * 9,
    ],
)
def test_a_password_may_hold_a_common_word_any_sign_and_no_letter(text):
    check_password(text, about="Awa Mbengue a1-matricule Ville de Dunkerque")


def test_a_password_made_of_what_everybody_knows_of_somebody_is_refused(client, app, make_user, link_for):
    app.config["COLLECTIVITY_NAME"] = "Ville de Nulleparten"
    url = link_for(make_user("Capucine Lamberti", matricule="AX-2214", email="c.lamberti@ville.example"))
    for wrong in ("lamberti ax-2214 !", "lamberti@ville.example", "nulleparten-2026-!"):
        answer = client.post(url, data={"password": wrong, "password_again": wrong})
        assert answer.status_code == 422
        assert "mot de passe courant" in words(answer)


def test_a_sentence_is_a_password_without_composition_rules():
    check_password("la mer est calme ce soir", about="Awa Mbengue")


@pytest.mark.parametrize(
    "text", ["12345", "1234567", "12345a", "123456", "654321", "000000", "112211", "１２３４７９", ""]
)
def test_a_first_guess_is_no_pin(text):
    with pytest.raises(Invalid):
        check_pin(text)


@pytest.mark.parametrize("text", ["204816", "908172"])
def test_six_digits_are_a_pin(text):
    check_pin(text)


def test_nothing_stored_is_never_the_secret():
    assert not is_secret(None, SECRET)
    assert not is_secret("not a hash", SECRET)


def test_the_secret_of_nobody_is_checked_by_the_same_work(monkeypatch, real_secrets):
    """P8: the time of an answer does not tell whether somebody exists."""
    checked = []

    cost = extract_parameters(real_secrets["_UNKNOWN"])
    assert cost == extract_parameters(real_secrets["_hasher"].hash(SECRET))
    assert (cost.memory_cost >= 64 * 1024, cost.time_cost >= 3) == (True, True)

    class Seen(PasswordHasher):
        def verify(self, hash, password):
            checked.append(extract_parameters(hash))
            return super().verify(hash, password)

    monkeypatch.setattr("portal.people.passwords._hasher", Seen())
    monkeypatch.setattr("portal.people.passwords._UNKNOWN", real_secrets["_UNKNOWN"])
    for stored in (hash_secret(SECRET), None):
        assert not is_secret(stored, "autre chose")
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_people_without_an_address_are_people(client, make_user, link_for, reading):
    who = make_user("Yves K.", matricule="C02")
    make_user("Zoé L.", matricule="C03")
    assert client.post(link_for(who)).status_code == 303
    assert "aucun" in words(client.get("/account"))
    with reading():
        assert user_by_identifier("") is None
        assert db.session.scalar(sa.select(sa.func.count()).where(User.email.is_(None))) == 2


def test_a_pin_is_no_password(client, make_user):
    make_user("Yves K.", matricule="C02", pin="204816")
    assert sign_in_as(client, "C02", "204816").status_code == 422
    assert PIN_TRIES < TRIES_PER_ACCOUNT


def test_a_changed_password_closes_the_links_not_yet_used(client, make_user, link_for, writing, stored):
    who, other = make_user(), make_user()
    mine, theirs = link_for(who), link_for(other)
    with writing():
        set_password(who.id, stored, keep_session=None)
    assert (client.get(mine).status_code, client.post(mine).status_code) == (404, 404)
    assert client.get(theirs).status_code == 200


def test_two_workers_may_book_the_first_try_of_a_key(app, reading):
    def book(_turn):
        with side_write(app.config["ENGINE"]) as conn:
            _write(conn, "k")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(book, range(8)))
    with reading():
        assert list(db.session.scalars(sa.select(Limit.tries))) == [8]


def test_a_window_that_closed_starts_again_from_one(app, writing, reading):
    with writing():
        db.session.add(Limit(key="k", window_start_at=real_now() - timedelta(minutes=16), tries=9))
    with side_write(app.config["ENGINE"]) as conn:
        _write(conn, "k")
    with reading():
        assert list(db.session.scalars(sa.select(Limit.tries))) == [1]


def test_old_limits_are_swept(writing, reading):
    at = real_now()
    with writing():
        db.session.add(Limit(key="old", window_start_at=at - timedelta(hours=25), tries=1))
        db.session.add(Limit(key="new", window_start_at=at - timedelta(hours=23), tries=1))
        db.session.flush()
        sweep_limits(at)
    with reading():
        assert list(db.session.scalars(sa.select(Limit.key))) == ["new"]
