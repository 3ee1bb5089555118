"""What an erasure asks beyond rows: bytes of a SQLite file overwritten, a journal kept beside the backups.

The journal is `erasures-<collectivity>.jsonl` in the instance folder: numbers and dates, no name. It is not in the
backups, because it must know what was erased after them.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from portal.db import is_postgresql
from portal.hosting.purging import sweep_exports
from portal.hosting.site import Site
from portal.people.erasing import Forgotten, journal


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


def overwrite(engine: Engine) -> None:
    """Bring the write-ahead log of SQLite into its file and empty it; `secure_delete` has overwritten the rest.

    PostgreSQL does it by itself (autovacuum, end of its own log).
    """
    if is_postgresql(engine):
        return
    conn = engine.raw_connection()
    try:
        raw: Any = conn.dbapi_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        conn.close()
