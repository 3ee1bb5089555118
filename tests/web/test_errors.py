"""Error pages: what happened, what to do, a reference; never a trace, never what is private."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import abort, request

from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany, Unavailable
from portal.web.answers import page_or_fragment
from portal.web.policy import public, signed_in

from tests.reading import words

SAID = {
    400: "n’a pas pu être lue",
    403: "ne vous est pas ouvert",
    404: "n’est pas ouverte ici",
    405: "n’est pas ouverte ici",
    409: "plus rapide",
    413: "trop volumineux",
    418: "s’est cassé",
    429: "Trop d’essais",
    500: "s’est cassé",
    503: "mise à jour",
}
OURS = {403: Forbidden, 404: NotFound, 409: Conflict, 422: Invalid, 429: TooMany, 500: PortalError, 503: Unavailable}
REFERENCE = re.compile(r"\b[0-9a-f]{4}-[0-9a-f]{2}\b")


@public()
def fail():
    status = int(request.args["status"])
    if "ours" in request.args:
        raise OURS[status]("Une phrase exacte.")
    abort(status)


@pytest.fixture
def address(app, mount):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    return mount("fail", fail)


@pytest.mark.parametrize("status", SAID)
def test_each_status_has_its_words_and_a_way_back(client, address, status):
    answer = client.get(f"{address}?status={status}")
    assert answer.status_code == status
    assert SAID[status] in words(answer)
    assert 'href="/"' in answer.text
    assert 'lang="fr"' in answer.text


@pytest.mark.parametrize("status", OURS)
def test_a_known_fault_says_its_own_sentence(client, address, status):
    answer = client.get(f"{address}?status={status}&ours=1")
    assert answer.status_code == status
    assert "Une phrase exacte." in words(answer)


@pytest.mark.parametrize("status", [404, 405])
def test_what_is_not_here_has_a_reference_to_quote(client, address, status):
    assert REFERENCE.search(words(client.get(f"{address}?status={status}")))


def test_a_broken_view_shows_no_trace(app, client, mount):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    @public()
    def breaks():
        raise RuntimeError("secret of the house")

    answer = client.get(mount("breaks", breaks))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert REFERENCE.search(words(answer))


def test_a_database_that_is_away_answers_503_to_everybody(app, own, client, mount):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    away = sa.exc.OperationalError("SELECT 1", None, Exception("away"))

    def refuse(*_arguments):
        raise away

    sa.event.listen(app.config["ENGINE"], "before_cursor_execute", refuse)
    try:
        answers = [browser.get(url) for browser in (own, client) for url in ("/account", "/sign-in", "/nowhere")]
    finally:
        sa.event.remove(app.config["ENGINE"], "before_cursor_execute", refuse)
    assert [answer.status_code for answer in answers[:2]] == [503, 503]
    assert "mise à jour" in words(answers[0])
    assert own.get("/account").status_code == 200


def test_a_page_that_needs_a_person_shows_the_way_in_and_back(client):
    answer = client.get("/account?x=1")
    assert answer.status_code == 401
    assert 'action="/sign-in?next=/account?x%3D1"' in answer.text or "next=%2Faccount" in answer.text


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client):
    answer = client.get("/account", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=")
    assert answer.data == b""


@signed_in()
def either():
    return page_or_fragment("pages/today.html", "pages/error.html", title="morceau", today_text="page")


@pytest.mark.parametrize(
    ("headers", "is_fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_htmx_gets_the_fragment_and_caches_keep_the_two_apart(own, mount, headers, is_fragment):
    answer = own.get(mount("either", either), headers=headers)
    assert ("morceau" in answer.text) == is_fragment
    assert "HX-Request" in answer.headers["Vary"]
