"""Everything held about one person, read from the inventory: what an export tells and an erasure touches (trust P17).

Of a row that speaks of several people, only what is this person's is read, and what is personal to nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.db import db
from portal.loader.inventory.sheets import ColumnSheet, Inventory, TableSheet

UNSAID = "…"


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of one table that speak of a person.

    :ivar reasons: why each of the person's columns is kept, by column
    :ivar rows: JSON values by column; a secret is told as « … »
    """

    plugin: str
    table: str
    reasons: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> list[str]:
        """List the columns that some row tells."""
        return list(dict.fromkeys(name for row in self.rows for name in row))


def paths_of(sheet: TableSheet) -> list[str]:
    """List the ways by which a row of this table may speak of somebody."""
    return sorted({column.whose for column in sheet.personal if column.whose is not None})


def is_about(inventory: Inventory, sheet: TableSheet, table: Any, path: str, person_id: int) -> sa.ColumnElement[bool]:
    """Give the criterion of the rows that a path leads from to this person."""
    return inventory.at(sheet, table, path) == person_id


def holdings(inventory: Inventory, person_id: int) -> Iterator[Held]:
    """Read every table that speaks of a person; those that say nothing of them are left out."""
    for sheet in inventory.tables.values():
        rows = tuple(_rows(inventory, sheet, person_id))
        if rows:
            reasons = {column.name: column.reason for column in sheet.personal if column.whose is not None}
            yield Held(sheet.plugin, sheet.name, reasons, rows)


def _rows(inventory: Inventory, sheet: TableSheet, person_id: int) -> Iterator[dict[str, Any]]:
    paths, table = paths_of(sheet), sheet.sql
    if not paths:
        return
    about = [is_about(inventory, sheet, table, path, person_id) for path in paths]
    marks = [sa.func.coalesce(mine, sa.false()).label(f"mine_{number}") for number, mine in enumerate(about)]
    found = sa.select(table, *marks).where(sa.or_(*about)).order_by(*(table.c[name] for name in sheet.key))
    for row in db.session.execute(found).mappings():
        mine = {path for number, path in enumerate(paths) if row[f"mine_{number}"]}
        yield {column.name: _told(column, row[column.name]) for column in sheet.columns if _is_told(column, mine)}


def _is_told(column: ColumnSheet, mine: set[str]) -> bool:
    return not column.is_personal or column.whose in mine


def _told(column: ColumnSheet, value: Any) -> Any:
    if column.secret and value is not None:
        return UNSAID
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value
