"""`portal privacy rewrite`: what was erased leaves the files of PostgreSQL too, or it is said why not (P17)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal.cli.main import main
from portal.hosting import erasures

from tests.hosting.instances import place_for, site_in

USERS_FILE = "SELECT pg_relation_filenode('users')"


@pytest.fixture
def place(database, tmp_path):
    return place_for(database, tmp_path / "instance")


@pytest.fixture
def engine(place):
    made = site_in(place).engine
    yield made
    made.dispose()


@pytest.fixture
def rewrite(place):
    """Give the command: its status, its words."""

    def run():
        done = CliRunner().invoke(main, ["--instance", str(place), "privacy", "rewrite"])
        return done.exit_code, done.output

    return run


@pytest.fixture
def is_rewritten(database, engine):
    """Tell whether the table of people stands in another file than before; SQLite has one for all."""

    def file():
        with engine.connect() as conn:
            return conn.scalar(sa.text(USERS_FILE)) if database.kind == "postgresql" else None

    before = file()
    return lambda: file() != before


def test_every_table_is_rewritten(database, rewrite, is_rewritten):
    status, said = rewrite()
    assert status == 0, said
    if database.kind == "sqlite":
        assert "Rien à faire : SQLite" in said
        return
    assert is_rewritten()
    done, there = (int(word) for word in re.findall(r"\d+", said))
    assert done == there > 10


def test_nothing_is_while_an_older_transaction_may_read_what_was_erased(
    database, engine, rewrite, is_rewritten, monkeypatch
):
    monkeypatch.setattr(erasures, "PATIENCE_SECONDS", 0.3)
    with engine.connect() as reader:
        reader.execution_options(isolation_level="REPEATABLE READ" if database.kind == "postgresql" else "SERIALIZABLE")
        reader.execute(sa.text("SELECT 1 FROM portal_state")).all()
        status, said = rewrite()
    if database.kind == "postgresql":
        assert (status != 0, is_rewritten()) == (True, False)
        assert "peut encore lire" in said
    else:
        assert status == 0
    assert rewrite()[0] == 0


def test_a_table_that_is_held_is_named_and_the_others_are_rewritten(database, engine):
    if database.kind == "sqlite":
        return  # it has one file for all its tables
    going = erasures.rewrite(engine)
    found = dict([next(going)])
    with engine.connect() as reader:
        reader.execute(sa.text("LOCK TABLE sessions IN ACCESS SHARE MODE"))
        found |= dict(going)
    assert [table for table, why in found.items() if why] == ["sessions"]
    assert found["sessions"].startswith("LockNotAvailable")


def test_a_log_that_somebody_reads_is_said_to_hold_it_still(database, engine, rewrite):
    if database.kind == "postgresql":
        return
    with engine.connect() as reader:
        reader.execute(sa.text("SELECT 1 FROM portal_state")).all()
        with engine.execution_options(tx="write").begin() as conn:
            conn.execute(sa.text("UPDATE portal_state SET revision = revision + 1"))
        status, said = rewrite()
    assert status != 0
    assert "encore dans son journal" in said
    assert rewrite()[0] == 0
