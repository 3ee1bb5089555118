"""Which revision of its tables a plugin has in the code and in the database, read by every worker.

Without Alembic, which takes 11 MB in each of them and is only needed to migrate: a file is named after its revision,
and the newest is the last by name. `migrating` refuses a history that is not so.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.engines import make_engine
from portal.errors import Outdated
from portal.loader.manifest import Manifest

CORE_FOLDER = Path(__file__).parent.parent / "migrations"
LOCK_KEY = 0x706F7274616C  # "portal": any number, the same for every process


def version_table(plugin: str) -> str:
    """Name the version table of a plugin."""
    return f"alembic_version_{plugin}"


def history(manifest: Manifest | None) -> Path:
    """Give the folder of the revisions of a plugin (None: of the core)."""
    return manifest.migrations if manifest else CORE_FOLDER / "versions"


def names_in(folder: Path) -> list[str]:
    """List the revisions in a folder, oldest first; none if it is not there."""
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def head(manifest: Manifest | None) -> str | None:
    """Give the newest revision of a plugin (None: of the core) in the code; None without migrations."""
    return next(reversed(names_in(history(manifest))), None)


def knows(manifest: Manifest | None, revision: str) -> bool:
    """Tell whether the code of a plugin (None: of the core) has a revision; a newer database has one it has not."""
    return revision in names_in(history(manifest))


def refuse_newer(manifest: Manifest | None, revision: str | None) -> None:
    """Refuse tables that the code of a plugin (None: of the core) does not know: nobody may work on them with it.

    :raises Outdated: says which, and what to do
    """
    if revision is not None and not knows(manifest, revision):
        raise Outdated(
            f"Les tables de « {manifest.id if manifest else 'portal'} » en sont à {revision}, inconnue ici : elles "
            "viennent d'un code plus récent. Mettez le code à jour d'abord."
        )


def current(engine: Engine, plugin: str) -> str | None:
    """Give the revision the database has for a plugin; None if it was never migrated."""
    table = version_table(plugin)
    with engine.connect() as conn:
        if not sa.inspect(conn).has_table(table):
            return None
        found: str | None = conn.scalar(sa.select(sa.column("version_num")).select_from(sa.table(table)))
        return found


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the migration lock of one database: a file beside SQLite, an advisory lock in PostgreSQL."""
    address = sa.engine.make_url(url)
    if address.get_backend_name() == "sqlite":
        with Path(f"{address.database}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    engine = make_engine(url, lock_seconds=0)  # a migration takes the time it takes
    try:
        with engine.connect() as conn:
            conn.execute(sa.select(sa.func.pg_advisory_lock(LOCK_KEY)))
            yield
    finally:
        engine.dispose()
