"""Migrations: both ways, whole or not at all, one at a time; what they make is what the code says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.engines import make_engine
from portal.errors import PortalError
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.loader.registration import import_plugin
from portal.loader.revisions import current, head

from tests.hosting.instances import place_for, site_in

# Processes that start together, and how many times.
SHORT, LONG = (6, 1), (8, 50)
FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "notices_0001", None


def upgrade():
    op.create_table("notices_one", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("notices_one")
"""
BROKEN = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "notices_0002", "notices_0001"


def upgrade():
    op.create_table("notices_two", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO notices_one (id) VALUES (7)")
    raise RuntimeError("half-way")


def downgrade():
    op.drop_table("notices_two")
"""


@pytest.fixture
def url(database):
    made = database.empty()
    yield made
    database.drop(made)


@pytest.fixture
def labs():
    import_plugin(scan().manifests["labs"])
    return scan().manifests["labs"]


@pytest.fixture
def notices(labs, tmp_path):
    """Give a plugin of two revisions, the second of which breaks half-way."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "notices_0001.py").write_text(FIRST)
    (folder / "notices_0002.py").write_text(BROKEN)
    return replace(labs, id="notices", folder=tmp_path)


def schema(url):
    """Describe every table, and the triggers."""
    engine = make_engine(url)
    seen = sa.inspect(engine)
    found = {
        table: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(str(sorted(key.items(), key=str)) for key in seen.get_foreign_keys(table)),
            "indexes": sorted(
                (i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in seen.get_indexes(table)
            ),
            "unique": sorted((str(u["name"]), tuple(u["column_names"])) for u in seen.get_unique_constraints(table)),
        }
        for table in seen.get_table_names()
    }
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as conn:
        found["triggers"] = sorted(conn.scalars(sa.text(names)))
    engine.dispose()
    return found


def revision(url, plugin):
    engine = make_engine(url)
    try:
        return current(engine, plugin)
    finally:
        engine.dispose()


def test_up_down_up_leaves_the_same_tables(url, labs):
    assert migrate(url, [labs])
    once = schema(url)
    assert {"users", "labs_lab"} <= set(once)
    assert once["triggers"]
    migrate(url, [labs], core=False, down=True)
    assert not [table for table in schema(url) if "labs" in table]
    migrate(url, [], down=True)
    assert set(schema(url)) == {"triggers"}
    migrate(url, [labs])
    assert schema(url) == once
    assert migrate(url, [labs]) == []


def test_an_upgrade_of_what_is_up_to_date_does_nothing_and_fails_on_nothing(url, labs):
    assert migrate(url, [labs])
    assert migrate(url, [labs]) == []


def test_everything_goes_down_in_one_go(url, labs):
    migrate(url, [labs])
    migrate(url, [labs], down=True)
    assert set(schema(url)) == {"triggers"}


def test_a_revision_that_fails_half_way_is_undone_whole(url, labs, notices):
    migrate(url, [labs])
    with pytest.raises(RuntimeError, match="half-way"):
        migrate(url, [notices], core=False)
    assert revision(url, "notices") == "notices_0001"
    tables = schema(url)
    assert "notices_one" in tables
    assert "notices_two" not in tables
    engine = make_engine(url)
    with engine.connect() as conn:
        assert conn.scalar(sa.text("SELECT count(*) FROM notices_one")) == 0
    engine.dispose()
    assert revision(url, "labs") == head(labs)


def test_a_failure_lets_go_of_the_lock(url, labs, notices):
    migrate(url, [labs])
    for _try in range(2):
        with pytest.raises(RuntimeError, match="half-way"):
            migrate(url, [notices], core=False)


def test_a_file_that_is_not_named_after_its_revision_is_refused(url, labs, notices):
    """Workers read names alone: they would wait for tables that are there, or run without them."""
    (notices.migrations / "notices_0002.py").rename(notices.migrations / "a_second_step.py")
    with pytest.raises(PortalError, match=r"notices_0001.*Name each file"):
        migrate(url, [labs, notices])
    assert revision(url, "notices") is None


def test_the_history_of_one_plugin_says_nothing_about_another(url, labs):
    migrate(url, [labs])
    migrate(url, [labs], core=False, down=True)
    assert revision(url, "labs") is None
    assert revision(url, "portal") == head(None)


def test_many_upgrades_at_once_do_the_work_once(database, tmp_path, proof, figure):
    processes, rounds = LONG if proof else SHORT
    failed = repeated = 0
    for number in range(rounds):
        place = place_for(database, tmp_path / str(number), empty=True)
        command = [sys.executable, "-m", "portal.cli", "--instance", str(place), "upgrade"]
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(processes)
        ]
        said = [process.communicate(timeout=120)[0] for process in running]
        failed += sum(process.returncode != 0 for process in running)
        repeated += sum("portal_0001" in out for out in said) - 1
        assert sum("déjà à jour" in out for out in said) == processes - 1
        database.drop(site_in(place).url)
    figure(
        f"processes that failed, or migrated again, of {processes} started at once",
        database.kind,
        aim="0 and 0",
        found=f"{failed} and {repeated} in {rounds} starts",
    )
    assert (failed, repeated) == (0, 0)
