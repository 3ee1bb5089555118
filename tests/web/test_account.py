"""My account: what I am, how pages look, my password, my devices."""

from __future__ import annotations

import pytest

from portal.people.passwords import hash_secret
from portal.people.sessions import SCREEN, account_of, open_session
from portal.people.users import check_sign_in, set_password
from portal.web.pages.account import SESSIONS_SHOWN

from tests.reading import words

OLD, NEW = "une phrase que moi seule écrirais", "une autre, plus longue, pour demain"


@pytest.fixture(scope="module")
def stored():
    return hash_secret(OLD)


@pytest.fixture
def with_password(awa, writing, stored):
    """Give her a password before she signs in."""
    with writing():
        set_password(awa.id, stored, keep_session=None)


def change(post, client, **fields):
    return post(client, "/account/password", {"current": OLD, "password": NEW, "password_again": NEW, **fields})


def test_it_says_who_i_am(own):
    text = words(own.get("/account"))
    for fact in ("Awa M.", "A1", "Matricule", "Firefox, Linux", "Cet appareil"):
        assert fact in text


def test_the_theme_is_kept_and_drawn(own, post):
    assert 'data-theme="system"' in own.get("/").text
    post(own, "/account/preferences", {"theme": "dark", "language": "fr"})
    answer = own.get("/account")
    assert 'data-theme="dark"' in answer.text
    assert "Vos choix sont gardés." in words(answer)


def test_the_language_is_kept_and_nobody_elses(own, admin, post):
    post(own, "/account/preferences", {"theme": "light", "language": "en"})
    assert '<html lang="en"' in own.get("/account").text
    assert "My account" in words(own.get("/account"))
    assert '<html lang="fr"' in admin.get("/account").text
    assert "Mon compte" in words(admin.get("/account"))


@pytest.mark.parametrize("wrong", [{"theme": "pink", "language": "fr"}, {"theme": "dark", "language": "xx"}, {}])
def test_other_choices_are_refused(own, post, wrong):
    assert post(own, "/account/preferences", wrong).status_code == 422


def test_a_first_password_needs_no_former_one(own, post):
    assert "actuel" not in words(own.get("/account"))
    assert change(post, own, current="").status_code == 303
    assert "actuel" in words(own.get("/account"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "faux"}, "Ce n’est pas votre mot de passe actuel"),
        ({"password": "court", "password_again": "court"}, "Au moins 15 caractères"),
        ({"password_again": "différent"}, "Les deux lignes sont différentes"),
        ({"password": "a" * 20, "password_again": "a" * 20}, "Trop facile à deviner"),
        ({"password": "", "password_again": ""}, "requis"),
    ],
)
def test_a_password_is_refused_with_a_reason(with_password, own, post, fields, said):
    answer = change(post, own, **fields)
    assert answer.status_code == 422
    assert said in words(answer)
    assert OLD not in answer.text


def test_a_changed_password_signs_the_other_devices_out(with_password, own, awa, sign_in, post):
    other = sign_in(awa)
    assert change(post, own).status_code == 303
    assert (own.get("/account").status_code, other.get("/account").status_code) == (200, 401)


def test_a_long_list_of_devices_is_folded_after_this_one(own, awa, sign_in):
    assert "<details>" not in own.get("/account").text
    for _twice in range(4):
        sign_in(awa)  # two browsers each time
    shown, folded = own.get("/account").text.split("<details>")
    assert "Cet appareil" in shown
    assert (shown.count("/close"), folded.count("/close")) == (SESSIONS_SHOWN - 1, 5)
    assert "5 autres endroits" in folded.replace("\u00a0", " ")


CODE = {"code-pin": "581402", "code-pin_again": "581402"}


def test_one_chooses_a_code_and_enters_a_shared_screen_with_it(own, post, awa, reading):
    assert "Vous n’en avez pas encore" in words(own.get("/account"))
    assert post(own, "/account/code", CODE).status_code == 303
    assert "Vous en avez un" in words(own.get("/account"))
    with reading():
        assert check_sign_in("A1", "581402", network="screen:1", pin=True) == awa.id


def test_a_code_is_changed_with_the_password_of_now(with_password, own, post):
    assert post(own, "/account/code", CODE).status_code == 422
    assert post(own, "/account/code", {**CODE, "code-current": "non"}).status_code == 422
    assert post(own, "/account/code", {**CODE, "code-current": OLD}).status_code == 303


@pytest.mark.parametrize("wrong", [{"code-pin": "123456"}, {"code-pin": "58140"}, {"code-pin_again": "581403"}])
def test_a_code_that_anybody_would_try_or_typed_wrong_is_refused(own, post, wrong):
    answer = post(own, "/account/code", {**CODE, **wrong})
    assert answer.status_code == 422
    assert "581402" not in answer.text


def test_a_changed_code_signs_out_whoever_is_on_a_screen(own, post, awa, writing, reading):
    with writing():
        token = open_session(awa.id, device="Hall", kind=SCREEN)
    post(own, "/account/code", CODE)
    with reading():
        assert account_of(token) is None
    assert own.get("/account").status_code == 200
