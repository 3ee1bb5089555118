"""What plugins cost: each moment and each statement belongs to one of them, and counting writes nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer, hookimpl, resolve, session
from portal.db import db, side_write
from portal.loader.faults import flush_side_writes
from portal.loader.hooks import current_hooks
from portal.loader.metering import Meter, costs, start_request, write_costs
from portal.loader.models import Meter as MeterRow
from portal.people.models import User

from tests.reading import words

PLUGINS = ["labs"]
SUBJECT = Subject("labs.lab", 1)


def ask_the_database(times):
    for _time in range(times):
        session.execute(sa.text("SELECT 1"))


class Asking:
    @hookimpl
    def portal_actions(self, subject):
        ask_the_database(3)
        card = resolve(subject)
        ask_the_database(1)
        return [Action(card.title, card.url)]


class Asked:
    @hookimpl
    def portal_subjects(self):
        ask_the_database(2)
        return [SubjectCard("Lab", "/", SUBJECT)]


@pytest.fixture
def meter(app):
    return app.config["METER"]


@pytest.fixture
def own(make_user, sign_in):
    return sign_in(make_user("Awa M."))


@pytest.fixture
def plugin_admin(make_user, sign_in):
    return sign_in(make_user("Paul G.", role="plugin_admin"))


@pytest.fixture
def both(app, plug):
    plug(Asking(), "aaa")
    plug(Asked(), "bbb")


def test_statements_of_the_inner_one_are_not_the_outer_ones(app, both, meter):
    with app.test_request_context("/"):
        frame = start_request()
        current_hooks().call("portal_actions", subject=SUBJECT, viewer=Viewer())
        ask_the_database(1)
        seconds = frame.leave()
        tally = meter.take(whole=True)
    assert (tally.costs["aaa"][2], tally.costs["bbb"][2]) == (4, 2)
    assert frame.statements == 1
    assert tally.calls["aaa", "portal_actions"] == tally.calls["bbb", "portal_subjects"] == [1, 0]
    assert seconds + tally.costs["aaa"][1] + tally.costs["bbb"][1] > 0


def test_one_that_breaks_gives_the_work_back(app, plug, meter):
    class Broken:
        @hookimpl
        def portal_actions(self, subject):
            ask_the_database(1)
            raise RuntimeError("gone fishing")

    plug(Broken(), "aaa")
    with app.test_request_context("/"):
        frame = start_request()
        current_hooks().call("portal_actions", subject=SUBJECT, viewer=Viewer())
        ask_the_database(1)
        frame.leave()
        tally = meter.take(whole=True)
    assert frame.statements == 1
    assert (tally.costs["aaa"][2], tally.calls["aaa", "portal_actions"]) == (1, [1, 1])


def test_a_page_is_its_plugins_and_the_rest_is_the_portals(own, meter):
    meter.take(whole=True)
    own.get("/labs/")
    own.get("/account")
    tally = meter.take(whole=True)
    assert (tally.costs["labs"][0], tally.costs["portal"][0]) == (1, 1)
    assert tally.costs["labs"][2] > 0


def test_calls_are_counted_in_memory_and_written_together_when_it_is_time(site, own, monkeypatch):
    def written():
        with site.engine.connect() as conn:
            return conn.scalar(sa.select(sa.func.sum(MeterRow.pages)))

    for _page in range(3):
        own.get("/account")
    assert written() is None
    monkeypatch.setattr("portal.loader.metering.WRITE_SECONDS", 0)
    own.get("/account")
    assert written() >= 4


def test_sums_of_two_processes_meet_and_old_ones_go(site):
    at = datetime.now(UTC)
    with side_write(site.engine) as conn:
        conn.execute(
            sa.insert(MeterRow).values(
                plugin="labs", hour_at=at - timedelta(days=3), pages=9, microseconds=9, statements=9
            )
        )
        for seconds in (1.0, 3.0):
            process = Meter()
            process.book_page("labs", seconds, 10)
            process.book_page("portal", 4.0, 0)
            write_costs(conn, process.take(whole=True))
    with site.engine.connect() as conn:
        found = costs(conn)
        assert conn.scalar(sa.select(sa.func.count()).select_from(MeterRow)) == 2
    assert (found["labs"].pages, round(found["labs"].time_percent), round(found["labs"].sql_percent)) == (2, 33, 100)


def test_nothing_measured_is_said_and_not_divided(app, plugin_admin):
    with app.app_context():
        assert costs(db.session) == {}
    assert "Rien n’a encore été mesuré" in words(plugin_admin.get("/plugins/labs"))


def test_the_page_says_what_it_costs_in_two_figures(app, plugin_admin, site):
    process = Meter()
    process.book_page("labs", 1.0, 10)
    process.book_page("portal", 3.0, 990)
    with side_write(site.engine) as conn:
        write_costs(conn, process.take(whole=True))
    assert "temps des pages : 25 %" in words(plugin_admin.get("/plugins"))
    sheet = words(plugin_admin.get("/plugins/labs"))
    for said in ("Pages servies 1", "réponses 25 %", "base de données 1 %"):
        assert said in sheet


def test_what_only_shows_and_leaves_something_to_write_is_a_fault(app, plug):
    class Leaving:
        @hookimpl
        def portal_home_items(self, viewer):
            session.add(User(name="Nobody", role="agent", created_at=datetime.now(UTC)))
            return [HomeItem("now", "Soon", "/")]

    plug(Leaving(), "aaa")
    with app.app_context():
        assert current_hooks().call("portal_home_items", viewer=Viewer()) == []
        assert not session.new
        flush_side_writes(app.config["ENGINE"])


def test_what_only_shows_may_not_write_even_while_the_page_may(app, plug, writing):
    class Sly:
        @hookimpl
        def portal_home_items(self, viewer):
            session.execute(sa.text("UPDATE users SET name = 'Nobody'"))
            return [HomeItem("now", "Soon", "/")]

    plug(Sly(), "aaa")
    with writing():
        assert current_hooks().call("portal_home_items", viewer=Viewer()) == []
    with app.app_context():
        assert db.session.scalar(sa.text("SELECT count(*) FROM users WHERE name = 'Nobody'")) == 0
