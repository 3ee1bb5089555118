"""The audit log: append-only, chained, verified without its personal side (trust P16)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.audit import audit_chain, broken_links, entries_about, record
from portal.content.clock import real_now
from portal.content.models import AuditEntry, AuditPerson
from portal.db import db, is_postgresql, transaction
from portal.values import Subject, Viewer

SUBJECT = Subject("portal.group", 1)


@pytest.fixture
def written(writing, make_user):
    """Write five entries."""
    who = make_user()
    with writing():
        for number in range(5):
            record(
                "portal.tried", SUBJECT, actor=Viewer(person_id=who.id), at=real_now(), facts={"n": number, "é": "à"}
            )
    return who


def chain_faults(reading):
    with reading():
        return broken_links(audit_chain())


def open_lid(conn):
    """Take the triggers away, as somebody with the keys of the database could."""
    if is_postgresql(conn):
        conn.exec_driver_sql("DROP TRIGGER audit_append_only ON audit")
        return
    for verb in ("update", "delete"):
        conn.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}")


@pytest.mark.parametrize(
    "change",
    [
        sa.update(AuditEntry).values(action="portal.hidden"),
        sa.delete(AuditEntry).where(AuditEntry.id == 99999),
        sa.delete(AuditEntry).where(AuditEntry.id == 5),
    ],
    ids=["update", "delete none", "delete one"],
)
def test_the_database_refuses_to_rewrite_history(app, written, change):
    engine = app.config["ENGINE"]
    is_noop = "99999" in str(change.compile(compile_kwargs={"literal_binds": True}))
    if is_noop and not is_postgresql(engine):
        return  # SQLite triggers are per row
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.execution_options(tx="write").begin() as conn:
        conn.execute(change)


def test_a_sound_chain_has_no_broken_link(written, reading):
    assert chain_faults(reading) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(action="portal.hidden"), [3]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(facts={"n": 9}), [3]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(at=real_now() - timedelta(days=9)), [3]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(commitment="0" * 64), [3]),
        (sa.update(AuditEntry).where(AuditEntry.id == 3).values(hash="0" * 64), [3, 4]),
    ],
    ids=["action", "facts", "instant", "actor", "hash"],
)
def test_a_changed_entry_is_found(app, written, reading, change, found):
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        open_lid(conn)
        conn.execute(change)
    assert chain_faults(reading) == found


def test_a_missing_entry_is_found(app, written, reading):
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        open_lid(conn)
        conn.execute(sa.delete(AuditPerson).where(AuditPerson.audit_id == 3))
        conn.execute(sa.delete(AuditEntry).where(AuditEntry.id == 3))
    assert chain_faults(reading) == [4]


def test_forgetting_who_did_it_keeps_the_chain(written, writing, reading):
    with writing():
        db.session.execute(sa.delete(AuditPerson))
    assert chain_faults(reading) == []
    with reading():
        assert {actor for _entry, actor in entries_about(SUBJECT)} == {None}


def test_an_entry_names_nobody(written, reading):
    with reading():
        assert written.name not in repr(db.session.execute(sa.select(AuditEntry.__table__)).all())
        assert [entry.facts for entry in audit_chain()][-5:] == [{"n": number, "é": "à"} for number in range(5)]


def test_the_history_of_a_subject_comes_newest_first(written, reading):
    with reading():
        entries = entries_about(SUBJECT)
        assert [entry.facts["n"] for entry, _actor in entries] == [4, 3, 2, 1, 0]
        assert {actor for _entry, actor in entries} == {written.id}


def test_an_unknown_kind_of_subject_is_refused(writing):
    with writing(), pytest.raises(KeyError):
        record("portal.tried", Subject("nobody.thing", 1), actor=None, at=real_now())


def test_what_is_undone_leaves_no_entry(app, written, reading):
    def fails():
        with app.app_context(), transaction():
            record("portal.tried", SUBJECT, actor=None, at=real_now())
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    with reading():
        assert len(entries_about(SUBJECT)) == 5
    assert chain_faults(reading) == []


def test_writers_at_the_same_time_make_one_chain(app, written, reading):
    def write(number):
        for turn in range(5):
            with app.app_context(), transaction():
                record("portal.tried", SUBJECT, actor=None, at=real_now(), facts={"n": number * 10 + turn})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    with reading():
        assert len(entries_about(SUBJECT)) == 25
    assert chain_faults(reading) == []


def test_what_is_left_out_of_a_history_takes_no_place_in_it(make_user, writing, reading):
    with writing():
        record("portal.told", SUBJECT, actor=None, at=real_now())
        for _turn in range(60):
            record("portal.tried", SUBJECT, actor=None, at=real_now())
    with reading():
        assert [entry.action for entry, _actor in entries_about(SUBJECT, without=("portal.tried",))] == ["portal.told"]
