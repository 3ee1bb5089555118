"""What the core and each plugin bring to the review: what stands in the world, and who may do what with it.

A plugin brings `tests/plugins/<id>/furniture.py`, found by its name. It may say:

* `ARGUMENTS`: which kind of thing an argument of an address is the number of, `{"lab_id": "labs.lab"}`; at one
  endpoint, where it is another kind than elsewhere, `{"ambassadors.card person_id": "ambassadors.card"}`;
* `ASKS`: what each of its addresses asks of whoever comes, `{"labs.animate": "add remove"}`; `OPEN`: nothing, or a
  token; what is not named asks that somebody is signed in;
* `MAY`: who holds a permission: roles, or the word of a thing's `facts`, `{"labs.vote": "members"}`;
* `MAY_AT`: the same at one endpoint, whose policy loads what is asked for another fact than its permission usually is;
* `ON_SCREENS`: the permissions kept by a session on a shared screen;
* `ACTS`: the same for an endpoint whose view or service asks more than its permission;
* `SILENT`: acts on what is one's own that answer the same to everybody, and do nothing to others;
* `STOPPED`: acts whose 409 or 422 to who may not do them is another than to who may, and why that tells nothing;
* `TURNED_AWAY`: endpoints that answer 403, 404 or 409 to who may come in, and why; else a page is one, or leads on;
* `UNREACHED`: endpoints whose page opens to nobody in this world, and why;
* `SENT`: what is sent to an endpoint beside what fills its form, `{"labs.cast": {"choice": "no"}}`;
* `UNDONE`: acts that are refused to all who may do them in this world, and why;
* `CACHED`: endpoints whose answers a browser may keep, and what they say of it;
* `BOUNDED`: endpoints whose statements grow with what may only be so many, and which: the plugin tests what one costs;
* `READERS`: for a table, or one column of it, who may come upon what a row says;
* `HIDDEN`: columns with markers that no page shows to anybody, and why;
* `EXEMPT`: tables and columns that hold nothing a person wrote, and why;
* `narrowed(marker, endpoint, world)`: who may come upon a marker on a page, where fewer may than elsewhere, or None;
* `SHAPES`: how a marker is written in a column that is not plain text;
* `furnish(world)`: the things, put in the database and in the world;
* `add_private(world)`: more of them, that nobody outside the first lab may know of.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from flask import Flask

from portal.web.policy import policy_of

from tests.review.world import KIOSK, Marker, Roles, Thing, Who, World

Readers = Callable[[Any, World], "Roles | Thing | tuple[Thing, Roles]"]
Narrowed = Callable[[Marker, str, World], Roles | None]
OPEN, SIGNED_IN = "nobody", "somebody"
TABLES = (
    "arguments", "may", "may_at", "acts", "silent", "stopped", "turned_away", "unreached", "sent", "undone", "readers",
    "hidden", "exempt", "shapes", "bounded", "cached",
)  # fmt: skip


@dataclass
class Furniture:
    """What everybody brought, together."""

    arguments: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    may: dict[str, Who] = field(default_factory=dict)
    may_at: dict[str, Who] = field(default_factory=dict)
    on_screens: set[str] = field(default_factory=set)
    acts: dict[str, Who] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, str] = field(default_factory=dict)
    turned_away: dict[str, str] = field(default_factory=dict)
    unreached: dict[str, str] = field(default_factory=dict)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    readers: dict[str, Readers] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    exempt: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, Callable[[Any, str], Any]] = field(default_factory=dict)
    bounded: dict[str, str] = field(default_factory=dict)
    cached: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    narrowed: list[Narrowed] = field(default_factory=list)

    def take(self, module: ModuleType, plugin: str) -> None:
        """Add what one module brings."""
        for asked, endpoints in getattr(module, "ASKS", {}).items():
            self.asks |= {f"{plugin}.{endpoint}": asked for endpoint in endpoints.split()}
        self.narrowed += [module.narrowed] if hasattr(module, "narrowed") else []
        self.on_screens |= set(getattr(module, "ON_SCREENS", "").split())
        for name in TABLES:
            brought: Mapping[str, Any] = getattr(module, name.upper(), {})
            getattr(self, name).update(brought)

    def kind_at(self, endpoint: str, argument: str) -> str | None:
        """Give the kind of thing that an argument of an endpoint is the number of, or None."""
        return self.arguments.get(f"{endpoint} {argument}", self.arguments.get(argument))

    def asked_at(self, endpoint: str) -> str:
        """Give what an address asks: `OPEN`, `SIGNED_IN` or a permission."""
        return self.asks.get(endpoint, SIGNED_IN)

    def holds(self, role: str, permission: str, things: Iterable[Thing], *, at: str = "") -> bool:
        """Tell whether a role has a permission about these things, where it stands: at an endpoint."""
        is_kept = role != KIOSK or permission in self.on_screens
        return is_kept and self.allows(self.may_at.get(at, self.may[permission]), role, things)

    def readers_on(self, marker: Marker, endpoint: str, world: World) -> Roles:
        """Give who may come upon a marker on a page, or in what is told of one of its things."""
        for narrowed in self.narrowed:
            here = narrowed(marker, endpoint, world)
            if here is not None:
                return here
        return marker.readers

    def allows(self, who: Who, role: str, things: Iterable[Thing]) -> bool:
        """Tell whether a role is among those named, or has that fact of one of the things."""
        if not isinstance(who, str):
            return role in who
        return any(role in thing.facts.get(who, ()) for thing in things)


def modules(plugins: Iterable[str]) -> list[ModuleType]:
    """Give what the core and these plugins bring, the core first."""
    found = [importlib.import_module("tests.review.core")]
    return found + [importlib.import_module(f"tests.plugins.{plugin}.furniture") for plugin in sorted(plugins)]


def furniture_of(app: Flask, plugins: Iterable[str]) -> Furniture:
    """Gather it all."""
    made = Furniture()
    for module, plugin in zip(modules(plugins), ("core", *sorted(plugins)), strict=True):
        made.take(module, plugin)
    for rule in app.url_map.iter_rules():
        policy = policy_of(app.view_functions[rule.endpoint])
        if policy is not None and policy.scope is not None:
            made.scopes[rule.endpoint] = policy.scope
    return made
