"""Another process holds what a form needs to write: a sentence, nothing by half, and the same form passes later."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from portal import engines
from portal.db import is_postgresql

from tests.hurt.pages import forms_of
from tests.reading import rows_hash, words

SQLITE = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
"""
POSTGRESQL = """
import psycopg, sys
conn = psycopg.connect(sys.argv[1])
conn.execute("LOCK TABLE tokens IN EXCLUSIVE MODE")
"""
HOLD = "print('held', flush=True)\nsys.stdin.read()\nconn.close()\n"
TYPED = {"name": "Accueil de la mairie"}


@contextmanager
def held(engine):
    """Let another process hold the write lock of SQLite, or a table of PostgreSQL."""
    if is_postgresql(engine):
        script, place = POSTGRESQL, engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    else:
        script, place = SQLITE, engine.url.database.removeprefix("file:")
    command = [sys.executable, "-c", script + HOLD, place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()
        assert holder.wait() == 0


@pytest.fixture
def impatient(site, monkeypatch):
    """Wait for a lock a tenth of a second, and not five."""
    pragmas = [pragma for pragma in engines.SQLITE_PRAGMAS if not pragma.startswith("busy_timeout")]
    monkeypatch.setattr(engines, "SQLITE_PRAGMAS", (*pragmas, "busy_timeout=100"))
    site.engine.dispose()
    if is_postgresql(site.engine):
        with site.engine.connect() as conn:
            assert conn.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
        sa.event.listen(site.engine, "begin", lambda conn: conn.exec_driver_sql("SET LOCAL lock_timeout = '100ms'"))


def test_five_seconds_for_a_lock_or_what_the_operator_said_of_a_server(site):
    if not is_postgresql(site.engine):
        with site.engine.connect() as conn:
            assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        return
    name = site.engine.url.database
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        assert conn.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
        conn.exec_driver_sql(f"ALTER DATABASE \"{name}\" SET lock_timeout = '2s'")
    site.engine.dispose()
    with site.engine.connect() as conn:
        assert conn.exec_driver_sql("SHOW lock_timeout").scalar() == "2s"


def test_a_form_that_meets_a_lock_is_told_so_writes_nothing_and_passes_later(
    app, site, impatient, client, sign_in, make_user, post
):
    app.config["RAISE_FAULTS"] = app.config["PROPAGATE_EXCEPTIONS"] = False
    sign_in(make_user(role="admin"))
    before = rows_hash(app)
    with held(site.engine):
        answer = post(client, "/screens", TYPED)
        assert answer.status_code == 503
        assert "est encore sur cette page : envoyez-le de nouveau dans une minute" in words(answer)
        assert rows_hash(app) == before
        assert "Se connecter" not in words(answer)  # she is signed in: nobody can tell while it is held
        assert TYPED["name"] not in words(client.get("/screens"))
        assert answer.headers["Retry-After"] == "60"
        (kept,) = forms_of("/", answer.text)
        assert (kept.action, kept.values["name"]) == ("/screens", TYPED["name"])
    assert TYPED["name"] in words(client.post(kept.action, data=kept.values))
    assert words(client.get("/screens")).count(TYPED["name"]) == 1
