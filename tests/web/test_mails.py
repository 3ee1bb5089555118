"""Mails: sent to a real server on loopback, once, in the reader's words; nothing is lost while it is away (G9)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.content.clock import now, real_now
from portal.content.models import OutboxMessage
from portal.content.notices import mark_read, notify
from portal.content.smtp import Mail
from portal.db import db
from portal.people.leaving import leave
from portal.people.models import User
from portal.texts import texts
from portal.web.mails import MAX_AGE, deliver_mails, next_opening

from tests.content.subjects import BED, rooms
from tests.post import Box, free_port, listening

_ = texts("garden")
ASKED = _.later("%(actor)s asks you to water “%(title)s”")


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def start(box, port):
    """Start the server, when the test wants it."""
    with ExitStack() as running:
        yield lambda: running.enter_context(listening(box, port))


@pytest.fixture
def post(app, port):
    """Let the app send by that server."""
    app.config["MAIL"] = Mail(host="127.0.0.1", port=port, security="none", sender="portail@ville.example")


@pytest.fixture
def garden(app, plug, post):
    return rooms(app, plug)[0]


@pytest.fixture
def awa(make_user):
    return make_user("Awa M.", email="awa@ville.example")


@pytest.fixture
def ask(garden, writing):
    def ask(*people, at=None):
        with writing():
            notify([p.id for p in people], BED, ASKED, at=at or now(), must_act=True)

    return ask


@pytest.fixture
def send(app):
    def send():
        with app.app_context():
            return deliver_mails()

    return send


@pytest.fixture
def rows(reading):
    def rows():
        with reading():
            return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))

    return rows


@pytest.fixture
def wait(writing):
    """Let the pause of every message pass."""

    def wait():
        with writing():
            db.session.execute(sa.update(OutboxMessage).values(next_try_at=real_now() - timedelta(seconds=1)))

    return wait


def test_who_must_act_is_written_to_once_in_their_words(ask, send, start, box, awa, rows):
    start()
    ask(awa)
    assert (send(), send()) == (1, 0)
    letter = box.letters[0]
    assert letter["To"] == '"Awa M." <awa@ville.example>'
    assert letter["From"] == "Ville de Dunkerque <portail@ville.example>"
    assert "“Le carré nord”" in letter["Subject"]
    assert letter["Message-ID"] == f"<{rows()[0].key[:32]}@localhost>"
    text = letter.get_content()
    assert "Bonjour Awa M.," in text
    assert "http://localhost:8000/news" in text
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"


def test_each_reads_their_own_language(ask, send, start, box, awa, writing):
    start()
    with writing():
        db.session.execute(sa.update(User).values(language="en"))
    ask(awa)
    send()
    assert "Hello Awa M.," in box.letters[0].get_content()
    assert box.letters[0]["Content-Language"] == "en"


def test_told_twice_of_the_same_thing_it_is_one_mail(ask, send, start, box, awa):
    start()
    at = real_now()
    ask(awa, at=at)
    ask(awa, at=at)
    send()
    assert len(box.letters) == 1


def test_what_is_only_new_is_not_sent(garden, send, start, box, awa, writing):
    start()
    with writing():
        notify([awa.id], BED, ASKED, at=now())
    assert send() == 0


@pytest.mark.parametrize("why", ["no address", "wants none", "has read", "left", "no longer theirs"])
def test_nobody_is_written_to_in_vain(why, ask, send, start, box, make_user, writing, garden, rows):
    start()
    who = make_user("Bo Lang", email=None if why == "no address" else "bo@ville.example")
    ask(who)
    with writing():
        if why == "wants none":
            db.session.execute(sa.update(User).values(wants_mail=False))
        if why == "has read":
            mark_read(who.id, at=now())
        if why == "left":
            leave(who.id, actor=None, at=now())
    if why == "no longer theirs":
        garden.private[BED] = set()
    assert send() == 0
    assert box.letters == []
    assert rows()[0].done_at is not None


def test_one_bad_address_keeps_no_other_back_and_is_not_tried_again(ask, send, start, box, awa, make_user, rows, wait):
    start()
    box.answers["parti@ville.example"] = "550 no such mailbox"
    ask(make_user("Parti", email="parti@ville.example"), awa, make_user("Bo", email="bo@ville.example"))
    assert send() == 2
    stopped = [row for row in rows() if row.stopped_at]
    assert [row.last_error for row in stopped] == ["refused 550"]
    wait()
    assert send() == 0


def test_a_message_refused_for_now_comes_again_and_the_others_leave(ask, send, start, box, awa, make_user, wait, rows):
    start()
    box.answers["awa@ville.example"] = "450 try again"
    ask(awa, make_user("Bo", email="bo@ville.example"))
    assert send() == 1
    assert next(row for row in rows() if row.last_error).last_error == "not now 450"
    box.answers.clear()
    wait()
    assert send() == 1


def test_a_day_without_server_loses_nothing_and_sends_nothing_twice(ask, send, start, box, awa, make_user, wait, rows):
    ask(awa, make_user("Bo", email="bo@ville.example"))
    for _hour in range(6):
        assert send() == 0
        assert sum(row.next_try_at <= real_now() for row in rows()) == 0, "they wait together"
        wait()
    assert sum(row.attempts for row in rows()) == 6, "one vain call a round, not one for each mail"
    start()
    assert send() == 2
    wait()
    assert send() == 0
    assert len({letter["Message-ID"] for letter in box.letters}) == len(box.letters) == 2


def test_without_its_password_the_mail_waits(app, ask, send, start, awa, rows):
    start()
    app.config["MAIL"] = replace(app.config["MAIL"], user="portail", password="env:NOBODY")
    ask(awa)
    assert send() == 0
    assert rows()[0].last_error == "ConfigError"
    assert rows()[0].stopped_at is None


def test_a_mail_too_old_to_be_of_use_is_given_up(ask, send, start, box, awa, rows, writing):
    start()
    ask(awa)
    with writing():
        db.session.execute(sa.update(OutboxMessage).values(created_at=real_now() - MAX_AGE - timedelta(hours=1)))
    assert send() == 0
    assert (rows()[0].last_error, box.letters) == ("too late", [])


def test_the_mails_of_a_plugin_that_is_off_wait_for_it(app, ask, send, start, box, awa):
    start()
    ask(awa)
    hooks = app.extensions["portal_hooks"]
    hooks.plugin_ids.remove("garden")
    assert send() == 0
    hooks.plugin_ids.append("garden")
    assert send() == 1


def test_an_address_that_is_none_is_stopped_and_a_name_never_breaks_a_header(ask, send, start, box, make_user, rows):
    start()
    ask(make_user("X", email="pas une adresse"), make_user('Zoé "Z"\nBcc: all@ville.example', email="z@ville.example"))
    assert send() == 1
    assert box.letters[0]["Bcc"] is None
    assert [row.last_error for row in rows() if row.stopped_at] == ["refused address"]


PARIS = Mail(host="x")


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-11-25 09:30", "2026-11-25 09:30"),
        ("2026-11-25 06:00", "2026-11-25 07:00"),
        ("2026-11-25 17:30", "2026-11-26 07:00"),
        ("2026-11-27 17:00", "2026-11-30 07:00"),
        ("2026-11-28 10:00", "2026-11-30 07:00"),
        ("2026-06-05 16:30", "2026-06-08 06:00"),
    ],
)
def test_what_can_wait_leaves_in_working_hours_of_the_collectivity(app, at, leaves):
    with app.app_context():
        assert next_opening(utc(at), PARIS) == utc(leaves)


def utc(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def test_what_can_wait_waits_and_what_must_act_does_not(app, ask, send, start, box, awa, writing, rows):
    start()
    hour = real_now().astimezone(ZoneInfo("Europe/Paris")).hour  # mails follow the real clock: work is never now
    opens, closes = (0, 1) if hour > 21 else (hour + 2, 24)
    app.config["MAIL"] = replace(app.config["MAIL"], opens_at=opens, closes_at=closes)
    ask(awa)
    with writing():
        db.session.execute(sa.update(OutboxMessage).values(payload={**rows()[0].payload, "urgent": False}))
    assert send() == 0
    assert rows()[0].done_at is None
