"""Retention: what has been kept long enough goes, in batches, also where the plugin is off or gone (P17, G6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.content import audit
from portal.content.audit import audit_chain, broken_links, record
from portal.content.clock import now, real_now
from portal.content.models import AuditEntry, AuditPerson, OutboxMessage
from portal.content.privacy import retention
from portal.content.privacy.retention import due, run_retention
from portal.content.tokens import issue_token
from portal.db import db, transaction
from portal.hosting.factory import create_app
from portal.loader.inventory.sheets import read_inventory
from portal.loader.models import PluginState
from portal.values import Subject

from plugins.labs.models.ephemeral import Participant
from plugins.labs.models.lab import Ballot, Vote
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def awa(make_user):
    return make_user("Awa M.")


@pytest.fixture
def wait(monkeypatch):
    """Let real time pass, for what the retention reads and writes: the domain clock dates nothing that guards."""
    start = real_now()

    def pass_days(days):
        for module in (retention, audit):
            monkeypatch.setattr(module, "real_now", lambda: start + timedelta(days=days))

    return pass_days


@pytest.fixture
def lab(writing, awa):
    with writing():
        return make_lab(members=[awa], animator=awa)


@pytest.fixture
def run(app, writing):
    """Run the retention to its end; say in how many batches."""

    def all_of_it():
        batches = 0
        while True:
            with writing():
                if not run_retention(now()):
                    return batches
            batches += 1

    return all_of_it


def count(reading, model, *criteria):
    with reading():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*criteria))


def dues(reading):
    with reading():
        return {
            (item.rule.sheet.name, item.rule.columns[0].name): item.rows
            for item in due(read_inventory(db.session))
            if item.rows
        }


def test_a_participation_loses_its_name_24_months_after_the_end_and_stays_counted(
    writing, reading, run, clock, lab, awa
):
    clock.set(NOON)
    with writing():
        make_ephemeral(lab, awa, people=[awa])
    clock.set(NOON + timedelta(days=730))  # the lab lasted an hour
    assert run() == 0
    clock.set(NOON + timedelta(days=730, hours=2))
    assert dues(reading) == {("labs_participant", "person_id"): 1}
    assert run() == 1
    assert count(reading, Participant) == 1
    assert count(reading, Participant, Participant.person_id == awa.id) == 0
    assert dues(reading) == {}
    assert run() == 0


def test_a_ballot_nobody_counted_goes_and_who_called_the_vote_is_forgotten_later(
    writing, reading, run, clock, lab, awa
):
    clock.set(NOON)
    with writing():
        vote = Vote(lab_id=lab, called_by_id=awa.id, opens_at=now(), ends_at=now() + timedelta(days=7))
        db.session.add(vote)
        db.session.flush()
        db.session.add(Ballot(vote_id=vote.id, person_id=awa.id, is_yes=True, cast_at=now()))
    clock.advance(days=31)
    run()
    assert count(reading, Ballot) == 0
    assert count(reading, Vote, Vote.called_by_id == awa.id) == 1
    clock.advance(days=720)
    run()
    assert count(reading, Vote, Vote.called_by_id.is_(None)) == 1


def test_after_six_months_nobody_knows_who_did_it_and_the_chain_still_holds(
    writing, reading, run, wait, awa, as_viewer
):
    # P16
    viewer = as_viewer(awa)
    with writing():
        record("portal.user_added", Subject("portal.user", awa.id), actor=viewer, at=now())
        record("portal.user_added", Subject("portal.user", awa.id), actor=None, at=now())
    wait(days=182)
    run()
    assert count(reading, AuditPerson, AuditPerson.actor_id == awa.id) == 1
    wait(days=184)
    before = count(reading, AuditEntry)
    batches = run()
    assert batches
    assert count(reading, AuditPerson, AuditPerson.audit_id <= before) == 0
    assert count(reading, AuditEntry) == before + batches
    with reading():
        assert broken_links(audit_chain()) == []


def test_links_of_a_person_go_after_their_end_and_codes_on_walls_stay(writing, reading, run, wait, awa):
    with writing():
        issue_token("portal.link", person_id=awa.id, expires_at=real_now() + timedelta(minutes=30))
        issue_token("labs.open", subject=Subject("labs.lab", 1), expires_at=real_now() + timedelta(minutes=30))
        issue_token("portal.feed", person_id=awa.id)
    wait(days=31)
    run()
    with reading():
        assert set(db.session.scalars(sa.text("SELECT scope FROM tokens"))) == {"labs.open", "portal.feed"}


def test_what_was_delivered_goes_and_what_waits_stays(writing, reading, run, wait):
    with writing():
        for key, done_at in (("a", real_now()), ("b", None)):
            message = {"kind": "event", "plugin": "labs", "key": key, "payload": {"n": 1}}
            db.session.add(OutboxMessage(**message, created_at=real_now(), next_try_at=real_now(), done_at=done_at))
    wait(days=31)
    run()
    assert count(reading, OutboxMessage) == 1


def test_it_goes_in_batches_each_recorded_without_a_name(writing, reading, run, clock, lab, make_user, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_ROWS", 2)
    people = [make_user(f"Agent {number}") for number in range(5)]
    clock.set(NOON)
    with writing():
        make_ephemeral(lab, people[0], people=people)
    clock.advance(days=740)
    assert run() >= 3
    with reading():
        entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "portal.retention_ran"))
        facts = [entry.facts for entry in entries if entry.facts["table"] == "labs_participant"]
    assert [item["rows"] for item in facts] == [2, 2, 1]
    assert set(facts[0]) == {"table", "rows", "act", "days"}


def test_a_plugin_that_is_off_keeps_nothing_longer(site, writing, reading, clock, lab, awa):
    clock.set(NOON)
    with writing():
        make_ephemeral(lab, awa, people=[awa])
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.update(PluginState).values(is_on=False))
    bare = create_app(site)
    assert bare.config["PLUGINS"] == ()
    clock.advance(days=740)
    with bare.app_context():
        while True:
            with transaction():
                if not run_retention(now()):
                    break
    assert count(reading, Participant, Participant.person_id.is_not(None)) == 0


def test_a_demonstration_set_in_the_past_loses_nothing_of_its_story(app, writing, reading, run, lab, awa):
    app.config["CLOCK_OFFSET_SECONDS"] = int(timedelta(days=-3200).total_seconds())
    with writing():
        make_ephemeral(lab, awa, people=[awa])
    assert run() == 0
    assert count(reading, Participant, Participant.person_id == awa.id) == 1
