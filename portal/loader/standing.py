"""Where a plugin stands: state of the process × wish of the collectivity × quarantine, under the operator's rule.

Facts only; the words for them are the page's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app

from portal.db import db
from portal.errors import NotFound, PluginFault
from portal.loader.discovery import needs_of, resolve, scan
from portal.loader.inventory.models import InventoryPlugin
from portal.loader.manifest import Manifest
from portal.loader.models import Breaker, PluginState, Quarantine
from portal.loader.rules import PluginRules, Rule
from portal.loader.states import states
from portal.texts import CORE, texts

_ = texts(CORE)


class Process(StrEnum):
    """What this process could do with a plugin."""

    MISSING = "missing"
    INVALID = "invalid"
    INCOMPATIBLE = "incompatible"
    BLOCKED = "blocked"
    READY = "ready"


class Wish(StrEnum):
    """What the collectivity wants of it."""

    OFF = "off"
    ON = "on"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one plugin stands.

    :ivar fault: why the process cannot run it; None when it is ready
    :ivar quarantines: one for each machine where its code broke
    :ivar cuts: its hooks that are cut
    :ivar needed_by: plugins that are on, and need it
    """

    id: str
    process: Process
    wish: Wish = Wish.OFF
    rule: Rule = Rule.FREE
    manifest: Manifest | None = None
    fault: PluginFault | None = None
    quarantines: tuple[Quarantine, ...] = ()
    cuts: tuple[Breaker, ...] = ()
    needed_by: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Tell whether it should run here, by wish or by the operator's rule."""
        return self.rule is Rule.FORCED or (self.wish is Wish.ON and self.rule is Rule.FREE)

    @property
    def is_running(self) -> bool:
        """Tell whether it does."""
        return self.is_on and self.process is Process.READY and not self.quarantines

    @property
    def may_switch_on(self) -> bool:
        """Tell whether the collectivity may switch it on."""
        is_there = self.process in {Process.READY, Process.BLOCKED}
        return self.rule is Rule.FREE and self.wish is not Wish.ON and is_there

    @property
    def may_switch_off(self) -> bool:
        """Tell whether the collectivity may switch it off: from every state, but what the operator forces."""
        return self.rule is not Rule.FORCED and self.wish is Wish.ON

    @property
    def may_retry(self) -> bool:
        """Tell whether something that broke may be tried again."""
        waits_for_tables = self.fault is not None and self.fault.phase == "schema"
        is_there = self.process is Process.READY or waits_for_tables
        return self.is_on and is_there and bool(self.quarantines or self.cuts or waits_for_tables)


def standings() -> list[Standing]:
    """Give every plugin that is installed or remembered: dependencies first, then by id."""
    known, found = states(), scan()
    rules: PluginRules = current_app.config["RULES"]
    names = {*found.manifests, *found.faults, *known, *rules.forced}
    order = [manifest.id for manifest in resolve(set(found.manifests), found)[0]]
    rows = _Rows(known)
    return [rows.standing(name) for name in [*order, *sorted(names - set(order))]]


def standing_of(plugin: str) -> Standing:
    """Give one plugin.

    :raises NotFound: never heard of
    """
    found = next((standing for standing in standings() if standing.id == plugin), None)
    if found is None:
        raise NotFound(_("No plugin has this name here."))
    return found


class _Rows:
    """What the database says of all plugins, read once."""

    def __init__(self, known: dict[str, PluginState]) -> None:
        self.known, self.rules = known, current_app.config["RULES"]
        self.quarantines = list(db.session.scalars(sa.select(Quarantine).order_by(Quarantine.at)))
        self.purged = set(
            db.session.scalars(sa.select(InventoryPlugin.id).where(InventoryPlugin.purged_at.is_not(None)))
        )
        cut = sa.select(Breaker).where(Breaker.cut_at.is_not(None)).order_by(Breaker.cut_at)
        self.cuts = list(db.session.scalars(cut))

    def standing(self, plugin: str) -> Standing:
        process, fault = process_of(plugin)
        return Standing(
            id=plugin,
            process=process,
            wish=self._wish(plugin),
            rule=self.rules.about(plugin),
            manifest=scan().manifests.get(plugin),
            fault=fault,
            quarantines=tuple(row for row in self.quarantines if row.plugin == plugin),
            cuts=tuple(row for row in self.cuts if row.plugin == plugin),
            needed_by=tuple(sorted(name for name in self._on() if plugin in needs_of(name, scan()))),
        )

    def _on(self) -> frozenset[str]:
        wished = frozenset(name for name, row in self.known.items() if row.is_on)
        decided: frozenset[str] = self.rules.decide(wished)
        return decided

    def _wish(self, plugin: str) -> Wish:
        row = self.known.get(plugin)
        if row is None or not row.is_on:
            return Wish.PURGED if plugin in self.purged else Wish.OFF
        return Wish.ON


def process_of(plugin: str) -> tuple[Process, PluginFault | None]:
    """Tell what this process could do with a plugin, and why not more."""
    found = scan()
    if plugin in found.faults:
        fault = found.faults[plugin]
        return Process.INVALID if fault.phase == "manifest" else Process.INCOMPATIBLE, fault
    if plugin not in found.manifests:
        return Process.MISSING, None
    here: dict[str, PluginFault] = current_app.config["BLOCKED"]
    # what is off, or set aside, was not asked of the app: could it be, with all that it needs?
    blocked = here.get(plugin) or resolve({plugin, *needs_of(plugin, found)}, found)[1].get(plugin)
    return (Process.BLOCKED, blocked) if blocked else (Process.READY, None)
