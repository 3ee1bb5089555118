"""Copy what a plugin, or the core, declares into the database: at each migration, in the process that migrates."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase

from portal import texts
from portal.db import CoreBase, Personal, UtcDateTime, is_postgresql, plugin_base
from portal.errors import ConfigError
from portal.loader.discovery import PORTAL_VERSION, files_hash
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.inventory.declaring import at_end_of, is_person, since_of
from portal.loader.inventory.models import InventoryPlugin, InventoryTable
from portal.loader.inventory.sheets import ColumnSheet, TableSheet
from portal.loader.manifest import RESERVED, Manifest

CORE_SHEET = Path(__file__).parent / "core.toml"
TYPES: tuple[tuple[type[Any], str], ...] = (
    (UtcDateTime, "instant"),
    (sa.DateTime, "instant"),
    (sa.Date, "date"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.Boolean, "flag"),
    (sa.Integer, "whole"),
    (sa.Numeric, "number"),
)
TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace",
}
VIRTUAL = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')"


def note(conn: Connection, manifest: Manifest | None, *, revision: str | None) -> None:
    """Write what a plugin (None: the core) declares now, in place of what it declared before.

    :param conn: in write mode, after the migration; the plugin is imported
    :raises ConfigError: a table of the core has no model in this process: the inventory would forget it
    """
    plugin = manifest.id if manifest else CORE_PLUGIN
    base: Any = plugin_base(plugin) if manifest else CoreBase
    sheets = _described(conn, plugin, base)
    forget(conn, plugin)
    head = manifest or _core()
    conn.execute(
        sa.insert(InventoryPlugin).values(
            id=plugin,
            names=head.name,
            version=head.version,
            revision=revision,
            files_hash=files_hash(manifest.id) if manifest else PORTAL_VERSION,
            sheet={**head.privacy, "hosts": head.network.get("hosts", [])},
            noted_at=datetime.now(UTC),
        )
    )
    for position, sheet in enumerate(sheets):
        values = {"name": sheet.name, "plugin": plugin, "position": position, "content": sheet.to_json()}
        conn.execute(sa.insert(InventoryTable).values(**values))


def forget(conn: Connection, plugin: str) -> None:
    """Take a plugin out of the inventory."""
    if not sa.inspect(conn).has_table(InventoryTable.__tablename__):  # the core has gone down too
        return
    conn.execute(sa.delete(InventoryTable).where(InventoryTable.plugin == plugin))
    conn.execute(sa.delete(InventoryPlugin).where(InventoryPlugin.id == plugin))


def _core() -> Manifest:
    words = tomllib.loads(CORE_SHEET.read_text(encoding="utf-8"))
    folder = CORE_SHEET.parent
    return Manifest(CORE_PLUGIN, words["name"], {}, PORTAL_VERSION, 1, "", folder, "portal", privacy=words["data"])


def _described(conn: Connection, plugin: str, base: type[DeclarativeBase]) -> list[TableSheet]:
    """Describe every table, those referred to first; one without a model (made by hand, virtual) has no columns."""
    models = {mapper.local_table.name: mapper.class_ for mapper in base.registry.mappers}  # type: ignore[attr-defined]
    there, virtual = tables_of(conn, plugin)
    unknown = there - set(models)
    if unknown and plugin == CORE_PLUGIN:
        raise ConfigError(f"tables of the core without a model: {', '.join(sorted(unknown))}")
    triggers = conn.execute(sa.text(TRIGGERS[conn.dialect.name])).all()
    ordered = [table for table in base.metadata.sorted_tables if table.name in models and table.name in there]
    described = [_sheet(plugin, table, models[table.name], triggers) for table in ordered]
    made_by_hand = [_bare(plugin, name, virtual, triggers) for name in sorted(unknown)]
    return described + made_by_hand


def tables_of(conn: Connection, plugin: str) -> tuple[set[str], set[str]]:
    """Give the names of a plugin's tables in the database, and which of them are virtual; shadows are theirs."""
    found = [] if is_postgresql(conn) else conn.execute(sa.text(VIRTUAL)).all()
    kinds = {str(row.name): str(row.type) for row in found}
    names = {name for name in sa.inspect(conn).get_table_names() if kinds.get(name) != "shadow"}
    ours = {name for name in names if owner_of(name) == plugin}
    return ours, {name for name in ours if name in kinds}


def owner_of(table: str) -> str:
    """Say to whom a table belongs, by its name: `<plugin>_…`, else the core; empty for Alembic's own."""
    prefix, underscore, _rest = table.partition("_")
    if prefix == "alembic":
        return ""
    return prefix if underscore and prefix not in RESERVED else CORE_PLUGIN


def _sheet(plugin: str, table: Any, model: Any, triggers: Any) -> TableSheet:
    return TableSheet(
        name=table.name,
        plugin=plugin,
        clock=model.__clock__,
        key=tuple(column.name for column in table.primary_key),
        links={column.name: key.target_fullname for column in table.columns for key in column.foreign_keys},
        columns=tuple(_column(plugin, column, model.__personal__.get(column.name)) for column in table.columns),
        of_plugin=tuple(model.__of_plugin__),
        objects=(*(("index", str(index.name)) for index in table.indexes), *_triggers(table.name, triggers)),
    )


def _triggers(table: str, triggers: Any) -> Iterator[tuple[str, str]]:
    return (("trigger", name) for owner, name in triggers if owner == table)


def _bare(plugin: str, name: str, virtual: set[str], triggers: Any) -> TableSheet:
    kinds = (("virtual", name),) if name in virtual else ()
    return TableSheet(name, plugin, "domain", (), {}, (), objects=(*kinds, *_triggers(name, triggers)))


def _column(plugin: str, column: sa.Column[Any], personal: Personal | None) -> ColumnSheet:
    kind = "person" if is_person(column) else next((k for t, k in TYPES if isinstance(column.type, t)), "words")
    if personal is None:
        return ColumnSheet(column.name, kind, bool(column.nullable))
    return ColumnSheet(
        name=column.name,
        kind=kind,
        nullable=bool(column.nullable),
        whose=personal.whose,
        why=_in_each_language(plugin, personal.why),
        keep_days=personal.keep_days,
        on_erase=personal.on_erase,
        since=since_of(column.table, personal) if personal.keep_days is not None else (),
        at_end=at_end_of(personal),
        secret=personal.secret,
    )


def _in_each_language(plugin: str, key: str) -> dict[str, str]:
    """Translate now: the catalogue goes with the package."""
    said = {}
    for spoken in texts.languages():
        token = texts.language.set(spoken)
        said[spoken] = texts.dgettext(plugin, key)
        texts.language.reset(token)
    return said
