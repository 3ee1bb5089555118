"""The request is the transaction: a refusal keeps nothing, a look cannot write (decision 0002)."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.exc import OperationalError

from portal.db import db
from portal.errors import Conflict, Invalid
from portal.loader.faults import later
from portal.loader.models import Fault
from portal.people.functions import create_function
from portal.people.models import Function
from portal.web.answers import message, see
from portal.web.policy import public, signed_in

from tests.reading import rows_hash, token_in, words


@signed_in()
def write_then(how=None):
    create_function("écrite")
    message("gardé")
    if request.form["how"] == "refuse":
        raise Conflict("trop tard")
    if request.form["how"] == "form":
        return Response("refused", status=422)
    if request.form["how"] == "break":
        raise LookupError
    return see("core.today")


@public()
def write_on_get():
    if request.args["how"] == "raw":
        db.session.connection().exec_driver_sql("INSERT INTO functions (name) VALUES ('brute')")
    create_function("écrite")
    return Response("x")


def functions(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(Function.name)))


@pytest.fixture
def address(mount):
    return mount("write", write_then, methods=["POST"])


def test_what_was_accepted_is_kept(app, own, post, address):
    assert post(own, address, {"how": "keep"}).status_code == 303
    assert functions(app) == ["écrite"]


@pytest.mark.parametrize(
    ("broken", "status", "said", "faults"),
    [
        (
            OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full")),
            503,
            "est encore sur cette page",
            0,
        ),
        (LookupError(), 500, "référence", 1),
        (Conflict("trop tard"), 409, "trop tard", 0),
    ],
    ids=["the disk is full", "anything else", "a rule"],
)
def test_what_breaks_at_the_commit_is_answered_as_what_breaks_in_the_view(
    app, own, address, caplog, broken, status, said, faults
):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    before = rows_hash(app)

    def refuse(_session):
        raise broken

    token = token_in(own.get("/account"))
    sa.event.listen(db.session, "before_commit", refuse)
    answer = own.post(address, data={"how": "keep", "csrf_token": token})
    sa.event.remove(db.session, "before_commit", refuse)
    assert (answer.status_code, said in words(answer)) == (status, True)
    assert rows_hash(app) == before
    assert address not in caplog.text  # which may hold the secret of a link
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Fault)) == faults


@pytest.mark.parametrize(("how", "status"), [("refuse", 409), ("form", 422), ("break", 500)])
def test_a_refusal_keeps_nothing(app, own, post, address, how, status):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    before = rows_hash(app)
    assert post(own, address, {"how": how}).status_code == status
    assert functions(app) == []
    assert rows_hash(app) == before


@pytest.mark.parametrize("how", ["raw", "orm"])
def test_a_look_cannot_write(app, client, mount, how):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    url = mount("look", write_on_get)
    assert client.get(f"{url}?how={how}").status_code == 500
    assert functions(app) == []


def test_a_fault_is_booked_with_the_reference_the_person_reads(app, own, post, address):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = post(own, address, {"how": "break"})
    with app.app_context():
        fault = db.session.scalars(sa.select(Fault)).one()
    assert fault.reference in answer.text
    assert "LookupError" not in answer.text


def test_what_must_survive_a_refusal_does(app, own, post, mount):
    @signed_in()
    def refuses():
        later(lambda conn: conn.execute(sa.insert(Function).values(name="à côté")))
        create_function("écrite")
        raise Invalid("non")

    post(own, mount("beside", refuses, methods=["POST"]))
    assert functions(app) == ["à côté"]


def test_a_failed_commit_says_nothing_was_kept(app, own, post, address, monkeypatch):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False

    def refuse(_session):
        raise sa.exc.IntegrityError("commit", None, Exception("too late"))

    sa.event.listen(db.session, "before_commit", refuse)
    try:
        answer = post(own, address, {"how": "keep"})
    finally:
        sa.event.remove(db.session, "before_commit", refuse)
    assert answer.status_code == 500
    assert functions(app) == []
    with own.session_transaction() as cookie:
        assert "_flashes" not in cookie
    assert "gardé" not in own.get("/").text


def test_a_message_is_said_once(own, post, address):
    post(own, address, {"how": "keep"})
    assert "gardé" in own.get("/").text
    assert "gardé" not in own.get("/").text


def test_the_slow_work_is_done_before_the_lock_is_taken(app, own, post, mount):
    seen = {}

    def slow():
        seen["writes"] = bool(db.session().in_transaction())

    @signed_in(prepare=slow)
    def view():
        return see("core.today")

    post(own, mount("slow", view, methods=["POST"]))
    assert seen == {"writes": False}


@pytest.mark.parametrize("sent", [{"identifier": "A\0"}, {"a\0b": "x"}])
def test_a_character_that_cannot_be_kept_is_refused_once_for_all(client, own, post, sent):
    for answer in (client.post("/sign-in", data=sent), post(own, "/account/sessions/1/close", sent)):
        assert answer.status_code == 400
        assert "ne peut pas être gardé" in words(answer)


@pytest.mark.parametrize("url", ["/account?x=a%00", "/account?a%00=x", "/plugins/%00/settings", "/link/1.%00"])
def test_no_address_carries_such_a_character(own, url):
    assert own.get(url).status_code == 400


def test_postgresql_compiles_no_plan(app):
    """A page asks for little among much: the planner would compile for seconds what runs in milliseconds."""
    with app.app_context():
        asks = db.engine.dialect.name == "postgresql"
        assert not asks or db.session.scalar(sa.text("SHOW jit")) == "off"
