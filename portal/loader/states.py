"""What each collectivity wishes of its plugins, and what is quarantined there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.db import PortalState, db, side_write
from portal.errors import PluginFault
from portal.loader.faults import new_reference
from portal.loader.models import PluginState


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an app is built from: read in one statement."""

    revision: int
    clock_offset_seconds: int
    enabled: frozenset[str]


def snapshot(engine: Engine) -> Snapshot:
    """Read revision, clock and the plugins that are on and sound."""
    on = sa.and_(PluginState.is_on, PluginState.quarantined_at.is_(None))
    statement = sa.select(PortalState.revision, PortalState.clock_offset_seconds, PluginState.id).outerjoin(
        PluginState, on
    )
    with engine.connect() as conn:
        rows = conn.execute(statement).all()
    return Snapshot(rows[0][0], rows[0][1], frozenset(row[2] for row in rows if row[2]))


def states() -> dict[str, PluginState]:
    """Give the rows of the collectivity at work, by plugin."""
    return {row.id: row for row in db.session.scalars(sa.select(PluginState))}


def switch(plugin: str, *, on: bool, at: datetime) -> bool:
    """Write the wish about a plugin, clear its quarantine, and bump the revision; False if it was so already."""
    row = db.session.get(PluginState, plugin)
    if row is None:
        row = PluginState(id=plugin, is_on=False)
        db.session.add(row)
    if row.is_on == on and row.quarantined_at is None:
        return False
    row.is_on, row.changed_at = on, at
    row.quarantined_at = row.phase = row.reason = row.trace = row.reference = None
    db.session.flush()
    bump_revision()
    return True


def bump_revision() -> None:
    """Tell every process to rebuild this collectivity's app before its next request."""
    db.session.execute(sa.update(PortalState).values(revision=PortalState.revision + 1))


def quarantine(engine: Engine, fault: PluginFault) -> None:
    """Set a broken plugin aside, with a date, a reason and a traceback; the wish stays.

    Several workers may find the same fault: the first date and reason stand.
    """
    values = {
        "quarantined_at": datetime.now(UTC),
        "phase": fault.phase,
        "reason": str(fault),
        "trace": fault.trace,
        "reference": new_reference(),
    }
    sound = sa.update(PluginState).where(PluginState.id == fault.plugin, PluginState.quarantined_at.is_(None))
    with side_write(engine) as conn:
        conn.execute(sound.values(**values))
