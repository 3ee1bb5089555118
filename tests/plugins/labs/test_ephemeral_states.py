"""The states of an ephemeral lab follow from the clock, in Python and in SQL alike (C01 SPEC 3 and 7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import ANONYMOUS, now, session
from portal.api import reading as asked
from portal.content.models import AuditEntry, Passage

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import CURRENT, State, is_counted, is_current, is_in, state_of
from plugins.labs.queries.ephemerals import glances
from plugins.labs.queries.sand import level_of, minutes_left
from tests.plugins.labs.ephemeral_factories import make_ephemeral, make_guest, tell
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _lab_of(make_user, writing):
    author = make_user(name="Awa M.")
    with writing():
        return make_lab(members=[author]), author


def test_states_in_python_and_in_sql_are_the_same_at_every_instant(app, make_user, writing, reading, clock):
    # C01 SPEC 3
    clock.set(NOON)
    lab, author = _lab_of(make_user, writing)
    with writing():
        for cancelled in (None, NOON - timedelta(minutes=5)):
            for people in ((), (author,)):
                number = make_ephemeral(lab, author, minutes=60, people=people, cancelled_at=cancelled)
                told = make_ephemeral(lab, author, minutes=60, people=people, cancelled_at=cancelled)
                tell(told, author)
                make_guest(make_ephemeral(lab, author, minutes=60, cancelled_at=cancelled))
                assert number != told
    for minutes in (-1, 0, 1, 59, 60, 61, 10_000):
        at = NOON + timedelta(minutes=minutes)
        with reading():
            everything = glances(sa.select(Ephemeral), ANONYMOUS, at=at)
            in_python = {glance.ephemeral.id: glance.state for glance in everything}
            in_sql = [
                (number, state)
                for state in State
                for number in session.scalars(sa.select(Ephemeral.id).where(is_in(state)), asked(ANONYMOUS, at=at))
            ]
            counted = set(session.scalars(sa.select(Ephemeral.id).where(is_counted()), asked(ANONYMOUS, at=at)))
            current = set(session.scalars(sa.select(Ephemeral.id).where(is_current()), asked(ANONYMOUS, at=at)))
        assert sorted(in_sql) == sorted(in_python.items())  # each lab in one state, and one only
        not_counted = {State.NOT_HELD, State.CANCELLED}
        assert counted == {number for number, state in in_python.items() if state not in not_counted}
        assert current == {number for number, state in in_python.items() if state in CURRENT}


@pytest.mark.parametrize(
    ("minutes", "participants", "state"),
    [
        (-1, 0, State.ANNOUNCED),
        (0, 0, State.OPEN),
        (59, 1, State.OPEN),
        (60, 1, State.CLOSED),
        (60, 0, State.NOT_HELD),
    ],
)
def test_a_lab_opens_and_closes_at_the_very_instant(minutes, participants, state):
    # C01 SPEC 3
    ephemeral = Ephemeral(starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    assert state_of(ephemeral, participants=participants, at=NOON + timedelta(minutes=minutes)) is state


def test_a_lab_closes_by_itself_though_no_job_runs(app, make_user, writing, sign_in, clock):
    # C01 SPEC 3
    clock.set(NOON)
    lab, author = _lab_of(make_user, writing)
    with writing():
        number = make_ephemeral(lab, author, minutes=60, people=[author])
    client = sign_in(author)
    assert "ouvert" in client.get(f"/labs/e/{number}").text
    clock.set(NOON + timedelta(minutes=60))
    text = client.get(f"/labs/e/{number}").text
    assert "clos, à raconter" in text
    assert "Raconter ce labo" in text
    assert "Rejoindre" not in text


def test_an_announced_lab_opens_by_itself(app, make_user, writing, sign_in, clock):
    # C01 SPEC 3
    clock.set(NOON)
    lab, author = _lab_of(make_user, writing)
    with writing():
        number = make_ephemeral(lab, author, starts_in=60)
    client = sign_in(author)
    assert "annoncé" in client.get(f"/labs/e/{number}").text
    clock.advance(minutes=60)
    assert "Rejoindre" in client.get(f"/labs/e/{number}").text


def test_a_lab_to_which_nobody_came_says_so_without_blame(app, make_user, writing, sign_in, clock):
    # C01 SPEC 7
    clock.set(NOON)
    lab, author = _lab_of(make_user, writing)
    with writing():
        number = make_ephemeral(lab, author, minutes=60)
    clock.advance(minutes=61)
    text = sign_in(author).get(f"/labs/e/{number}").text
    assert "pas eu lieu" in text
    assert "Personne n’est venu, cela arrive." in text
    assert "late" not in text.split("<main")[1].split("</main>")[0]


def _events(reading):
    with reading():
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.action, entry.subject_id, entry.at, entry.facts) for entry in entries]


def test_the_sweep_says_each_passage_once_with_its_true_instant(app, make_user, writing, reading, run_jobs, clock):
    # C01 SPEC 3 and 7 (whoever counts leaves out what did not happen), G1
    clock.set(NOON)
    lab, author = _lab_of(make_user, writing)
    with writing():
        held = make_ephemeral(lab, author, starts_in=30, minutes=60, people=[author])
        empty = make_ephemeral(lab, author, starts_in=30, minutes=60)
    clock.advance(minutes=45)
    run_jobs()
    clock.advance(minutes=600)
    run_jobs()
    run_jobs()
    opened_at, closed_at = NOON + timedelta(minutes=30), NOON + timedelta(minutes=90)
    ours = [event for event in _events(reading) if event[0].startswith("labs.ephemeral_")]
    assert ours == [
        ("labs.ephemeral_opened", held, opened_at, {"lab": lab}),
        ("labs.ephemeral_opened", empty, opened_at, {"lab": lab}),
        ("labs.ephemeral_closed", held, closed_at, {"lab": lab, "happened": True}),
        ("labs.ephemeral_closed", empty, closed_at, {"lab": lab, "happened": False}),
    ]
    with reading():
        passages = list(session.scalars(sa.select(Passage.at).where(Passage.state == "closed")))
    assert passages == [closed_at, closed_at]


def test_the_sand_runs_from_the_first_grain_to_the_last(app):
    ephemeral = Ephemeral(starts_at=NOON, ends_at=NOON + timedelta(hours=1))
    levels = [level_of(ephemeral, at=NOON + timedelta(minutes=minutes)) for minutes in (-5, 0, 3, 30, 59, 60, 90)]
    assert levels == [0, 0, 1, 10, 19, 20, 20]
    assert minutes_left(ephemeral, at=NOON + timedelta(minutes=59, seconds=1)) == 1
    assert minutes_left(ephemeral, at=NOON + timedelta(minutes=61)) == 0


def test_the_clock_of_the_page_is_the_clock_of_the_domain(app, reading, clock):
    clock.set(NOON)
    with reading():
        assert abs(now() - NOON) < timedelta(minutes=1)
