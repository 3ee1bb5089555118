"""Error pages: what happened, what to do, a reference; never a trace, never what is private."""

from __future__ import annotations

import html
import io
import logging
import re
import sqlite3

import psycopg
import pytest
import sqlalchemy as sa
from flask import Response, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ServiceUnavailable
from wtforms import PasswordField, StringField
from wtforms.widgets import PasswordInput

from portal.db import db
from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooMany, Unavailable
from portal.loader.models import Fault
from portal.web.answers import page_or_fragment
from portal.web.errors import _own_address
from portal.web.forms import Form
from portal.web.pages.entering import SCREEN_COOKIE
from portal.web.policy import public, signed_in

from tests.hurt.pages import forms_of
from tests.reading import words

SAID = {
    400: "n’a pas pu être lue",
    403: "ne vous est pas ouvert",
    404: "n’est pas ouverte ici",
    405: "n’ouvre pas de page",
    409: "pas possible en l’état",
    413: "trop volumineux",
    418: "s’est cassé",
    429: "Trop d’essais",
    500: "s’est cassé",
    503: "ne répond pas pour l’instant",
}
OURS = {403: Forbidden, 404: NotFound, 409: Conflict, 422: Invalid, 429: TooMany, 500: PortalError, 503: Unavailable}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
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


@pytest.mark.parametrize(
    ("came_from", "way_out"),
    [
        ("http://localhost/fail/form?page=2", "/fail/form?page=2"),
        ("http://elsewhere.example/fail/form", "/"),
        ("http://localhost//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_a_refused_act_leads_back_to_the_page_of_its_button(app, client, mount, came_from, way_out):
    def refuse():
        raise Conflict("Une phrase exacte.")

    url = mount("refuse", public()(refuse), methods=["POST"])
    answer = client.post(url, headers={"Referer": came_from, "Origin": "http://localhost"})
    assert answer.status_code == 409
    (found,) = re.findall(r'href="([^"]*)"[^>]*>\s*Retour', answer.text)
    assert found == way_out


def test_whoever_reads_english_gets_errors_in_english(own, post):
    post(own, "/account/preferences", {"theme": "light", "language": "en"})
    text = words(own.get("/nowhere"))
    assert "Back to today" in text
    assert "Retour" not in text


def test_whoever_may_not_is_told_whom_to_ask(own):
    answer = own.get("/plugins")
    assert answer.status_code == 403
    assert "demandez aux personnes qui animent ce lieu" in words(answer)


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
    away = sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("disk I/O error"))

    def refuse(*_arguments):
        raise away

    sa.event.listen(app.config["ENGINE"], "before_cursor_execute", refuse)
    try:
        answers = [browser.get(url) for browser in (own, client) for url in ("/account", "/sign-in", "/nowhere")]
    finally:
        sa.event.remove(app.config["ENGINE"], "before_cursor_execute", refuse)
    assert [answer.status_code for answer in answers[:2]] == [503, 503]
    assert "ne répond pas pour l’instant" in words(answers[0])
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


@signed_in()
def asks_badly():
    db.session.execute(sa.text("SELECT nothing FROM nowhere"))
    return Response("x")


def test_a_wrong_statement_is_a_booked_fault_and_not_a_database_away(app, own, mount):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = own.get(mount("badly", asks_badly))
    assert answer.status_code == 500
    with app.app_context():
        assert db.session.scalars(sa.select(Fault)).one().reference in answer.text


def test_a_page_that_breaks_says_that_something_may_be_lost_only_to_who_wrote(app, own, post, mount):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    @signed_in()
    def breaks():
        raise LookupError

    url = mount("breaks", breaks, methods=["GET", "POST"])
    read, written = words(own.get(url)), words(post(own, url))
    assert "rien n’est perdu" in read
    assert "peut-être pas gardé" not in read
    assert "peut-être pas gardé" in written


WRITTEN = {"text": "Un banc\nà l’ombre & deux <b>arbres</b>", "who": ["3", "5"]}


@pytest.fixture
def sent_twice(app, own, mount, post):
    """Send a form to a view that breaks, then what stands in the page that answers; give this page, and what came."""
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    def send(error, **more):
        came = []

        @signed_in()
        def breaks():
            came.append(request.form.to_dict(flat=False))
            if len(came) == 1 and error is not None:
                raise error
            return ""

        url = f"{mount('breaks', breaks, methods=['POST'])}?step=2"
        page = post(own, url, {**WRITTEN, **more})
        if forms_of("/", page.text):
            assert f'action="{url}"' in page.text
            held = [(name, html.unescape(value)) for name, value in HIDDEN.findall(page.text)]
            own.post(url, data=MultiDict(held))
        return page, came

    return send


def raising(error):
    def fail():
        raise error

    return fail


BUSY = sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("database is locked"))


@pytest.mark.parametrize(("error", "status"), [(BUSY, 503), (LookupError(), 500)])
def test_what_was_written_when_it_broke_is_still_there_to_be_sent_again(sent_twice, error, status):
    page, (first, second) = sent_twice(error)
    assert page.status_code == status
    assert "Ce que vous avez écrit est encore sur cette page" in words(page)
    assert "Un banc à l’ombre & deux <b>arbres</b>" in words(page)
    assert (
        {**second, "csrf_token": ""}
        == {**first, "csrf_token": ""}
        == {**WRITTEN, "text": [WRITTEN["text"]], "csrf_token": ""}
    )


def test_fields_of_passwords_are_known_whoever_s_form_they_are_in(monkeypatch):
    monkeypatch.setattr("portal.web.forms.SECRETS", found := set())
    own = type("OwnField", (PasswordField,), {})
    fields = {
        "signature": PasswordField(),
        "own": own(),
        "hidden": StringField(widget=PasswordInput()),
        "why": StringField(),
    }
    type("TheirForm", (Form,), fields)
    assert found == {"signature", "own", "hidden"}


@pytest.mark.parametrize(
    ("path", "said"),
    [("/\\evil.example/x", "/%5Cevil.example/x?a=1?"), ("//evil.example/x", "/evil.example/x?a=1?")],
)
def test_what_is_sent_again_goes_to_no_other_host(app, path, said):
    """A browser reads a backslash at the start of an address as a slash, and two as the beginning of a host."""
    with app.test_request_context(environ_overrides={"PATH_INFO": path, "QUERY_STRING": "a=1?"}):
        assert _own_address() == said


def test_a_shared_screen_gives_nothing_back_to_whoever_comes_next(own, sent_twice):
    own.set_cookie(SCREEN_COOKIE, "x")
    page, came = sent_twice(BUSY)
    assert (page.status_code, len(came)) == (503, 1)
    assert "arbres" not in page.text
    assert "n’est pas gardé" in words(page)


def test_what_is_given_back_is_kept_by_no_cache(sent_twice):
    page, came = sent_twice(BUSY)
    assert (page.headers["Cache-Control"], len(came)) == ("no-store", 2)


def test_what_no_browser_says_to_come_from_here_is_not_given_back(own, sent_twice):
    del own.environ_base["HTTP_SEC_FETCH_SITE"]
    page, _came = sent_twice(BUSY)
    assert (page.status_code, "arbres" in page.text) == (503, False)


def test_an_act_whose_commit_nobody_knows_the_end_of_is_to_be_looked_for_first(sent_twice, monkeypatch):
    cut = sa.exc.OperationalError("COMMIT", None, psycopg.OperationalError("closed"), connection_invalidated=True)
    monkeypatch.setattr("portal.db.db.session.commit", raising(cut))
    page, came = sent_twice(None)
    assert (page.status_code, len(came)) == (503, 1)
    assert "regardez d’abord" in words(page)
    assert "Un banc à l’ombre" in words(page)


@pytest.mark.parametrize("name", ["current", "password", "password_again", "pin", "pin_again", "box-pin"])
def test_a_page_gives_back_no_password(sent_twice, name):
    page, came = sent_twice(BUSY, **{name: "quatre mots"})
    assert (page.status_code, len(came)) == (503, 1)
    assert "quatre mots" not in page.text


def test_what_was_written_beside_a_file_can_be_copied_and_is_not_sent_again_without_it(sent_twice):
    page, came = sent_twice(BUSY, file=(io.BytesIO(b"x"), "plan.txt"), **{"file-kept": "signed.name"})
    assert (page.status_code, len(came)) == (503, 1)
    assert "choisissez de nouveau le fichier" in words(page)
    assert "Un banc à l’ombre" in words(page)
    assert "signed.name" not in page.text


def test_a_form_of_nothing_but_a_file_is_not_said_to_be_there(own, post, mount, app):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    url = mount("busy", signed_in()(raising(BUSY)), methods=["POST"])
    page = post(own, url, {"file": (io.BytesIO(b"x"), "plan.txt"), "text": " ", "seen": "0f9c", "file-kept": "sign"})
    assert "n’est pas gardé" in words(page)


@pytest.mark.parametrize("reason", ["database is locked", "database or disk is full", "unable to open database file"])
def test_a_database_that_is_busy_or_gone_answers_503(app, own, mount, reason):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    @public()
    def fails():
        raise sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError(reason))

    assert own.get(mount("busy", fails)).status_code == 503


def test_what_is_not_here_is_written_where_it_looks_by_rule_and_reference(client, address, caplog):
    caplog.set_level(logging.INFO, logger="portal.web.errors")
    for url, rule in (("/jean.dupont@ville.example", None), (f"{address}?status=404", address)):
        caplog.clear()
        reference = REFERENCE.search(words(client.get(url))).group()
        (record,) = caplog.records
        assert (record.reference, record.status, getattr(record, "rule", None)) == (reference, 404, rule)
        assert "dupont" not in str(vars(record))


def test_the_secret_of_a_link_is_not_written(client, caplog):
    caplog.set_level(logging.INFO, logger="portal.web.errors")
    assert client.get("/link/12.secret").status_code == 404
    assert caplog.records[-1].rule == "/link/<token>"
    assert "12.secret" not in str(vars(caplog.records[-1]))


def test_a_refused_method_says_which_are_allowed(client):
    answer = client.delete("/sign-in")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@public()
def wait():
    if "whole" in request.args:
        abort(Response("as it is", status=418))
    raise ServiceUnavailable(retry_after=120)


def test_what_a_view_answers_by_aborting_is_kept(client, mount):
    url = mount("wait", wait)
    waiting = client.get(url)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "120")
    assert "ne répond pas" in words(waiting)
    said = client.get(f"{url}?whole=1")
    assert (said.status_code, said.text) == (418, "as it is")
