"""Killed in the middle, disk full, database away: nothing half-written, and back without a restart (P13, P14)."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from werkzeug.test import Client

from portal.content.audit import broken_links
from portal.content.models import AuditEntry, Token
from portal.db import PortalState
from portal.hosting.config import Collectivity, Instance, Server, write_secret
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.loader.revisions import current
from portal.testing.databases import Databases
from portal.testing.postgres import PostgresUnavailable, postgresql_cluster

from tests.houses import opened
from tests.hurt.pages import forms_of
from tests.strict import unavailable

PLUGINS = ["labs"]
DYING = """
import os, signal
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "labs_9999", "{down}", None, None

def upgrade():
    op.create_table("labs_half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE portal_state SET clock_offset_seconds = 5")
    if not os.path.exists({mended!r}):
        os.kill(os.getpid(), signal.SIGKILL)
    op.drop_table("labs_half")

def downgrade():
    pass
"""
MIGRATE = """
import dataclasses, pathlib, sys
import portal.hosting.factory
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
labs = scan().manifests["labs"]
migrate(sys.argv[1], [dataclasses.replace(labs, folder=pathlib.Path(sys.argv[2]))], core=False)
"""


def python(code, *words, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        **options,
    )


def count(site, table):
    with site.engine.connect() as conn:
        return conn.scalar(sa.select(sa.func.count()).select_from(table))


def is_chain_whole(site):
    with sa.orm.Session(site.engine) as session:
        return not broken_links(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def test_an_upgrade_killed_in_the_middle_is_undone_and_the_next_one_passes(site, tmp_path):
    labs = scan().manifests["labs"]
    newer = dataclasses.replace(labs, folder=tmp_path / "newer")
    shutil.copytree(labs.migrations, newer.migrations)
    before = current(site.engine, "labs")
    mended = tmp_path / "mended"
    (newer.migrations / "labs_9999.py").write_text(DYING.format(down=before, mended=str(mended)))
    with python(MIGRATE, site.url, newer.folder) as dying:
        assert dying.wait(60) == -9
    assert current(site.engine, "labs") == before
    with site.engine.connect() as conn:
        assert not sa.inspect(conn).has_table("labs_half")
        assert conn.scalar(sa.select(PortalState.clock_offset_seconds)) == 0
    mended.touch()
    assert migrate(site.url, [newer], core=False) == ["labs: labs_9999"]
    with site.engine.connect() as conn:
        assert conn.scalar(sa.select(PortalState.clock_offset_seconds)) == 5


def test_a_full_disk_is_a_clear_page_nothing_half_written_and_it_recovers(database, site):
    if database.kind != "sqlite":
        return  # the server of PostgreSQL has its own disk: it is then away, as below

    def fill(dbapi, _record):
        (pages,) = dbapi.execute("PRAGMA page_count").fetchone()
        dbapi.execute(f"PRAGMA max_page_count = {pages}")

    with opened(site.instance) as house:
        ida = house.browser()
        token = ida.token()
        engine = house.site.engine
        before = count(house.site, Token), count(house.site, AuditEntry)
        event.listen(engine, "connect", fill)
        engine.dispose()
        made = 0
        while (answer := ida.post("/screens", {"name": f"Écran {made} {'x' * 40}"}, token=token)).status_code == 200:
            made += 1
            assert made < 500
        assert answer.status_code == 503, answer.text
        assert "est encore sur cette page" in answer.text
        assert ida.get("/screens").status_code == 200  # reading goes on
        assert count(house.site, Token) == before[0] + 2 * made  # a screen, and its address
        assert count(house.site, AuditEntry) == before[1] + made
        assert is_chain_whole(house.site)
        event.remove(engine, "connect", fill)
        engine.dispose()
        assert ida.post("/screens", {"name": "Après"}, token=token).status_code == 200
        assert is_chain_whole(house.site)


@pytest.fixture
def away(tmp_path):
    """Give an instance on a PostgreSQL of its own, which the test may stop."""
    try:
        with postgresql_cluster() as cluster:
            write_secret(tmp_path)
            url = Databases("postgresql", tmp_path, cluster).fresh(())
            keep_what_is_acknowledged(url)
            try:
                with opened(Instance(tmp_path, Server(), (Collectivity(database=url),))) as house:
                    yield house, cluster
            finally:
                if not is_up(cluster):
                    cluster.start()
    except PostgresUnavailable as reason:
        unavailable(reason)


def keep_what_is_acknowledged(url):
    """Make one database of the tests' careless server wait for the disk."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as conn:
        name = conn.scalar(sa.select(sa.func.current_database()))
        conn.execute(sa.text(f"ALTER DATABASE {name} SET synchronous_commit = on"))


def is_up(cluster):
    return (cluster.sockets / "data/postmaster.pid").exists()


@pytest.mark.postgresql
def test_a_database_that_goes_away_for_a_while_is_a_clear_page_and_it_recovers(away):
    house, cluster = away
    ida = house.browser()
    token, app = ida.token(), house.app()
    cluster.stop()
    answers = (ida.get("/"), ida.post("/screens", {"name": "Accueil"}, token=token))
    for answer, said in zip(answers, ("rien n’est perdu", "est encore sur cette page"), strict=True):
        assert answer.status_code == 503
        assert said in answer.text
        assert answer.headers["Retry-After"]
    (kept,) = forms_of("/", answer.text)
    assert (kept.action, kept.values["name"]) == ("/screens", "Accueil")
    assert Client(house.dispatcher).get("/healthz", base_url="http://localhost").status_code == 503
    cluster.start()
    assert ida.get("/").status_code == 200
    assert ida.get("/account").status_code == 200  # still signed in
    assert house.app() is app  # nothing was restarted
    assert is_chain_whole(house.site)


@pytest.mark.postgresql
def test_a_database_that_goes_away_during_a_request_undoes_it_whole(away):
    house, cluster = away
    ida = house.browser()
    token, written = ida.token(), count(house.site, AuditEntry)

    def leave(_conn, _cursor, statement, *_rest):
        if "INTO audit " in statement and is_up(cluster):
            cluster.stop()

    event.listen(house.site.engine, "before_cursor_execute", leave)
    answer = ida.post("/screens", {"name": "Accueil"}, token=token)
    event.remove(house.site.engine, "before_cursor_execute", leave)
    assert answer.status_code == 503
    assert "est encore sur cette page" in answer.text
    cluster.start()
    assert (count(house.site, AuditEntry), count(house.site, Token)) == (written, 0)
    assert ida.post("/screens", {"name": "Accueil"}, token=token).status_code == 200
    assert is_chain_whole(house.site)
