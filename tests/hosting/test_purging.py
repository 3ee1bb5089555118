"""Purging a plugin: exported, dropped whole, forgotten by the core; with or without its package, or not at all."""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import closing
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from portal.content.clock import now
from portal.content.events import queue
from portal.content.passages import record_passage
from portal.content.tokens import issue_token
from portal.db import db, transaction
from portal.errors import Conflict, NotFound
from portal.hosting import purging
from portal.hosting.factory import create_app
from portal.hosting.purging import purge_plan, purge_plugin, purged_folder, sweep_exports
from portal.hosting.worker import Worker
from portal.loader.discovery import Scan, scan
from portal.loader.inventory.sheets import read_inventory
from portal.loader.migrating import migrate
from portal.loader.models import PluginState
from portal.loader.revisions import current
from portal.values import Subject

from tests.loader.test_migrating import schema
from tests.plugins.labs.ephemeral_factories import make_ephemeral, make_guest
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def full(writing, make_user):
    """Write in labs, and in the core for labs."""
    awa = make_user("Awa M.")
    with writing():
        lab = make_lab("Labo des dunes", members=[awa], animator=awa)
        number = make_ephemeral(lab, awa, people=[awa], question="=1+1 que garde-t-on ?")
        make_guest(number)
        issue_token("labs.open", subject=Subject("labs.lab", lab))
        issue_token("portal.link", person_id=awa.id)
        record_passage(Subject("labs.ephemeral", number), "closed", now())
        queue("event", "labs", {"n": 1})


@pytest.fixture
def off(site, app, full):
    """Switch labs off, and give the app that is left."""
    return switched_off(site)


def switched_off(site):
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.update(PluginState).where(PluginState.id == "labs").values(is_on=False))
    return create_app(site)


def purge(site, app, plugin="labs", **options):
    with app.app_context():
        return purge_plugin(site, plugin, actor_id=None, **options)


def plan(site, app, plugin="labs"):
    with app.app_context():
        return purge_plan(site, plugin)


def rows(site, statement):
    with site.engine.connect() as conn:
        return conn.execute(sa.text(statement)).all()


def exports(site):
    return sorted(purged_folder(site).glob("*.zip"))


def tables(site):
    return {name for name in sa.inspect(site.engine).get_table_names() if "labs" in name}


def test_the_plan_says_what_goes_and_writes_nothing(site, off):
    found = plan(site, off)
    assert dict(found.tables)["labs_participant"] == 1
    assert {"labs_lab", "labs_guest"} <= set(dict(found.tables))
    assert dict(found.shared) == {"passages": 1, "tokens": 2, "outbox": 1}
    assert found.holders == ()
    assert rows(site, "SELECT count(*) FROM labs_lab") == [(1,)]


def test_nothing_of_the_plugin_is_left_and_the_rest_is(site, off):
    purge(site, off)
    assert tables(site) == set()
    assert rows(site, "SELECT scope FROM tokens") == [("portal.link",)]
    assert rows(site, "SELECT count(*) FROM passages") == [(0,)]
    assert rows(site, "SELECT count(*) FROM outbox") == [(0,)]
    assert len(rows(site, "SELECT id FROM users")) == 1
    with site.engine.connect() as conn:
        inventory = read_inventory(conn)
    assert inventory.of("labs") == []
    assert inventory.plugins["labs"].purged_at is not None
    assert rows(site, "SELECT count(*) FROM audit WHERE action = 'portal.plugin_purged'") == [(1,)]


def test_what_it_kept_is_in_the_export_as_csv_and_json(site, off, tmp_path):
    kept = purge(site, off, export_to=tmp_path / "labs.zip")
    assert kept.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(kept) as archive:
        found = json.loads(archive.read("labs_ephemeral.json"))
        assert [row["question"] for row in found] == ["=1+1 que garde-t-on ?"]
        assert "'=1+1" in archive.read("labs_ephemeral.csv").decode()  # no formula (P11)
        assert json.loads(archive.read("labs_vote.json")) == []
        assert len(archive.namelist()) == 2 * len(plan_tables())


def plan_tables():
    return scan().manifests["labs"].privacy["tables"]


def test_up_purge_up_leaves_the_same_schema(site, off):
    before = schema(site.url)
    purge(site, off)
    migrate(site.url, [scan().manifests["labs"]], core=False)
    assert schema(site.url) == before
    assert rows(site, "SELECT count(*) FROM labs_lab") == [(0,)]
    with site.engine.connect() as conn:
        assert read_inventory(conn).plugins["labs"].purged_at is None


def test_a_plugin_whose_package_is_gone_is_purged_all_the_same(site, off, monkeypatch):
    monkeypatch.setattr(purging, "scan", Scan)
    purge(site, off)
    assert tables(site) == set()
    assert rows(site, "SELECT id FROM plugins") == []


def test_one_that_is_on_is_not_purged(site, app, full):
    before = exports(site)
    with pytest.raises(Conflict):
        purge(site, app)
    assert tables(site)
    assert exports(site) == before


@pytest.mark.parametrize("plugin", ["portal", "nobody", "x", "labs; DROP TABLE users"])
def test_what_is_no_plugin_here_is_not_purged(site, off, plugin):
    with pytest.raises(NotFound):
        purge(site, off, plugin)


def test_a_table_of_another_that_refers_to_it_stands_in_the_way(site, off):
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.text("CREATE TABLE polls_poll (id INTEGER PRIMARY KEY, lab INTEGER REFERENCES labs_lab (id))"))
    with pytest.raises(Conflict, match="polls_poll"):
        purge(site, off)
    assert "labs_lab" in tables(site)


def test_cut_in_the_middle_nothing_has_happened(site, off, monkeypatch):
    before, kept = schema(site.url), exports(site)

    def cut(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(purging, "_forget", cut)
    with pytest.raises(KeyboardInterrupt):
        purge(site, off)
    assert schema(site.url) == before
    assert rows(site, "SELECT count(*) FROM labs_participant") == [(1,)]
    assert exports(site) == kept
    monkeypatch.undo()
    purge(site, off)
    assert tables(site) == set()


def test_a_second_click_writes_over_no_export(site, off, tmp_path):
    kept = purge(site, off, export_to=tmp_path / "labs.zip").read_bytes()
    with pytest.raises(NotFound):
        purge(site, off, export_to=tmp_path / "labs.zip")
    assert (tmp_path / "labs.zip").read_bytes() == kept
    migrate(site.url, [scan().manifests["labs"]], core=False)
    with pytest.raises(FileExistsError):
        purge(site, off, export_to=tmp_path / "labs.zip")
    assert (tmp_path / "labs.zip").read_bytes() == kept
    assert "labs_lab" in tables(site)


def test_views_and_functions_go_with_it(site, off):
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.text("CREATE VIEW labs_names AS SELECT name FROM labs_lab"))
        if conn.dialect.name == "postgresql":
            conn.execute(sa.text("CREATE FUNCTION labs_one() RETURNS integer LANGUAGE sql AS 'SELECT 1'"))
        else:
            conn.execute(sa.text("CREATE VIRTUAL TABLE labs_words USING fts5(words)"))
            conn.execute(sa.text("INSERT INTO labs_words VALUES ('dune')"))
    purge(site, off)
    assert tables(site) == set()
    assert sa.inspect(site.engine).get_view_names() == []


def test_exports_go_after_a_month(site, off):
    kept = purge(site, off)
    assert kept not in sweep_exports(site)
    assert kept in sweep_exports(site, days=0)
    assert not kept.exists()


def test_the_worker_lets_them_go(site, off):
    kept = purge(site, off)
    with closing(Worker(site.instance)) as worker:
        worker.round()
        assert kept.exists()
        os.utime(kept, (0, 0))
        worker.round()
    assert not kept.exists()


def test_it_can_be_on_again_and_is_empty(site, off):
    purge(site, off)
    assert current(site.engine, "labs") is None
    migrate(site.url, [scan().manifests["labs"]], core=False)
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.update(PluginState).where(PluginState.id == "labs").values(is_on=True))
    app = create_app(site)
    assert app.config["PLUGINS"] == ("labs",)
    with app.app_context(), transaction():
        make_lab("Un autre")
        assert db.session.scalar(sa.text("SELECT count(*) FROM labs_lab")) == 1
