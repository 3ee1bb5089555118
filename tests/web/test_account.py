"""My account: what I am, how pages look, my password, my devices."""

from __future__ import annotations

import pytest

from portal.people.passwords import hash_secret
from portal.people.users import set_password

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
