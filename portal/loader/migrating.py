"""Migrations: one history and one version table per plugin, run by `portal upgrade`, never by a worker.

Each revision is one transaction, undone whole if it fails, on SQLite too. Foreign keys are off while SQLite tables are
rebuilt (dropping a parent would delete its children by CASCADE) and checked before the end.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from portal.db import make_engine
from portal.errors import PortalError, Unavailable
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.inventory.noting import forget, note
from portal.loader.manifest import Manifest
from portal.loader.registration import import_plugin

CORE_FOLDER = Path(__file__).parent.parent / "migrations"
LOCK_KEY = 0x706F7274616C  # "portal": any number, the same for every process


def version_table(plugin: str) -> str:
    """Name the version table of a plugin."""
    return f"alembic_version_{plugin}"


def _script(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(CORE_FOLDER), version_locations=[str(folder)])


def head(manifest: Manifest | None) -> str | None:
    """Give the newest revision of a plugin (None: of the core) in the code; None without migrations."""
    folder = manifest.migrations if manifest else CORE_FOLDER / "versions"
    return _script(folder).get_current_head() if folder.is_dir() else None


def knows(manifest: Manifest | None, revision: str) -> bool:
    """Tell whether the code of a plugin (None: of the core) has a revision; a newer database has one it has not."""
    folder = manifest.migrations if manifest else CORE_FOLDER / "versions"
    return folder.is_dir() and revision in {step.revision for step in _script(folder).walk_revisions()}


def current(engine: Engine, plugin: str) -> str | None:
    """Give the revision the database has for a plugin; None if it was never migrated."""
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"version_table": version_table(plugin)})
        return context.get_current_revision()


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the migration lock of one database: a file beside SQLite, an advisory lock in PostgreSQL."""
    address = sa.engine.make_url(url)
    if address.get_backend_name() == "sqlite":
        with Path(f"{address.database}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    engine = make_engine(url)
    try:
        with engine.connect() as conn:
            conn.execute(sa.select(sa.func.pg_advisory_lock(LOCK_KEY)))
            yield
    finally:
        engine.dispose()


def migrate(url: str, plugins: list[Manifest], *, core: bool = True, down: bool = False) -> list[str]:
    """Bring the core, then each plugin, to its newest revision (or down to nothing); list what was done.

    What each declares of its tables is then copied to the inventory.

    :param plugins: dependencies first
    :raises Unavailable: rebuilt tables left a broken foreign key
    """
    done = []
    engine = make_engine(url, foreign_keys=False)
    histories: list[Manifest | None] = [None] if core else []
    histories += [manifest for manifest in plugins if manifest.migrations.is_dir()]
    if down:
        histories.reverse()
    try:
        with alone(url):
            for manifest in histories:
                with engine.execution_options(tx="write").connect() as conn:
                    done += _history(conn, manifest, down=down)
    finally:
        engine.dispose()
    return done


def _history(conn: Connection, manifest: Manifest | None, *, down: bool) -> list[str]:
    name = manifest.id if manifest else CORE_PLUGIN
    if manifest and not down:
        import_plugin(manifest)
    done = _run(conn, name, manifest.migrations if manifest else CORE_FOLDER / "versions", down=down)
    conn.rollback()  # a history that was up to date has only been read
    with conn.begin():
        if down:
            forget(conn, name)
        else:
            note(conn, manifest, revision=head(manifest))
    return done


def _run(conn: Connection, name: str, folder: Path, *, down: bool) -> list[str]:
    script = _script(folder)
    done: list[str] = []

    def steps(revision: object, context: MigrationContext) -> object:
        found = script._downgrade_revs("base", revision) if down else script._upgrade_revs("head", revision)  # type: ignore[arg-type]
        done.extend(f"{name}: {step.revision.revision}" for step in found)
        return found

    environment = EnvironmentContext(Config(), script, fn=steps)
    environment.configure(
        connection=conn,
        version_table=version_table(name),
        transactional_ddl=True,
        transaction_per_migration=True,
        render_as_batch=True,
    )
    with environment, environment.begin_transaction():
        environment.run_migrations()
    _check_keys(conn)
    if down:
        with conn.begin():
            conn.execute(sa.text(f"DROP TABLE IF EXISTS {version_table(name)}"))
    return done


def _check_keys(conn: Connection) -> None:
    if conn.dialect.name != "sqlite":
        return
    broken = conn.exec_driver_sql("PRAGMA foreign_key_check").all()
    conn.rollback()
    if broken:
        raise Unavailable(f"broken foreign key after migration: {broken[0]}")


def create_database(url: str) -> None:
    """Make an empty SQLite file if there is none; a PostgreSQL database is made by its administrator.

    :raises PortalError: the folder cannot be written
    """
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite" or address.database is None:
        return
    path = Path(address.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise PortalError(f"{path}: {error.strerror}") from error
