"""The two clocks: the domain's, which a demonstration may set back, and the security clock, always real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from portal.db import PortalState, db


def real_now() -> datetime:
    """Give the real instant, aware UTC: sessions, links and limits use this one."""
    return datetime.now(UTC)


def now() -> datetime:
    """Give the instant of the domain in this collectivity, aware UTC: real time plus its stored offset."""
    return real_now() + timedelta(seconds=current_app.config["CLOCK_OFFSET_SECONDS"])


def set_domain_clock(instant: datetime) -> None:
    """Make the domain clock of this collectivity show `instant` now, and run on from there.

    Bumps the revision, so that every worker rebuilds its app with the new offset.
    """
    offset = round((instant - real_now()).total_seconds())
    db.session.execute(sa.update(PortalState).values(clock_offset_seconds=offset, revision=PortalState.revision + 1))
    current_app.config["CLOCK_OFFSET_SECONDS"] = offset
