"""Purge a plugin: its rows exported to the machine, then its tables dropped, from the inventory, with or without code.

All in one transaction, on SQLite too: killed in the middle, nothing has happened. The export stays on the server, for
its operator alone: handed to an administrator, it would open every private entry (P19). It goes after 30 days, and at
the next erasure of a person, since nothing can be erased inside it.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from portal.content.audit import write_entry
from portal.content.clock import now, real_now
from portal.db import is_postgresql
from portal.engines import make_engine
from portal.errors import Conflict, NotFound, PortalError
from portal.hosting.site import Site
from portal.loader.discovery import name_of, scan
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.inventory.models import InventoryPlugin, InventoryTable
from portal.loader.inventory.noting import owner_of, tables_of
from portal.loader.inventory.sheets import Inventory, TableSheet, read_inventory
from portal.loader.manifest import ID
from portal.loader.models import PluginState
from portal.loader.revisions import alone, version_table
from portal.texts import CORE, texts
from portal.values import Subject
from portal.web.exports import safe_cell

_ = texts(CORE)
EXPORT_DAYS = 30
BATCH = 500
EVERY_PLUGIN = Subject("portal.plugin", 0)
VIEWS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'view'",
    "postgresql": "SELECT viewname FROM pg_views WHERE schemaname = current_schema()",
}
ROUTINES = "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'"


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge would take away.

    :ivar name: of the plugin, in words; its id where nobody remembers
    :ivar tables: (name, rows) of its own tables
    :ivar shared: (name, rows) of the core's tables where rows are its own: tokens, links, files, notices, settings…
    :ivar holders: tables of other plugins that refer to its own: they stand in the way
    """

    plugin: str
    name: str
    is_on: bool
    tables: tuple[tuple[str, int], ...]
    shared: tuple[tuple[str, int], ...]
    holders: tuple[str, ...]

    def check(self) -> None:
        """Refuse what cannot be purged now.

        :raises NotFound: it keeps nothing here
        :raises Conflict: it is on, or another plugin's table refers to its own
        """
        if not self.tables and not self.shared:
            raise NotFound(_("This plugin keeps nothing here."))
        if self.is_on:
            raise Conflict(_("It is on. Switch it off first."))
        if self.holders:
            names = ", ".join(f"{name_of(owner_of(table))} ({table})" for table in self.holders)
            raise Conflict(_("Others refer to what it keeps: %(names)s. Purge them first.", names=names))


def purge_plan(site: Site, plugin: str) -> PurgePlan:
    """Say what a purge would take away; nothing is written.

    :raises NotFound: no such plugin
    """
    with site.engine.connect() as conn:
        return _plan(conn, plugin)


def purge_plugin(site: Site, plugin: str, *, actor_id: int | None, export_to: Path | None = None) -> Path:
    """Export a plugin's rows, drop its tables and what the core holds for it; give the file of the export.

    :param export_to: by default a file of the instance, kept 30 days
    :raises Conflict: it is on, or another plugin's table refers to its own
    :raises NotFound: it keeps nothing here
    :raises sqlalchemy.exc.OperationalError: others were still reading; nothing has changed
    """
    target = export_to or purged_folder(site) / f"{site.slug}-{plugin}-{real_now():%Y%m%d%H%M%S%f}.zip"
    engine = make_engine(site.url, foreign_keys=False)
    try:
        with alone(site.url), engine.execution_options(tx="write").begin() as conn:
            plan = _plan(conn, plugin)
            plan.check()
            with _exported(conn, plan, target):
                _drop(conn, plan)
                _forget(conn, plan, actor_id=actor_id)
                _check_keys(conn)
    finally:
        engine.dispose()
    return target


def purged_folder(site: Site) -> Path:
    """Give the folder of the exports: beside the collectivities, so that no backup takes them along."""
    return site.instance.folder / "purged"


def sweep_exports(site: Site, *, days: int = EXPORT_DAYS) -> list[Path]:
    """Delete the exports of purges older than so many days; list them."""
    limit = (real_now() - timedelta(days=days)).timestamp()
    old = [path for path in purged_folder(site).glob(f"{site.slug}-*.zip") if path.stat().st_mtime <= limit]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _plan(conn: Connection, plugin: str) -> PurgePlan:
    if plugin == CORE_PLUGIN or not ID.fullmatch(plugin):
        raise NotFound(_("No plugin has this name here."))
    inventory = read_inventory(conn)
    names, _virtual = tables_of(conn, plugin)
    noted = [sheet.name for sheet in reversed(inventory.of(plugin)) if sheet.name in names]
    ordered = noted + sorted(names - set(noted))
    known = inventory.plugins.get(plugin)
    return PurgePlan(
        plugin,
        known.name if known else plugin,
        bool(conn.scalar(sa.select(PluginState.is_on).where(PluginState.id == plugin))),
        tuple((name, _count(conn, sa.table(name))) for name in ordered),
        tuple(_shared(conn, inventory, plugin)),
        tuple(sorted(_holders(conn, plugin, names))),
    )


def _count(conn: Connection, table: Any, *criteria: Any) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(table).where(*criteria)) or 0


def _its_rows(sheet: TableSheet, table: Any, plugin: str) -> sa.ColumnElement[bool]:
    """Give the criterion of the rows of a core table that are a plugin's: its id, or a kind or scope of its own."""
    columns = [table.c[name] for name in sheet.of_plugin]
    return sa.or_(*(sa.or_(column == plugin, column.startswith(f"{plugin}.")) for column in columns))


def _shared(conn: Connection, inventory: Inventory, plugin: str) -> Iterator[tuple[str, int]]:
    for sheet in inventory.of(CORE_PLUGIN):
        table = sheet.sql
        rows = _count(conn, table, _its_rows(sheet, table, plugin)) if sheet.of_plugin else 0
        if rows:
            yield sheet.name, rows


def _holders(conn: Connection, plugin: str, names: set[str]) -> Iterator[str]:
    seen = sa.inspect(conn)
    for table in seen.get_table_names():
        if owner_of(table) != plugin and any(key["referred_table"] in names for key in seen.get_foreign_keys(table)):
            yield table


def _drop(conn: Connection, plan: PurgePlan) -> None:
    quote = conn.dialect.identifier_preparer.quote
    prefix = f"{plan.plugin}_"
    views = [name for name in conn.scalars(sa.text(VIEWS[conn.dialect.name])) if name.startswith(prefix)]
    for name in views:
        conn.execute(sa.text(f"DROP VIEW {quote(name)}"))
    tables = [quote(name) for name, _rows in plan.tables]
    for listed in [", ".join(tables)] if is_postgresql(conn) and tables else tables:
        conn.execute(sa.text(f"DROP TABLE {listed}"))
    conn.execute(sa.text(f"DROP TABLE IF EXISTS {quote(version_table(plan.plugin))}"))
    if is_postgresql(conn):
        for name in [name for name in conn.scalars(sa.text(ROUTINES)) if name.startswith(prefix)]:
            conn.execute(sa.text(f"DROP FUNCTION {quote(name)}"))


def _forget(conn: Connection, plan: PurgePlan, *, actor_id: int | None) -> None:
    inventory = read_inventory(conn)
    for sheet in reversed(inventory.of(CORE_PLUGIN)):
        if sheet.of_plugin:
            table = sheet.sql
            conn.execute(sa.delete(table).where(_its_rows(sheet, table, plan.plugin)))
    conn.execute(sa.delete(InventoryTable).where(InventoryTable.plugin == plan.plugin))
    own = InventoryPlugin.id == plan.plugin
    conn.execute(sa.update(InventoryPlugin).where(own).values(purged_at=real_now(), revision=None, files_hash=""))
    if plan.plugin not in scan().manifests:
        conn.execute(sa.delete(PluginState).where(PluginState.id == plan.plugin))
    facts = {"plugin": plan.plugin, "tables": len(plan.tables), "rows": sum(rows for _name, rows in plan.tables)}
    write_entry(conn, "portal.plugin_purged", EVERY_PLUGIN, actor_id=actor_id, at=now(), facts=facts)


def _check_keys(conn: Connection) -> None:
    """Refuse to leave a row that refers to nothing: foreign keys were off while the tables went."""
    broken = [] if is_postgresql(conn) else conn.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise PortalError(_("Something still refers to what this plugin keeps: %(table)s.", table=broken[0][0]))


@contextmanager
def _exported(conn: Connection, plan: PurgePlan, target: Path) -> Iterator[None]:
    """Export to a new file, taken back if what follows fails."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(mode=0o600, exist_ok=False)  # what an earlier purge left there is never written over
    try:
        _export(conn, plan, target)
        yield
    except BaseException:
        target.unlink()
        raise


def _export(conn: Connection, plan: PurgePlan, target: Path) -> None:
    """Write the rows, as CSV and as JSON, one pair of files per table; readable by the operator alone."""
    inventory = read_inventory(conn)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _rows in plan.tables:
            sheet = inventory.tables.get(name)
            with _written(archive, f"{name}.csv") as out:
                writer = csv.writer(out, delimiter=";")
                for number, row in enumerate(_rows_of(conn, name, sheet)):
                    if number == 0:
                        writer.writerow(row)
                    writer.writerow([safe_cell(_plain(value)) for value in row.values()])
            with _written(archive, f"{name}.json") as out:
                for number, row in enumerate(_rows_of(conn, name, sheet)):
                    out.write(",\n" if number else "[\n")
                    out.write(json.dumps({key: _plain(value) for key, value in row.items()}, ensure_ascii=False))
                out.write("\n]\n" if plan_rows(plan, name) else "[]\n")


def plan_rows(plan: PurgePlan, table: str) -> int:
    """Give how many rows a table of the plan has."""
    return dict(plan.tables)[table]


@contextmanager
def _written(archive: zipfile.ZipFile, name: str) -> Iterator[io.TextIOWrapper]:
    with archive.open(name, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as out:
        yield out


def _rows_of(conn: Connection, name: str, sheet: TableSheet | None) -> Iterator[dict[str, Any]]:
    wanted: Any = sa.select(sa.literal_column("*")).select_from(sa.table(name))
    if sheet is not None and sheet.columns:
        wanted = sa.select(sheet.sql)
    result = conn.execute(wanted, execution_options={"yield_per": BATCH})
    for row in result.mappings():
        yield dict(row)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, int | float | str | bool | list | dict) or value is None else str(value)
