#!/usr/bin/env python3
"""Check that an audit log was not quietly changed, without the portal: this file needs Python and nothing else.

    python verify_audit.py portal.db             a SQLite database, or a copy of one
    python verify_audit.py audit.jsonl           one entry a line, from PostgreSQL:
    psql -At DATABASE -c "SELECT row_to_json(a) FROM audit a ORDER BY id" > audit.jsonl

Each entry holds the SHA-256 of its own words and of the hash of the entry before it. It prints the last number and the
last hash: kept elsewhere, they prove later that nothing was cut off the end. Ends with 0 when the chain is whole, 1
when it is not, 2 when there is nothing to read.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

COLUMNS = ("id", "at", "recorded_at", "action", "subject_kind", "subject_id", "facts", "commitment", "previous_hash")
FIRST = "0" * 64


def entries(path: Path) -> Iterator[dict[str, Any]]:
    """Read the entries, oldest first."""
    if path.suffix in {".jsonl", ".json"}:
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())
        return
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    for row in base.execute("SELECT * FROM audit ORDER BY id"):
        yield {**dict(row), "facts": json.loads(row["facts"])}
    base.close()


def instant(text: str) -> str:
    """Write an instant as it was when it was hashed: UTC, to the microsecond."""
    moment = datetime.fromisoformat(text)
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return known.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(entry: dict[str, Any]) -> str:
    """Hash an entry as the portal did."""
    body = {name: instant(entry[name]) if name in {"at", "recorded_at"} else entry[name] for name in COLUMNS}
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def verify(path: Path) -> tuple[int, str, list[str]]:
    """Walk the chain; give the last number, the last hash, and what is wrong, one sentence each."""
    wrong, number, last = [], 0, FIRST
    for entry in entries(path):
        if entry["id"] != number + 1:
            wrong.append(f"entry {entry['id']} follows entry {number}: something was taken out")
        if entry["previous_hash"] != last:
            wrong.append(f"entry {entry['id']} does not follow from the one before it")
        if hash_of(entry) != entry["hash"]:
            wrong.append(f"entry {entry['id']} was changed")
        number, last = entry["id"], entry["hash"]
    return number, last, wrong


def main(arguments: list[str]) -> int:
    """Check the file that is named."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print(__doc__)
        return 2
    number, last, wrong = verify(Path(arguments[0]))
    for sentence in wrong:
        print(sentence)
    print(f"{number} entries, last hash {last}: {'NOT WHOLE' if wrong else 'whole'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
