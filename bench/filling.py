"""Many rows of a table at once, on either database, and the people they speak of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import Engine

USERS = 500
READER = 1
WORDS = (
    "comptoir",
    "file",
    "badge",
    "parking",
    "cantine",
    "courrier",
    "accueil",
    "réunion",
    "mobilier",
    "signalétique",
)
DAY = timedelta(days=1)


class Filler:
    """Writes many rows of a table at once, on either database."""

    def __init__(self, engine: Engine) -> None:
        self.is_sqlite = engine.dialect.name == "sqlite"
        address = engine.url
        if self.is_sqlite:
            self.raw: Any = sqlite3.connect(str(address.database).removeprefix("file:"), isolation_level=None)
            self.raw.execute("PRAGMA synchronous=OFF")
            self.raw.execute("PRAGMA cache_size=-400000")
            self.raw.execute("BEGIN")
        else:
            self.raw = psycopg.connect(host=str(address.query["host"]), user=address.username, dbname=address.database)

    def instant(self, value: datetime) -> object:
        """Write an instant as the portal's own column type does."""
        return value.strftime("%Y-%m-%d %H:%M:%S.%f") if self.is_sqlite else value

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write the rows."""
        if self.is_sqlite:
            holes = ", ".join("?" * len(columns))
            self.raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({holes})", rows)
            return
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        order = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self.raw.cursor() as cursor, cursor.copy(order) as copy:
            for row in rows:
                copy.write_row(row)
        if columns[0] == "id" and table != "audit":
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            self.raw.execute(last)

    def close(self, *, last_audit: int) -> None:
        """Commit; a PostgreSQL gathers its statistics, as its autovacuum would; a SQLite file is left as filled."""
        self.raw.execute(f"UPDATE audit_head SET last_id = {last_audit}")
        if self.is_sqlite:
            self.raw.execute("COMMIT")
            self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self.raw.commit()
            self.raw.autocommit = True
            self.raw.execute("VACUUM ANALYZE")
        self.raw.close()
