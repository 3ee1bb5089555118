"""PostgreSQL keeps what was deleted in its files: its tables are rewritten the night after an erasure (P17)."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from portal.content.clock import now
from portal.content.models import JobRun
from portal.db import is_postgresql
from portal.hosting.erasures import LOCK_MILLISECONDS, REWRITING
from portal.people.erasing import erase_person

FILE_OF_USERS = "SELECT pg_relation_filenode('users')"


@pytest.fixture
def is_rewritten(site):
    """Tell whether the table of people stands in another file than when last asked; SQLite has one for all."""
    last = []

    def look():
        if not is_postgresql(site.engine):
            return None
        with site.engine.connect() as conn:
            last.append(conn.scalar(sa.text(FILE_OF_USERS)))
        return len(last) > 1 and last[-1] != last[-2]

    look()
    return look


def as_on(site, *answers):
    """Give what is expected on PostgreSQL; of SQLite nothing is."""
    return answers if is_postgresql(site.engine) else tuple(None for _answer in answers)


@pytest.fixture
def erased(writing, make_user):
    """Erase somebody."""
    who = make_user("Zéphyrine Canari")
    with writing():
        erase_person(who.id, actor=None, at=now())


def test_rewritten_the_night_after_and_once(site, erased, at_night, is_rewritten):
    met = []
    for hour in (14, 2, 3):
        at_night(site, hour=hour)
        met.append(is_rewritten())
    assert tuple(met) == as_on(site, False, True, False)


def test_nothing_is_rewritten_where_nobody_was_erased(site, make_user, at_night, is_rewritten):
    make_user("Awa M.")
    at_night(site)
    assert (is_rewritten(),) == as_on(site, False)


def test_somebody_erased_later_is_another_night(site, writing, make_user, erased, at_night, is_rewritten, monkeypatch):
    at_night(site)
    is_rewritten()
    second = make_user("Bruno D.")
    monkeypatch.setattr("portal.people.erasing.real_now", lambda: now().replace(year=now().year + 1))
    with writing():
        erase_person(second.id, actor=None, at=now())
    at_night(site, hours=1)
    assert (is_rewritten(),) == as_on(site, True)


def test_a_table_that_somebody_reads_is_left_for_an_hour(site, erased, at_night, is_rewritten):
    met = []
    with site.engine.connect() as reader:
        reader.execute(sa.text("SELECT * FROM users")).all()
        began = time.monotonic()
        at_night(site)
        assert time.monotonic() - began < LOCK_MILLISECONDS / 1000 + 5
        met.append(is_rewritten())
    at_night(site, hours=0.5)
    met.append(is_rewritten())
    at_night(site, hours=1.5)
    met.append(is_rewritten())
    assert tuple(met) == as_on(site, False, False, True)


def test_a_worker_killed_meanwhile_is_taken_over(site, erased, at_night, is_rewritten, monkeypatch):
    monkeypatch.setattr("portal.hosting.erasures.end_turn", lambda *_args, **_options: None)
    at_night(site)
    is_rewritten()
    monkeypatch.undo()
    at_night(site, hours=1)
    assert (is_rewritten(),) == as_on(site, True)


def test_it_is_no_job_of_sqlite(site, erased, at_night):
    at_night(site)
    with site.engine.connect() as conn:
        noted = conn.scalars(sa.select(JobRun.job).where(JobRun.plugin == REWRITING[0])).all()
    assert (REWRITING[1] in noted) is is_postgresql(site.engine)
