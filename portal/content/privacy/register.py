"""The register of what is kept (RGPD, article 30), read from the inventory: true whatever the state of the plugins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.loader.inventory.sheets import CLEAR, DELETE, PSEUDONYM, ColumnSheet, Inventory
from portal.loader.manifest import say
from portal.texts import CORE, texts

_ = texts(CORE)
MONTH_DAYS = 30.44
ACTS = {
    CLEAR: _.later("emptied"),
    DELETE: _.later("deleted"),
    PSEUDONYM: _.later("kept, under a pseudonym"),
}
SHEET = ("purposes", "legal_basis", "categories", "retention")


@dataclass(frozen=True, slots=True)
class Kept:
    """One reason to keep something, with every column it stands for.

    :ivar days: how long, in words
    :ivar on_erase: what becomes of it when a person is erased, in words
    :ivar is_of_guests: about people who have no account
    """

    reason: str
    columns: tuple[str, ...]
    days: str
    on_erase: str
    is_of_guests: bool


@dataclass(frozen=True, slots=True)
class Processing:
    """What one plugin (or the core) does with personal data, in the words of its manifest and of its columns."""

    plugin: str
    name: str
    purposes: str
    legal_basis: str
    categories: str
    retention: str
    hosts: tuple[str, ...]
    kept: tuple[Kept, ...]


def register(inventory: Inventory) -> list[Processing]:
    """List what is kept, by plugin, the core first; a plugin that was purged is no longer there."""
    found = []
    for sheet in inventory.plugins.values():
        kept = tuple(_kept(inventory, sheet.id))
        if kept and sheet.purged_at is None:
            words = {key: _words(sheet.sheet.get(key)) for key in SHEET}
            hosts = tuple(sheet.sheet.get("hosts", ()))
            found.append(Processing(sheet.id, sheet.name, **words, hosts=hosts, kept=kept))
    return found


def _words(value: Any) -> str:
    return say(value) if isinstance(value, dict) else str(value or "")


def _kept(inventory: Inventory, plugin: str) -> Iterator[Kept]:
    groups: dict[Any, list[str]] = {}
    for sheet in inventory.of(plugin):
        for column in sheet.personal:
            key = (column.reason, kept_for(column), str(ACTS[column.on_erase]), column.whose is None)
            groups.setdefault(key, []).append(f"{sheet.name}.{column.name}")
    for (reason, days, act, guests), columns in groups.items():
        yield Kept(reason, tuple(columns), days, act, guests)


def kept_for(column: ColumnSheet) -> str:
    """Say how long a column is kept, in months where that is how one counts."""
    if column.keep_days is None:
        return _("as long as what it belongs to")
    months = round(column.keep_days / MONTH_DAYS)
    if column.keep_days >= 2 * MONTH_DAYS:
        return _.plural("%(num)s month", "%(num)s months", months)
    return _.plural("%(num)s day", "%(num)s days", column.keep_days)
