"""Reading answers as a person does, and what the tests of several rooms of the house share."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.db import CoreBase

# What a refused request may still write: who was seen when, tries, faults (trust P4).
OPERATIONAL = frozenset({"sessions", "limits", "faults", "job_runs", "breakers", "meter", "quarantines"})


def words(answer: Any) -> str:
    """Give what a person reads, on one line, no-break spaces made plain."""
    body = re.sub(r"<(style|script|title)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body.replace("<wbr>", "")))
    return " ".join(text.replace("\u00a0", " ").split())


def token_in(answer: Any) -> str:
    """Give the CSRF token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.get_data(as_text=True))
    return found.group(1) if found else ""


def rows_hash(app: Flask, *, without: Iterable[str] = OPERATIONAL) -> str:
    """Hash every row of every table but the operational ones."""
    digest = hashlib.sha256()
    skipped = set(without)
    with app.config["ENGINE"].connect() as conn:
        for table in sorted(CoreBase.metadata.tables.values(), key=lambda table: table.name):
            if table.name in skipped or not sa.inspect(conn).has_table(table.name):
                continue
            rows = conn.execute(sa.select(table)).all()
            digest.update(f"{table.name}:{sorted(map(repr, rows))}".encode())
    return digest.hexdigest()


def device(client: FlaskClient) -> FlaskClient:
    """Give the same kind of browser, with the same cookies copied: what a thief would have."""
    copy = client.application.test_client()
    copy.environ_base.update(client.environ_base)
    with client.session_transaction() as mine, copy.session_transaction() as theirs:
        theirs.update(mine)
    return copy
