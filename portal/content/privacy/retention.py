"""Retention: what has been kept long enough goes, in batches, whatever the state of the plugin (trust P17).

Everything is read from the inventory, so a plugin that is off, quarantined or gone is served like the others. Instants
of a table are those of its clock: *domain* for what people live in the portal, *real* for what guards it (sessions,
links, the log), so that a demonstration set in the past loses nothing of its story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import now, real_now
from portal.db import UtcDateTime, db
from portal.loader.inventory.sheets import CLEAR, DELETE, ColumnSheet, Inventory, TableSheet, read_inventory
from portal.values import Subject

BATCH_ROWS = 500
EVERYBODY = Subject("portal.instance", 0)
EMPTY: dict[str, Any] = {"words": "", "json": {}, "bytes": b""}


@dataclass(frozen=True, slots=True)
class Rule:
    """Columns of one table whose days count from the same instant, and end the same way."""

    sheet: TableSheet
    columns: tuple[ColumnSheet, ...]

    @property
    def at_end(self) -> str:
        """Say what happens to them: *clear* or *delete*."""
        return self.columns[0].at_end

    @property
    def keep_days(self) -> int:
        """Give how long they are kept."""
        return self.columns[0].keep_days or 0


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule would erase now.

    :ivar before: the days of these rows began before that instant
    """

    rule: Rule
    before: datetime
    rows: int


def empty_of(column: ColumnSheet) -> Any:
    """Give what stands in a column once it is emptied."""
    return sa.null() if column.nullable else EMPTY[column.kind]


def is_filled(table: Any, column: ColumnSheet) -> sa.ColumnElement[bool]:
    """Give the criterion of the rows where there is something to empty."""
    found: sa.ColumnElement[Any] = table.c[column.name]
    if column.nullable:
        return found.is_not(None)
    return sa.cast(found, sa.Text) != "{}" if column.kind == "json" else found != EMPTY[column.kind]


def rules_of(inventory: Inventory) -> list[Rule]:
    """List the rules; a table comes before those it refers to, so that nothing is orphaned."""
    return [rule for sheet in reversed(inventory.tables.values()) for rule in _rules(sheet)]


def _rules(sheet: TableSheet) -> Iterator[Rule]:
    groups: dict[Any, list[ColumnSheet]] = {}
    for column in sheet.personal:
        if column.keep_days is not None and sheet.key:
            whose = column.whose if column.at_end == DELETE else None
            groups.setdefault((column.at_end, column.keep_days, column.since, whose), []).append(column)
    return (Rule(sheet, tuple(columns)) for columns in groups.values())


def _before(rule: Rule) -> datetime:
    at = real_now() if rule.sheet.clock == "real" else now()
    return at - timedelta(days=rule.keep_days)


def _is_due(inventory: Inventory, rule: Rule, table: Any) -> sa.ColumnElement[bool]:
    first = rule.columns[0]
    instants = [inventory.at(rule.sheet, table, path) for path in first.since]
    since = sa.func.coalesce(*instants) if len(instants) > 1 else instants[0]
    over = since <= sa.literal(_before(rule), UtcDateTime())
    if rule.at_end == CLEAR:
        return sa.and_(over, sa.or_(*(is_filled(table, column) for column in rule.columns)))
    if first.whose is None:
        return over
    return sa.and_(over, inventory.at(rule.sheet, table, first.whose).is_not(None))


def due(inventory: Inventory) -> list[Due]:
    """Say what would go now, rule by rule; nothing is written."""
    found = []
    for rule in rules_of(inventory):
        table = rule.sheet.sql
        counted = sa.select(sa.func.count()).select_from(table).where(_is_due(inventory, rule, table))
        found.append(Due(rule, _before(rule), db.session.scalar(counted) or 0))
    return found


def erase_batch(inventory: Inventory, rule: Rule) -> int:
    """Apply a rule to at most 500 rows; say to how many."""
    table = rule.sheet.sql
    key = [table.c[name] for name in rule.sheet.key]
    chosen = sa.select(*key).where(_is_due(inventory, rule, table)).limit(BATCH_ROWS)
    within = sa.tuple_(*key).in_(chosen) if len(key) > 1 else key[0].in_(chosen)
    if rule.at_end == DELETE:
        done: Any = db.session.execute(sa.delete(table).where(within))
    else:
        emptied = {column.name: empty_of(column) for column in rule.columns}
        done = db.session.execute(sa.update(table).where(within).values(emptied))
    return int(done.rowcount)


def run_retention(at: datetime) -> bool:
    """Erase one batch of what is due, record how many rows, and tell whether there may be more.

    Repeatable: what is gone is not due. The audit says which table and how many, never whose.
    """
    inventory = read_inventory(db.session)
    for rule in rules_of(inventory):
        rows = erase_batch(inventory, rule)
        if rows:
            facts = {"table": rule.sheet.name, "rows": rows, "act": rule.at_end, "days": rule.keep_days}
            record("portal.retention_ran", EVERYBODY, actor=None, at=at, facts=facts)
            return True
    return False
