"""What the inventory says, as values: enough to export, erase, date and drop rows without the plugin's code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.db import UtcDateTime
from portal.loader.inventory.models import InventoryPlugin, InventoryTable
from portal.loader.manifest import say

KINDS: dict[str, Any] = {
    "words": sa.String(),
    "json": sa.JSON(),
    "bytes": sa.LargeBinary(),
    "instant": UtcDateTime(),
    "date": sa.Date(),
    "flag": sa.Boolean(),
    "number": sa.Numeric(asdecimal=False),
    "whole": sa.Integer(),
    "person": sa.Integer(),
}
CLEAR, PSEUDONYM, DELETE = "clear", "pseudonym", "delete"


@dataclass(frozen=True, slots=True)
class ColumnSheet:
    """One column; the fields from `whose` on are those of `Personal`, and `why` is there by language.

    :ivar kind: one of KINDS
    :ivar on_erase: empty where the column is not personal
    """

    name: str
    kind: str
    nullable: bool = True
    whose: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    keep_days: int | None = None
    on_erase: str = ""
    since: tuple[str, ...] = ()
    at_end: str = ""
    secret: bool = False

    @property
    def is_personal(self) -> bool:
        """Tell whether it says something of a person."""
        return bool(self.on_erase)

    @property
    def reason(self) -> str:
        """Say why it is kept, in the language of the moment."""
        return say(dict(self.why))


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One table.

    :ivar key: columns of the primary key
    :ivar links: column → `table.column` it refers to
    :ivar of_plugin: columns holding the id of a plugin or a kind of its subjects (core tables)
    :ivar objects: (kind, name) of its indexes, triggers; `("virtual", name)` for a virtual table
    """

    name: str
    plugin: str
    clock: str
    key: tuple[str, ...]
    links: Mapping[str, str]
    columns: tuple[ColumnSheet, ...]
    of_plugin: tuple[str, ...] = ()
    objects: tuple[tuple[str, str], ...] = ()

    @property
    def sql(self) -> Any:
        """Give the table as SQLAlchemy writes it."""
        return sa.table(self.name, *(sa.column(item.name, KINDS[item.kind]) for item in self.columns))

    @property
    def personal(self) -> tuple[ColumnSheet, ...]:
        """Give the columns that say something of a person."""
        return tuple(item for item in self.columns if item.is_personal)

    def to_json(self) -> dict[str, Any]:
        """Write it for the database."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PluginSheet:
    """One plugin as the inventory remembers it."""

    id: str
    names: Mapping[str, str]
    version: str
    sheet: Mapping[str, Any]
    noted_at: datetime
    purged_at: datetime | None

    @property
    def name(self) -> str:
        """Give its name in the language of the moment."""
        return say(dict(self.names))


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it: tables in order, those referred to first; plugins by id, the core first."""

    tables: dict[str, TableSheet]
    plugins: dict[str, PluginSheet]

    def of(self, plugin: str) -> list[TableSheet]:
        """List the tables of one plugin."""
        return [sheet for sheet in self.tables.values() if sheet.plugin == plugin]

    def at(self, sheet: TableSheet, table: Any, path: str) -> sa.ColumnElement[Any]:
        """Give what stands at a path (`portal.db.Personal`), for the rows of `table`."""
        link, _dot, rest = path.partition(".")
        if not rest:
            column: sa.ColumnElement[Any] = table.c[link]
            return column
        other, _dot, column_name = sheet.links[link].partition(".")
        there = self.tables[other].sql.alias()
        found = sa.select(self.at(self.tables[other], there, rest)).where(there.c[column_name] == table.c[link])
        return found.correlate(table).scalar_subquery()


def read_inventory(conn: Any) -> Inventory:
    """Read the inventory of a collectivity, through a connection or a session."""
    # a plugin refers to the core and to itself, never to another plugin
    order = (InventoryTable.plugin != "portal", InventoryTable.plugin, InventoryTable.position)
    rows = conn.execute(sa.select(InventoryTable.content).order_by(*order))
    sheets = [_sheet(content) for (content,) in rows]
    plugins = conn.execute(sa.select(InventoryPlugin.__table__).order_by(InventoryPlugin.id != "portal", "id"))
    return Inventory(
        {sheet.name: sheet for sheet in sheets},
        {
            row.id: PluginSheet(row.id, row.names, row.version, row.sheet, row.noted_at, row.purged_at)
            for row in plugins
        },
    )


def noted_files(engine: Engine, plugin: str) -> str | None:
    """Give the hash of the files whose declarations are in the inventory."""
    with engine.connect() as conn:
        return conn.scalar(sa.select(InventoryPlugin.files_hash).where(InventoryPlugin.id == plugin))


def _sheet(content: dict[str, Any]) -> TableSheet:
    columns = tuple(ColumnSheet(**{**item, "since": tuple(item["since"])}) for item in content["columns"])
    lists = {name: tuple(content[name]) for name in ("key", "of_plugin")}
    objects = tuple((kind, name) for kind, name in content["objects"])
    return TableSheet(**{**content, **lists, "columns": columns, "objects": objects})
