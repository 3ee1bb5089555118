"""What each collectivity wishes of its plugins, and what is set aside there."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from portal.db import PortalState, db, is_postgresql, side_write
from portal.errors import PluginFault
from portal.loader.breaking import move_revision
from portal.loader.faults import new_reference
from portal.loader.models import Breaker, PluginState, Quarantine


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an app is built from.

    :ivar wished: plugins that the collectivity has switched on
    :ivar aside: plugins quarantined on this machine
    :ivar cuts: (plugin, hook) → when it may be tried again
    """

    revision: int
    clock_offset_seconds: int
    wished: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    cuts: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def enabled(self) -> frozenset[str]:
        """Give what is on and sound here."""
        return self.wished - self.aside


def this_host() -> str:
    """Name this machine: `PORTAL_HOST`, else its host name. Machines that share a database differ by it."""
    return (os.environ.get("PORTAL_HOST") or socket.gethostname())[:120]


def snapshot(engine: Engine) -> Snapshot:
    """Read the revision first, then all the rest: what changes meanwhile has a later revision."""
    head = sa.select(PortalState.revision, PortalState.clock_offset_seconds, PluginState.id)
    with engine.connect() as conn:
        rows = conn.execute(head.outerjoin(PluginState, PluginState.is_on.is_(True))).all()
        aside = conn.scalars(sa.select(Quarantine.plugin).where(Quarantine.host == this_host())).all()
        cut = sa.select(Breaker.plugin, Breaker.hook, Breaker.next_try_at).where(Breaker.cut_at.is_not(None))
        cuts = {(plugin, hook): next_try_at for plugin, hook, next_try_at in conn.execute(cut) if next_try_at}
    wished = frozenset(row[2] for row in rows if row[2])
    return Snapshot(rows[0][0], rows[0][1], wished, frozenset(aside), cuts)


def states() -> dict[str, PluginState]:
    """Give the rows of the collectivity at work, by plugin."""
    return {row.id: row for row in db.session.scalars(sa.select(PluginState))}


def known_states(engine: Engine) -> list[str]:
    """List the plugins that were ever switched in a collectivity, outside any app."""
    with engine.connect() as conn:
        return list(conn.scalars(sa.select(PluginState.id)))


def switch(plugin: str, *, on: bool, at: datetime) -> bool:
    """Write the wish about a plugin, lift its quarantine, bump the revision; False if all was so already."""
    row = db.session.get(PluginState, plugin)
    if row is None:
        row = PluginState(id=plugin, is_on=False)
        db.session.add(row)
    if not lift(plugin) and row.is_on == on:
        return False
    row.is_on, row.changed_at = on, at
    db.session.flush()
    bump_revision()
    return True


def lift(plugin: str) -> bool:
    """Take a plugin back from its quarantine, on every machine, and close its cut hooks; False if it had none."""
    lifted = [
        db.session.scalars(statement).all()
        for statement in (
            sa.delete(Quarantine).where(Quarantine.plugin == plugin).returning(Quarantine.plugin),
            sa.delete(Breaker).where(Breaker.plugin == plugin, Breaker.cut_at.is_not(None)).returning(Breaker.plugin),
        )
    ]
    return any(lifted)


def bump_revision() -> None:
    """Tell every process to rebuild this collectivity's app before its next request."""
    db.session.execute(sa.update(PortalState).values(revision=PortalState.revision + 1))


def quarantine(engine: Engine, fault: PluginFault, *, files: str = "") -> None:
    """Set a broken plugin aside on this machine, with a date, a reason and a traceback; the wish stays.

    Several workers may find the same fault: the first date and reason stand, and the revision moves once.
    """
    with side_write(engine) as conn:
        insert: Any = (postgresql.insert if is_postgresql(conn) else sqlite.insert)(Quarantine)
        values = {"plugin": fault.plugin, "host": this_host(), "files": files, **_facts(fault)}
        first = insert.values(**values).on_conflict_do_nothing().returning(Quarantine.plugin)
        if conn.execute(first).all():
            move_revision(conn)


def renew_quarantine(conn: Connection, fault: PluginFault, *, files: str) -> None:
    """Say what breaks now, when another try broke otherwise than the one before."""
    same = sa.or_(Quarantine.reason != str(fault), Quarantine.files != files)
    here = sa.and_(Quarantine.plugin == fault.plugin, Quarantine.host == this_host())
    conn.execute(sa.update(Quarantine).where(here, same).values(files=files, **_facts(fault)))


def _facts(fault: PluginFault) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC),
        "phase": fault.phase,
        "reason": str(fault),
        "trace": fault.trace,
        "reference": new_reference(),
    }
