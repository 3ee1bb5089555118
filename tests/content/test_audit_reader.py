"""Reading the audit: opened with a reason that is an entry, for an hour; nothing private in it (trust P16, P19)."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from portal.content.audit import record
from portal.content.audit_reader import audit_table, audit_until, check_chain, open_audit
from portal.content.clock import real_now
from portal.content.models import AuditEntry
from portal.db import db, is_postgresql
from portal.errors import Forbidden
from portal.values import Subject

from tests.content.test_audit import open_lid

VERIFIER = Path(__file__).parents[2] / "docs/verify_audit.py"


@pytest.fixture
def reader(make_user, as_viewer):
    return as_viewer(make_user("Ida K.", role="admin"))


@pytest.fixture
def opened(writing, reader):
    with writing():
        open_audit(reader, reason="control")
    return reader


def actions(reader):
    return list(db.session.scalars(sa.select(audit_table(reader).c.action)))


def test_nothing_is_given_before_it_is_opened(reading, reader, make_user, as_viewer, writing):
    other = as_viewer(make_user("Odile F.", role="admin"))
    with writing():
        open_audit(other, reason="control")
    with reading(), pytest.raises(Forbidden):
        audit_table(reader)


def test_the_opening_is_an_entry_with_its_reason(reading, opened):
    with reading():
        log = audit_table(opened)
        row = db.session.execute(sa.select(*log.c).where(log.c.action == "portal.audit_opened")).one()
    assert (row.actor_id, row.facts, row.subject_id) == (opened.person_id, {"reason": "control"}, opened.person_id)


def test_it_closes_after_an_hour_of_real_time(app, reading, opened, monkeypatch):
    later = real_now() + timedelta(minutes=59)
    monkeypatch.setattr("portal.content.audit_reader.real_now", lambda: later)
    app.config["CLOCK_OFFSET_SECONDS"] = -3600 * 24 * 3000
    with reading():
        assert audit_until(opened) is not None
    monkeypatch.setattr("portal.content.audit_reader.real_now", lambda: later + timedelta(minutes=2))
    with reading():
        assert audit_until(opened) is None
        with pytest.raises(Forbidden):
            audit_table(opened)


def test_what_may_be_private_is_not_there_not_even_counted(app, writing, reading, opened):
    app.config["SUBJECT_KINDS"] = frozenset({"logbooks.entry", "labs.lab"})
    app.config["AUDIT_KINDS"] = frozenset({"labs.lab"})
    with writing():
        record("logbooks.entry_written", Subject("logbooks.entry", 1), actor=opened, at=real_now())
        record("logbooks.opened", Subject("portal.user", 1), actor=opened, at=real_now())
        record("labs.lab_created", Subject("labs.lab", 1), actor=opened, at=real_now())
    with reading():
        found = actions(opened)
    assert "labs.lab_created" in found
    assert not [name for name in found if name.startswith("logbooks.")]


def test_a_whole_chain_is_whole(reading, opened):
    with reading():
        report = check_chain()
    assert report.is_whole
    assert report.since is not None


@pytest.mark.parametrize("many", [1, 3])
def test_a_long_chain_is_read_in_parts(writing, reading, opened, many, monkeypatch):
    monkeypatch.setattr("portal.content.audit_reader.READ_AT_ONCE", many)
    with writing():
        for _number in range(7):
            record("portal.tried", Subject("portal.group", 1), actor=None, at=real_now())
    with reading():
        assert check_chain().is_whole


@pytest.mark.parametrize(
    ("change", "is_cut"),
    [
        (sa.update(AuditEntry).where(AuditEntry.id == 2).values(action="portal.hidden"), False),
        (sa.delete(AuditEntry).where(AuditEntry.id == 2), False),
        (sa.delete(AuditEntry).where(AuditEntry.id >= 3), True),
    ],
    ids=["changed", "taken out", "cut off"],
)
def test_what_was_done_with_the_keys_of_the_database_is_found(app, writing, reading, opened, change, is_cut):
    with writing():
        for _number in range(2):
            record("portal.tried", Subject("portal.group", 1), actor=None, at=real_now())
    engine = app.config["ENGINE"]
    with engine.execution_options(tx="write").begin() as conn:
        conn.exec_driver_sql("PRAGMA foreign_keys=OFF" if not is_postgresql(conn) else "SELECT 1")
        open_lid(conn)
        conn.exec_driver_sql("DELETE FROM audit_person")
        conn.execute(change)
    with reading():
        report = check_chain()
    assert not report.is_whole
    assert report.is_cut is is_cut


def exported(app, tmp_path):
    """Give what an operator hands over: the file itself, or the lines that psql writes."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        return Path(url.database)
    path = tmp_path / "audit.jsonl"
    with app.config["ENGINE"].connect() as conn:
        lines = conn.exec_driver_sql("SELECT row_to_json(a)::text FROM audit a ORDER BY id").scalars()
        path.write_text("\n".join(lines), encoding="utf-8")
    return path


def verifier(path):
    done = subprocess.run([sys.executable, "-I", VERIFIER, path], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_small_program_apart_checks_it_without_the_portal(app, writing, opened, tmp_path):
    with writing():
        record("portal.tried", Subject("portal.group", 1), actor=None, at=real_now(), facts={"é": [1, "à"], "n": None})
    assert verifier(exported(app, tmp_path))[0] == 0
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        open_lid(conn)
        conn.execute(sa.update(AuditEntry).where(AuditEntry.id == 2).values(facts={"reason": "request"}))
    code, said = verifier(exported(app, tmp_path))
    assert code == 1
    assert "entry 2 was changed" in said


def test_the_small_program_sees_what_was_taken_out(tmp_path, app, writing, opened):
    lines = [{"id": 2, "at": "2026-01-01T00:00:00+00:00", "recorded_at": "2026-01-01T00:00:00+00:00", "hash": "x"}]
    lines[0] |= {"action": "a", "subject_kind": "k", "subject_id": 1, "facts": {}, "commitment": "c"}
    lines[0] |= {"previous_hash": "y"}
    path = tmp_path / "audit.jsonl"
    path.write_text(json.dumps(lines[0]), encoding="utf-8")
    code, said = verifier(path)
    assert code == 1
    assert "taken out" in said
    assert verifier(tmp_path / "none")[0] == 2
