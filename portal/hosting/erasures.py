"""What an erasure asks beyond rows: bytes overwritten, a journal kept beside the backups.

SQLite overwrites at once. PostgreSQL keeps what was deleted in its files, also after its own vacuum: `portal work`
rewrites its tables the night after. The journal is `erasures-<collectivity>.jsonl` in the instance folder: numbers and
dates, no name. It is not in the backups, because it must know what was erased after them.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.content.clock import real_now
from portal.content.models import Erasure, JobRun
from portal.content.turns import claim_turn, end_turn
from portal.db import is_postgresql
from portal.hosting.purging import sweep_exports
from portal.hosting.site import Site
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.inventory.sheets import read_inventory
from portal.people.erasing import Forgotten, journal

log = logging.getLogger(__name__)
NIGHT = range(1, 5)  # hours of the collectivity
LOCK_MILLISECONDS = 500  # how long everybody who comes to a table waits behind its rewriting that waits
RETRY = timedelta(hours=1)
REWRITING = (CORE_PLUGIN, "rewriting")
# It is due at its beginning once it is done: one that was killed, or found a table locked, is due later than it began.
DONE_AT = (
    sa.select(JobRun.ran_at)
    .where(JobRun.plugin == REWRITING[0], JobRun.job == REWRITING[1], JobRun.due_at <= JobRun.ran_at)
    .scalar_subquery()
)
OWED_SINCE = sa.select(sa.func.min(Erasure.erased_at)).where(sa.or_(DONE_AT.is_(None), Erasure.erased_at > DONE_AT))


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
    """Bring the write-ahead log of SQLite into its file and empty it; `secure_delete` has overwritten the rest."""
    if is_postgresql(engine):
        return
    conn = engine.raw_connection()
    try:
        raw: Any = conn.dbapi_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        conn.close()


def rewrite_by_night(site: Site) -> None:
    """Rewrite, at night, the tables of a PostgreSQL where somebody was erased: no byte of them is left in its files."""
    hour = real_now().astimezone(ZoneInfo(site.collectivity.timezone)).hour
    if hour not in NIGHT or not is_postgresql(site.engine):
        return
    with site.engine.connect() as conn:
        if conn.scalar(OWED_SINCE) is None:
            return
    started = real_now()
    if claim_turn(site.engine, *REWRITING):
        end_turn(site.engine, *REWRITING, due_at=started if _rewritten(site.engine) else started + RETRY)


def _rewritten(engine: Engine) -> bool:
    """Rewrite every table that speaks of people, one at a time; tell whether none was held meanwhile."""
    with engine.connect() as conn:
        names = [sheet.name for sheet in read_inventory(conn).tables.values() if sheet.personal]
    quote = engine.dialect.identifier_preparer.quote
    own = engine.raw_connection()
    own.detach()  # its settings go with it
    held = 0
    try:
        raw: Any = own.dbapi_connection
        raw.autocommit = True
        raw.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")
        for name in names:
            try:
                raw.execute(f"VACUUM (FULL, ANALYZE) {quote(name)}")
            except engine.dialect.loaded_dbapi.Error as error:  # the others go on
                held += 1
                log.warning("table not rewritten", exc_info=error)
    finally:
        own.close()
    return not held
