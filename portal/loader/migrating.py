"""Migrations: one history and one version table per plugin, run by `portal upgrade`, never by a worker.

Each revision is one transaction, undone whole if it fails, on SQLite too. Foreign keys are off while SQLite tables are
rebuilt (dropping a parent would delete its children by CASCADE) and checked before the end.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from portal.engines import make_engine
from portal.errors import PortalError, Unavailable
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.inventory.noting import forget, note
from portal.loader.manifest import Manifest
from portal.loader.registration import import_plugin
from portal.loader.revisions import CORE_FOLDER, alone, current, head, history, names_in, refuse_newer, version_table


def _script(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(CORE_FOLDER), version_locations=[str(folder)])


def migrate(url: str, plugins: list[Manifest], *, core: bool = True, down: bool = False) -> list[str]:
    """Bring the core, then each plugin, to its newest revision (or down to nothing); list what was done.

    What each declares of its tables is then copied to the inventory.

    :param plugins: dependencies first
    :raises Outdated: one of them has tables of a newer code
    :raises Unavailable: rebuilt tables left a broken foreign key
    """
    done = []
    engine = make_engine(url, foreign_keys=False, lock_seconds=0)
    histories: list[Manifest | None] = [None] if core else []
    histories += [manifest for manifest in plugins if manifest.migrations.is_dir()]
    if down:
        histories.reverse()
    try:
        with alone(url):
            for manifest in histories:
                refuse_newer(manifest, current(engine, manifest.id if manifest else CORE_PLUGIN))
                with engine.execution_options(tx="write").connect() as conn:
                    done += _history(conn, manifest, down=down)
    finally:
        engine.dispose()
    return done


def _history(conn: Connection, manifest: Manifest | None, *, down: bool) -> list[str]:
    name = manifest.id if manifest else CORE_PLUGIN
    if manifest and not down:
        import_plugin(manifest)
    done = _run(conn, name, history(manifest), down=down)
    conn.rollback()  # a history that was up to date has only been read
    with conn.begin():
        if down:
            forget(conn, name)
        else:
            note(conn, manifest, revision=head(manifest))
    return done


def _run(conn: Connection, name: str, folder: Path, *, down: bool) -> list[str]:
    script = _script(folder)
    _check_names(script, folder)
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


def _check_names(script: ScriptDirectory, folder: Path) -> None:
    """Refuse a history that workers, who read names alone, would read otherwise."""
    steps = [step.revision for step in script.walk_revisions()]
    names = names_in(folder)
    if steps != names[::-1]:
        raise PortalError(f"{folder}: {', '.join(names)}. Name each file after its revision, the newest last.")


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
