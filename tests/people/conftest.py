"""Fixtures of the people wing's tests."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import sqlalchemy as sa


@pytest.fixture
def statements(app):
    """Give a block that lists the SQL statements run in it."""

    @contextmanager
    def block():
        seen = []

        def note(conn, cursor, statement, *rest):
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        sa.event.listen(app.config["ENGINE"], "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(app.config["ENGINE"], "before_cursor_execute", note)

    return block
