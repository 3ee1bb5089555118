"""Copies of a database that is at work, and putting one back: SQLite by its backup API, PostgreSQL by its own programs.

A copy shows one instant. Nobody waits for it: SQLite readers hold no writer back in WAL, and neither does a snapshot of
PostgreSQL. Rows are counted in the very snapshot that is copied.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url

from portal.errors import PortalError
from portal.hosting.archives import Told
from portal.hosting.site import Site

PAGES_PER_STEP = 2000
VERSION_TABLES = "alembic_version_"
INTO_EMPTY = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
IN_USE = "quelqu'un se sert de la base. Arrêtez d'abord le portail, partout."


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy holds: rows by table, the revision of each migration history."""

    rows: dict[str, int]
    revisions: dict[str, str]


def database_file(site: Site) -> Path | None:
    """Give the file of a SQLite database; None for PostgreSQL."""
    address = make_url(site.url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def database_kind(site: Site) -> str:
    """Tell which of the two databases a collectivity uses: sqlite or postgresql."""
    return str(make_url(site.url).get_backend_name())


def copy_name(site: Site) -> str:
    """Name the member that holds the database of a collectivity."""
    return "portal.db" if database_file(site) else "portal.dump"


def contents(conn: Connection) -> Contents:
    """Count every table, and read the revision of every history."""
    tables = [sa.table(name) for name in sorted(sa.inspect(conn).get_table_names())]
    rows = {table.name: int(conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0) for table in tables}
    column: sa.ColumnClause[str] = sa.column("version_num")
    histories = [table for table in tables if table.name.startswith(VERSION_TABLES)]
    found = {
        table.name.removeprefix(VERSION_TABLES): conn.scalar(sa.select(column).select_from(table))
        for table in histories
    }
    return Contents(rows, {name: revision for name, revision in found.items() if revision})


def copy_database(site: Site, target: Path, *, told: Told) -> Contents:
    """Copy the database of a collectivity at work into a file.

    :raises PortalError: the copy is not sound, or the program of PostgreSQL is missing or failed
    """
    site.check_there()
    if database_file(site) is None:
        return _dump(site, target)
    raw = site.engine.raw_connection()
    try:
        live: Any = raw.dbapi_connection
        # held open: the copy would begin again each time somebody writes
        live.execute("BEGIN")
        live.execute("SELECT revision FROM portal_state").fetchone()
        size = live.execute("PRAGMA page_size").fetchone()[0]
        with closing(sqlite3.connect(target)) as copy:
            live.backup(
                copy,
                pages=PAGES_PER_STEP,
                progress=lambda _status, left, pages: told(site.slug, (pages - left) * size, pages * size),
            )
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        live.execute("ROLLBACK")
    finally:
        raw.close()
    return _sound(site, target)


def _sound(site: Site, copy: Path) -> Contents:
    engine = sa.create_engine(f"sqlite:///{copy}", poolclass=sa.NullPool)
    with engine.connect() as conn:
        said = conn.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if said != "ok":
            raise PortalError(f"{site.slug} : la base est abîmée ({said}). Gardez vos sauvegardes précédentes.")
        return contents(conn)


def schema_of(conn: Connection) -> str:
    """Name the PostgreSQL schema that holds the tables of the collectivity."""
    return str(conn.scalar(sa.select(sa.func.current_schema())))


def _dump(site: Site, target: Path) -> Contents:
    with site.engine.execution_options(isolation_level="REPEATABLE READ").connect() as conn:
        snapshot = conn.scalar(sa.select(sa.func.pg_export_snapshot()))
        held = contents(conn)
        choice = ["--format=custom", f"--snapshot={snapshot}", f"--schema={schema_of(conn)}", f"--file={target}"]
        run_postgresql("pg_dump", site, *choice)
        conn.rollback()
    return held


def run_postgresql(program: str, site: Site, *words: str) -> None:
    """Run a program of PostgreSQL on the database of a collectivity; its password is not on the command line.

    :raises PortalError: the program is not installed, or says what went wrong
    """
    path = shutil.which(program)
    if path is None:
        raise PortalError(f"Il manque {program} sur cette machine. Sur Debian : apt install postgresql-client")
    address = make_url(site.url)
    bare = URL.create("postgresql", address.username, None, address.host, address.port, address.database, address.query)
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    command = [path, *words, "--no-password", f"--dbname={bare.render_as_string()}"]
    done = subprocess.run(command, env={**os.environ, **secret}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PortalError(f"{site.slug} : {program} a échoué : {done.stderr.strip()[-500:]}")


def is_empty(site: Site) -> bool:
    """Tell whether a collectivity has no tables yet."""
    file = database_file(site)
    if file is not None and not (file.exists() and file.stat().st_size):
        return True
    with site.engine.connect() as conn:
        return not sa.inspect(conn).get_table_names()


def set_aside(site: Site, mark: str) -> tuple[str, Callable[[], object]]:
    """Take the present database out of the way, whole, under another name; tell where it is, and how to undo that.

    :raises PortalError: somebody is using it
    """
    file = database_file(site)
    if file is None:
        return _set_schema_aside(site, mark)
    raw = site.engine.raw_connection()
    try:
        # leaving WAL is refused as long as another connection is open; it folds the log into the file
        raw.dbapi_connection.execute("PRAGMA journal_mode=DELETE")  # type: ignore[union-attr]
    except sqlite3.OperationalError as error:
        raise PortalError(f"{site.slug} : {IN_USE}") from error
    finally:
        raw.close()
        site.engine.dispose()
    aside = file.with_name(f"{file.name}.{mark}")
    file.rename(aside)
    return str(aside.resolve()), lambda: shutil.move(aside, file)


def _set_schema_aside(site: Site, mark: str) -> tuple[str, Callable[[], object]]:
    activity = sa.table("pg_stat_activity", sa.column("pid"), sa.column("datname"), sa.column("backend_type"))
    others = sa.select(sa.func.count()).where(
        activity.c.datname == sa.func.current_database(),
        activity.c.pid != sa.func.pg_backend_pid(),
        activity.c.backend_type == "client backend",
    )
    writer = site.engine.execution_options(tx="write")
    with writer.begin() as conn:
        if conn.scalar(others):
            raise PortalError(f"{site.slug} : {IN_USE}")
        name = schema_of(conn)
        aside = f"{name}_{mark}"
        conn.exec_driver_sql(f'ALTER SCHEMA "{name}" RENAME TO "{aside}"')
        conn.exec_driver_sql(f'CREATE SCHEMA "{name}"')

    def undo() -> None:
        with writer.begin() as conn:
            conn.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')
            conn.exec_driver_sql(f'ALTER SCHEMA "{aside}" RENAME TO "{name}"')

    return f"schéma {aside}", undo


def put_back(site: Site, copy: Path) -> None:
    """Make a copy the database of a collectivity that has none."""
    file = database_file(site)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        copy.chmod(0o600)
        shutil.move(copy, file)
        return
    with site.engine.connect() as conn:
        schema = schema_of(conn)
    site.engine.dispose()
    run_postgresql("pg_restore", site, *INTO_EMPTY, f"--schema={schema}", str(copy))
    copy.unlink()
