"""What an erasure asks beyond rows: bytes overwritten, a journal kept beside the backups.

SQLite overwrites at once. PostgreSQL keeps what was deleted in its files, also after its own vacuum, until its tables
are rewritten, which its operator asks for (decision 0019). The journal is `erasures-<collectivity>.jsonl` in the
instance folder: numbers and dates, no name. It is not in the backups, because it must know what was erased after them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from portal.db import is_postgresql
from portal.errors import Conflict
from portal.hosting.purging import sweep_exports
from portal.hosting.site import Site
from portal.loader.inventory.sheets import read_inventory
from portal.people.erasing import Forgotten, journal

LOCK_SECONDS = 1  # everybody who comes to a table waits behind the one that waits to rewrite it
STATISTICS = "pg_catalog.pg_statistic"  # keeps the names and addresses that a column holds most often
PATIENCE_SECONDS = 5
# A transaction that began before may still read what was deleted since: it would be copied.
OLDER_TRANSACTIONS = """
SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) FROM pg_stat_activity
WHERE datname = current_database() AND xact_start < %s AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
UNION ALL SELECT gid FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL SELECT slot_name::text FROM pg_replication_slots WHERE xmin IS NOT NULL
"""


def journal_path(site: Site) -> Path:
    """Give the file of the journal."""
    return site.instance.folder / f"erasures-{site.slug}.jsonl"


def read_journal(site: Site) -> list[Forgotten]:
    """Read the journal of an instance; empty where nobody was erased."""
    path = journal_path(site)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [_line(json.loads(line)) for line in lines if line.strip()]


def _line(said: dict[str, Any]) -> Forgotten:
    created_at, erased_at = (datetime.fromisoformat(said[name]) for name in ("user_created_at", "erased_at"))
    return Forgotten(said["user_id"], created_at, erased_at)


def keep_journal(site: Site) -> None:
    """Add to the journal what the database knows and the file does not; doing it twice adds nothing."""
    with site.engine.connect() as conn:
        done = journal(conn)
    known = set(read_journal(site))
    new = [line for line in done if line not in known]
    if not new:
        return
    path = journal_path(site)
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        for line in new:
            said = {"user_id": line.user_id, "user_created_at": line.user_created_at, "erased_at": line.erased_at}
            file.write(json.dumps(said, default=str) + "\n")
        file.flush()
        os.fsync(file.fileno())


def settle_erasure(site: Site) -> None:
    """Finish a committed erasure: the journal kept, exports of purged plugins deleted, bytes overwritten."""
    keep_journal(site)
    sweep_exports(site, days=0)
    overwrite(site.engine)


def overwrite(engine: Engine) -> bool:
    """Bring the write-ahead log of SQLite into its file and empty it; `secure_delete` has overwritten the rest.

    Tell whether nobody who reads it kept that from being done.
    """
    if is_postgresql(engine):
        return True
    conn = engine.raw_connection()
    try:
        raw: Any = conn.dbapi_connection
        return not raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        conn.close()


def rewrite(engine: Engine) -> Iterator[tuple[str, str]]:
    """Rewrite, one at a time, the tables of a PostgreSQL that speak of people; whoever comes to one waits meanwhile.

    Give each with what stood in the way, in French: nothing, where no byte of who was erased is left in its file.

    :raises Conflict: a transaction is open that began before
    """
    with engine.connect() as conn:
        names = [sheet.name for sheet in read_inventory(conn).tables.values() if sheet.personal]
    quote = engine.dialect.identifier_preparer.quote
    own = engine.raw_connection()
    own.detach()  # its settings go with it
    try:
        raw: Any = own.dbapi_connection
        raw.autocommit = True
        raw.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        _wait_for_the_older(raw)
        for table in [*map(quote, names), STATISTICS]:
            yield table, _rewritten(raw, table, engine.dialect.loaded_dbapi.Error)
    finally:
        own.close()


def _wait_for_the_older(raw: Any) -> None:
    (start,) = raw.execute("SELECT clock_timestamp()").fetchone()
    until = time.monotonic() + PATIENCE_SECONDS
    while older := [name for (name,) in raw.execute(OLDER_TRANSACTIONS, (start,))]:
        if time.monotonic() > until:
            raise Conflict(
                f"Rien n'est récrit : ce qui est ouvert peut encore lire ce qui a été effacé ({', '.join(older)})."
            )
        time.sleep(0.1)


def _rewritten(raw: Any, table: str, broken: type[Exception]) -> str:
    before = _file_of(raw, table)
    try:
        raw.execute(f"VACUUM (FULL, ANALYZE) {table}")
    except broken as error:
        return f"{type(error).__name__} : {str(error).splitlines()[0]}"
    return "" if _file_of(raw, table) != before else "ce rôle n'en est pas propriétaire"


def _file_of(raw: Any, table: str) -> Any:
    return raw.execute("SELECT pg_relation_filenode(%s::regclass)", (table,)).fetchone()
