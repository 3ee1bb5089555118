"""No other site makes a browser act here: every unsafe address × every wrong way to call it (trust P4)."""

from __future__ import annotations

import json

import pytest

from tests.reading import rows_hash, token_in, words
from tests.web.addresses import doors

PLUGINS = ["labs", "directory"]


@pytest.fixture
def tokens(own, make_user, sign_in, awa):
    """Give the token of this session, of another session of the same person, of another person."""
    other_session, other_person = sign_in(awa), sign_in(make_user("Bruno D."))
    pages = {"mine": own, "other session": other_session, "other person": other_person}
    return {name: token_in(client.get("/account")) for name, client in pages.items()}


def wrong_calls(tokens):
    """Give each wrong way as arguments of `client.post`."""
    mine = {"csrf_token": tokens["mine"]}
    return {
        "no token": {"data": {}},
        "empty token": {"data": {"csrf_token": ""}},
        "another session's": {"data": {"csrf_token": tokens["other session"]}},
        "another person's": {"data": {"csrf_token": tokens["other person"]}},
        "cross-site": {"data": mine, "headers": {"Sec-Fetch-Site": "cross-site"}},
        "same-site": {"data": mine, "headers": {"Sec-Fetch-Site": "same-site"}},
        "foreign origin": {"data": mine, "headers": {"Origin": "https://evil.example"}},
        "null origin": {"data": mine, "headers": {"Origin": "null", "Sec-Fetch-Site": "cross-site"}},
        "foreign referer": {"data": mine, "headers": {"Referer": "https://evil.example/x"}},
        "JSON as text": {"data": json.dumps(mine), "content_type": "text/plain"},
        "JSON": {"data": json.dumps(mine), "content_type": "application/json"},
        "token in the address": {"data": {}, "query_string": mine},
    }


def test_the_three_tokens_differ(tokens):
    assert len(set(tokens.values())) == 3
    assert all(tokens.values())


@pytest.mark.usefixtures("furnished")
def test_no_wrong_call_changes_anything(app, own, tokens):
    before, refused = rows_hash(app), set()
    for door in doors(app):
        if door.method == "GET":
            continue
        for name, arguments in wrong_calls(tokens).items():
            answer = own.post(door.url, **arguments)
            assert answer.status_code >= 400, (door, name, answer.status_code)
            refused.add((name, answer.status_code))
    assert rows_hash(app) == before
    assert {status for _name, status in refused} <= {400, 404, 403}


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


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//[x]", "http://a]b/"])
def test_an_origin_that_cannot_be_read_is_a_foreign_one(own, client, tokens, origin):
    for header in ("Origin", "Referer"):
        refused = own.post("/sign-out", data={"csrf_token": tokens["mine"]}, headers={header: origin})
        assert refused.status_code == 400
        assert client.post("/sign-in", data={"identifier": "A1"}, headers={header: origin}).status_code == 400
