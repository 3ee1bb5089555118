"""The breaker: what keeps breaking is cut in every worker, tried again after a pause, and comes back by itself."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Action, Conflict, Event, NotFound, Subject, Viewer, hookimpl, now, publish, session
from portal.content.models import OutboxMessage
from portal.db import db, read_revision, side_write
from portal.hosting.factory import create_app
from portal.loader import breaking
from portal.loader.breaking import FIRST_PAUSE, LEAST_FAULTS, MAX_PAUSE, add_calls
from portal.loader.faults import flush_side_writes
from portal.loader.hooks import current_hooks
from portal.loader.models import Breaker, Fault

PLUGINS = ["labs"]
SUBJECT = Subject("labs.lab", 1)
KEY = ("stranger", "portal_actions")


class Moody:
    """A plugin that breaks while it is told to, and counts how often it is asked."""

    def __init__(self) -> None:
        self.breaks, self.asked, self.heard = True, 0, []

    def _ask(self):
        self.asked += 1
        if self.breaks:
            raise self.breaks if isinstance(self.breaks, BaseException) else RuntimeError("gone fishing")

    @hookimpl
    def portal_actions(self, subject):
        self._ask()
        return [Action("mood", "/")]

    @hookimpl
    def portal_may(self, permission):
        self._ask()

    @hookimpl
    def portal_event(self, event):
        self._ask()
        self.heard.append(event)


@pytest.fixture
def moody(plug):
    made = Moody()
    plug(made)
    return made


@pytest.fixture
def ask(app):
    """Ask as many requests would: each writes what it has to, then reads nothing any more."""

    def many(times, hooks=None):
        with app.app_context():
            for _request in range(times):
                (hooks or current_hooks()).call("portal_actions", subject=SUBJECT, viewer=Viewer())
                flush_side_writes(app.config["ENGINE"])
                db.session.rollback()

    return many


def row(site, key=KEY):
    with site.engine.connect() as conn:
        wanted = sa.select(Breaker.__table__).where(Breaker.plugin == key[0], Breaker.hook == key[1])
        return conn.execute(wanted).one_or_none()


def as_built_now(site, moody):
    """Give the hooks of the app that the next request finds."""
    hooks = create_app(site).extensions["portal_hooks"]
    hooks.register("stranger", moody)
    return hooks


def pause_is_over(site):
    with side_write(site.engine) as conn:
        conn.execute(sa.update(Breaker).values(next_try_at=datetime.now(UTC) - timedelta(seconds=1)))


def test_what_breaks_five_times_is_cut_for_every_worker(site, moody, ask):
    before = read_revision(site.engine)
    ask(LEAST_FAULTS - 1)
    assert row(site).cut_at is None
    assert read_revision(site.engine) == before
    ask(1)
    assert row(site).cut_at is not None
    assert read_revision(site.engine) == before + 1
    moody.asked = 0
    ask(3, as_built_now(site, moody))
    assert moody.asked == 0


def test_what_breaks_less_than_once_in_five_calls_goes_on(site, moody, ask):
    moody.breaks = False
    ask(LEAST_FAULTS * 5)
    moody.breaks = True
    ask(LEAST_FAULTS)
    assert row(site).cut_at is None
    assert (row(site).calls, row(site).faults) == (LEAST_FAULTS * 6, LEAST_FAULTS)
    ask(2)
    assert row(site).cut_at is not None


def test_faults_of_another_window_do_not_count(site, moody, ask):
    ask(LEAST_FAULTS - 1)
    with side_write(site.engine) as conn:
        conn.execute(sa.update(Breaker).values(window_at=datetime.now(UTC) - breaking.WINDOW))
    ask(LEAST_FAULTS - 1)
    assert (row(site).cut_at, row(site).faults) == (None, LEAST_FAULTS - 1)


def test_the_calls_of_all_processes_are_counted_together(site):
    for _process in range(4):
        with side_write(site.engine) as conn:
            add_calls(conn, {KEY: [100, 1]})
    with side_write(site.engine) as conn:
        add_calls(conn, {KEY: [1, 1]})
    assert (row(site).calls, row(site).faults, row(site).cut_at) == (401, 5, None)


@pytest.mark.parametrize("error", [NotFound("not for you"), Conflict("too late")])
def test_a_refusal_of_the_domain_is_no_fault(site, moody, ask, error):
    moody.breaks = error
    ask(LEAST_FAULTS * 2)
    assert row(site) is None or row(site).faults == 0


def test_a_database_that_is_away_is_nobodys_fault(site, app, moody, ask):
    moody.breaks = sa.exc.OperationalError("SELECT 1", None, sqlite3.OperationalError("disk I/O error"))
    with pytest.raises(sa.exc.OperationalError):
        ask(1)
    with app.app_context():
        flush_side_writes(app.config["ENGINE"])
        assert db.session.scalars(sa.select(Fault)).all() == []


def test_after_the_pause_one_call_tries_and_success_closes_it_everywhere(site, moody, ask):
    ask(LEAST_FAULTS)
    pause_is_over(site)
    hooks = as_built_now(site, moody)
    moody.breaks, moody.asked = False, 0
    before = read_revision(site.engine)
    ask(1, hooks)
    assert moody.asked == 1
    assert (row(site).cut_at, row(site).faults) == (None, 0)
    assert read_revision(site.engine) == before + 1


def test_a_trial_that_breaks_waits_twice_as_long_each_time_six_hours_at_most(site, moody, ask):
    ask(LEAST_FAULTS)
    pauses = []
    for _trial in range(8):
        pause_is_over(site)
        hooks, moody.asked = as_built_now(site, moody), 0
        ask(3, hooks)
        assert moody.asked == 1  # the two others found it cut
        at = row(site).next_try_at
        pauses.append(round((at.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() / 60))
    minutes = [round(FIRST_PAUSE.total_seconds() / 60) * 2**number for number in range(1, 9)]
    most = round(MAX_PAUSE.total_seconds() / 60)
    assert pauses == [min(one, most) for one in minutes]


def test_a_cut_judge_refuses(site, app, moody, reading):
    with reading():
        for _call in range(LEAST_FAULTS):
            assert current_hooks().vetoes("stranger", "stranger.do", viewer=Viewer(), target=None)
            flush_side_writes(app.config["ENGINE"])
    hooks, moody.asked, moody.breaks = as_built_now(site, moody), 0, False
    with reading():
        assert hooks.vetoes("stranger", "stranger.do", viewer=Viewer(), target=None)
    assert moody.asked == 0


def happened(app):
    with app.app_context():
        return list(db.session.execute(sa.select(OutboxMessage.plugin, OutboxMessage.kind, OutboxMessage.done_at)))


def test_a_listener_that_breaks_is_undone_alone_and_told_again_after_the_commit(app, moody, writing, run_jobs):
    with writing():
        publish(Event("labs.opened", SUBJECT, None, now()))
    (message,) = [found for found in happened(app) if found.plugin == "stranger"]
    assert (message.kind, message.done_at) == ("listener", None)
    assert moody.heard == []
    run_jobs()
    assert moody.heard == []
    moody.breaks = False
    with writing():
        session.execute(sa.update(OutboxMessage).values(next_try_at=now() - timedelta(minutes=1)))
    run_jobs()
    assert [event.name for event in moody.heard] == ["labs.opened"]
    (message,) = [found for found in happened(app) if found.plugin == "stranger"]
    assert message.done_at is not None
    with app.app_context():
        places = set(db.session.scalars(sa.select(Fault.place).where(Fault.plugin == "stranger")))
    assert places == {"portal_event"}


def test_a_refusal_that_comes_after_the_commit_ends_the_telling(app, moody, writing, run_jobs):
    with writing():
        publish(Event("labs.opened", SUBJECT, None, now()))
    moody.breaks = Conflict("too late")
    run_jobs()
    assert all(found.done_at for found in happened(app))


def test_a_listener_that_is_cut_hears_of_it_later(site, app, moody, writing):
    with side_write(site.engine) as conn:
        add_calls(conn, {("stranger", "portal_event"): [5, 5]})
    app.extensions["portal_hooks"].cuts = create_app(site).extensions["portal_hooks"].cuts
    with writing():
        publish(Event("labs.opened", SUBJECT, None, now()))
    assert moody.asked == 0
    assert [found.kind for found in happened(app) if found.plugin == "stranger"] == ["listener"]
