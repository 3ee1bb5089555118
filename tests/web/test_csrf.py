"""No other site makes a browser act here (trust P4). Every form × every wrong way to send it: `tests/review`."""

from __future__ import annotations

import pytest

from tests.reading import token_in, words


@pytest.fixture
def tokens(own, make_user, sign_in, awa):
    """Give the token of this session, of another session of the same person, of another person."""
    other_session, other_person = sign_in(awa), sign_in(make_user("Bruno D."))
    pages = {"mine": own, "other session": other_session, "other person": other_person}
    return {name: token_in(client.get("/account")) for name, client in pages.items()}


def test_the_three_tokens_differ(tokens):
    assert len(set(tokens.values())) == 3
    assert all(tokens.values())


def test_the_right_call_goes_through(own, tokens):
    answer = own.post("/account/preferences", data={"csrf_token": tokens["mine"], "theme": "dark", "language": "fr"})
    assert answer.status_code == 303


def test_an_open_form_needs_a_browser_that_says_where_it_comes_from(client):
    form = {"identifier": "A1", "password": "x"}
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    assert client.post("/sign-in", data=form).status_code == 400
    assert client.post("/sign-in", data=form, headers={"Origin": "null"}).status_code == 400
    assert client.post("/sign-in", data=form, headers={"Origin": "http://localhost"}).status_code == 422
    assert client.post("/sign-in", data=form, headers={"Origin": "https://evil.example"}).status_code == 400
    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400


def test_a_body_is_not_read_from_somebody_who_may_not_send_it(client):
    large = b"x" * 1_500_000
    assert client.post("/account/preferences", data=large).status_code == 401


def test_a_body_that_is_too_large_is_said_so(own, tokens):
    answer = own.post("/account/preferences", data={"csrf_token": tokens["mine"], "theme": "x" * 1_500_000})
    assert answer.status_code == 413
    assert "volumineux" in answer.text


def test_a_page_that_was_open_too_long_says_so(own):
    answer = own.post("/account/sign-out-everywhere", data={"csrf_token": "old"})
    assert answer.status_code == 400
    assert "restée ouverte trop longtemps" in words(answer)


LONG = "Un texte écrit pendant une heure"


@pytest.mark.parametrize(
    "wrong", [{"csrf_token": "old"}, {"nul": "a\0b"}], ids=["open too long", "a sign that is none"]
)
def test_what_was_typed_can_be_copied_from_the_page_that_cannot_take_it(own, tokens, wrong):
    answer = own.post(
        "/account/preferences", data={"csrf_token": tokens["mine"], "theme": "dark", "text": LONG, **wrong}
    )
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert answer.text.index(LONG) < answer.text.index("\n\ndark")
    assert "peut se copier ci-dessous" in words(answer)
    assert "\0" not in answer.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_what_another_site_sends_is_not_shown(own, headers):
    answer = own.post("/account/preferences", data={"csrf_token": "old", "text": LONG}, headers=headers)
    assert (answer.status_code, LONG in answer.text) == (400, False)


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x]", "http://a]b/"])
def test_an_origin_that_cannot_be_read_is_a_foreign_one(own, client, tokens, origin):
    for header in ("Origin", "Referer"):
        refused = own.post("/sign-out", data={"csrf_token": tokens["mine"]}, headers={header: origin})
        assert refused.status_code == 400
        assert client.post("/sign-in", data={"identifier": "A1"}, headers={header: origin}).status_code == 400
