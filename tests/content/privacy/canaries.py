"""A row in every table for a person, with a marker of its own in every column that says something of them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.db import CoreBase, UtcDateTime, db
from portal.loader.inventory.sheets import DELETE, PSEUDONYM, Inventory, TableSheet

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ALONE = {"portal_state", "audit_head", "audit", "inventory_plugins", "inventory_tables"}  # the portal's own words
UNNAMED = "SELECT max(id) FROM audit WHERE id NOT IN (SELECT audit_id FROM audit_person)"
PLAIN = ((UtcDateTime, LONG_AGO), (sa.Date, LONG_AGO.date()), (sa.Boolean, False), (sa.JSON, {}))
MARKER_LETTERS = 10
_numbers = count(9000)


def _holds_words(kind: Any) -> bool:
    """Tell whether a marker fits: not in a code of a few letters, which PostgreSQL would not cut."""
    fits = not isinstance(kind, sa.String) or kind.length is None or kind.length >= MARKER_LETTERS
    return isinstance(kind, sa.String | sa.JSON | sa.LargeBinary) and fits


class Canaries:
    """The markers of one person, by (table, column)."""

    def __init__(self, inventory: Inventory, person_id: int, *, name: str, stem: str) -> None:
        self.inventory, self.person_id, self.name, self.stem = inventory, person_id, name, stem
        self.markers: dict[tuple[str, str], str] = {}
        self._rows: dict[str, dict[str, Any]] = {"users": {"id": person_id}}

    def fill(self) -> Canaries:
        """Write them all."""
        users = CoreBase.metadata.tables["users"]
        db.session.execute(sa.update(users).where(users.c.id == self.person_id).values(self._of_user()))
        for sheet in self.inventory.tables.values():
            if sheet.name not in self._rows and sheet.name not in ALONE:
                self._insert(sheet)
        return self

    def kept(self) -> set[str]:
        """Give the markers that stay under a pseudonym: words of the collectivity's memory, in rows that stay."""
        return {
            self.markers[sheet.name, column.name]
            for sheet in self.inventory.tables.values()
            if sheet.name != "users" and not any(column.on_erase == DELETE for column in sheet.personal)
            for column in sheet.personal
            if column.on_erase == PSEUDONYM and (sheet.name, column.name) in self.markers
        }

    def of_strangers(self) -> set[str]:
        """Give the markers of nobody who has an account: guests, visitors, those filmed, files that name many."""
        return {
            self.markers[sheet.name, column.name]
            for sheet in self.inventory.tables.values()
            for column in sheet.personal
            if column.whose is None and (sheet.name, column.name) in self.markers
        }

    def told(self) -> set[str]:
        """Give the markers that the person's export must tell."""
        return {
            self.markers[sheet.name, column.name]
            for sheet in self.inventory.tables.values()
            for column in sheet.personal
            if (sheet.name, column.name) in self.markers and column.whose is not None and not column.secret
        }

    def _of_user(self) -> dict[str, Any]:
        sheet, table = self.inventory.tables["users"], CoreBase.metadata.tables["users"]
        words = [column for column in sheet.personal if column.kind == "words" and column.name != "name"]
        return {column.name: self._marker(sheet, table.c[column.name]) for column in words}

    def _insert(self, sheet: TableSheet) -> None:
        table = CoreBase.metadata.tables[sheet.name]
        personal = {column.name: column for column in sheet.personal}
        values = {}
        for column in table.columns:
            if column.name in personal and _holds_words(column.type):
                values[column.name] = self._marker(sheet, column, mention=personal[column.name].whose is None)
            elif column.name not in values:
                values[column.name] = self._plain(column)
        self._rows[sheet.name] = values
        db.session.execute(sa.insert(table).values(values))

    def _marker(self, sheet: TableSheet, column: sa.Column[Any], *, mention: bool = False) -> Any:
        marker = f"{self.stem}{next(_numbers)}"
        self.markers[sheet.name, column.name] = marker
        said = f"{marker} {self.name}" if mention and isinstance(column.type, sa.Text | sa.JSON) else marker
        if isinstance(column.type, sa.LargeBinary):
            return said.encode()
        return {"said": said} if isinstance(column.type, sa.JSON) else said

    def _plain(self, column: sa.Column[Any]) -> Any:
        for key in column.foreign_keys:
            other, _dot, name = key.target_fullname.partition(".")
            if other == "audit":
                return db.session.scalar(sa.text(UNNAMED))
            return self._rows[other][name] if other in self._rows else None
        found = [value for kind, value in PLAIN if isinstance(column.type, kind)]
        if found:
            return found[0]
        number = next(_numbers)
        return f"x{number}"[: column.type.length] if isinstance(column.type, sa.String) else number


def every_text(conn: sa.Connection) -> str:
    """Read every row of every table, as one text."""
    tables = sa.inspect(conn).get_table_names()
    rows = [conn.execute(sa.text(f'SELECT * FROM "{table}"')).all() for table in tables]
    return repr(rows)
