"""Two transactions that meet: one holds what the other asks for."""

from __future__ import annotations

from threading import Event

import pytest
import sqlalchemy as sa

from portal.api import session

PATIENCE_SECONDS = 10


def wait_until_somebody_waits() -> None:
    """Wait until another connection asks for what this one holds."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _look in range(PATIENCE_SECONDS * 20):
        if session.scalar(waiting):
            return
        Event().wait(0.05)
    pytest.fail("nobody came")
