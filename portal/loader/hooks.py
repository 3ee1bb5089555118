"""The hooks of one app: every implementation behind a guard, every call through one door.

pluggy finds and checks implementations; calling is ours, because each hook has its own policy for what raises, results
are ordered by plugin id and never by chance, and a hook whose provider is off must answer « nobody ».
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import click
import pluggy
from flask import Blueprint, current_app
from werkzeug.exceptions import HTTPException

from portal.db import db
from portal.errors import PluginFault, PortalError
from portal.hookspecs import at_run_time, at_start, when_happened
from portal.loader.faults import book_fault
from portal.values import Action, HomeItem, Job, LinkKind, NavItem, Section, SubjectCard, SubjectType

log = logging.getLogger(__name__)
CORE_SPECS: tuple[ModuleType, ...] = (at_start, at_run_time, when_happened)
CORE_PLUGIN = "portal"
GIVES: dict[str, type] = {
    "portal_blueprints": Blueprint,
    "portal_nav_items": NavItem,
    "portal_settings": type,
    "portal_subject_types": SubjectType,
    "portal_link_kinds": LinkKind,
    "portal_jobs": Job,
    "portal_commands": click.Command,
    "portal_home_items": HomeItem,
    "portal_sections": Section,
    "portal_actions": Action,
    "portal_subject": SubjectCard,
}


class Hooks:
    """One pluggy manager, and the only ways to call it."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("portal")
        self.plugin_ids: list[str] = []
        for module in CORE_SPECS:
            self._manager.add_hookspecs(module)

    def add_specs(self, plugin: str, module: ModuleType) -> None:
        """Take the hooks that one plugin offers to others; they are named after it.

        :raises PluginFault: a name outside `<plugin>_…`
        """
        names = [name for name in dir(module) if self._manager.parse_hookspec_opts(module, name) is not None]
        strays = [name for name in names if not name.startswith(f"{plugin}_")]
        if strays:
            raise PluginFault(plugin, "register", f"hooks not called {plugin}_…: {', '.join(strays)}")
        if names:
            self._manager.add_hookspecs(module)

    def register(self, plugin: str, module: object) -> None:
        """Take the implementations of one plugin.

        :raises PluginFault: unknown hooks or arguments, all of them listed
        """
        unknown = sorted(self._unknown(module))
        if unknown:
            raise PluginFault(plugin, "register", f"unknown hook: {', '.join(unknown)}")
        try:
            self._manager.register(module, name=plugin)
        except pluggy.PluginValidationError as error:
            raise PluginFault(plugin, "register", str(error)) from error
        self.plugin_ids.append(plugin)

    def _unknown(self, module: object) -> Iterator[str]:
        for name in dir(module):
            options = self._manager.parse_hookimpl_opts(cast("Any", module), name)
            if options is None or options["optionalhook"]:
                continue
            spec = options["specname"] or name
            if not hasattr(self._manager.hook, spec) or getattr(self._manager.hook, spec).spec is None:
                yield spec

    def _implementations(self, hook: str) -> list[tuple[str, Any]]:
        caller = getattr(self._manager.hook, hook, None)
        if caller is None or caller.spec is None:  # the plugin that asks is off: there is nobody to answer
            return []
        found = [(impl.plugin_name, impl) for impl in caller.get_hookimpls()]
        return sorted(found, key=lambda pair: (pair[0] != CORE_PLUGIN, pair[0]))

    def implementers(self, hook: str) -> list[str]:
        """List the plugins that implement a hook, by id."""
        return [plugin for plugin, _impl in self._implementations(hook)]

    def call(self, hook: str, **arguments: Any) -> list[Any]:
        """Ask every implementation; one that raises is skipped and booked, a `PortalError` of an event refuses.

        The answers come flattened, ordered by `order` where they have one, then by plugin id.
        """
        answers: list[Any] = []
        for plugin, impl in self._implementations(hook):
            try:
                given = _listed(hook, self._guarded(impl, arguments))
            except PortalError:
                if hook == "portal_event":
                    raise
                continue
            except HTTPException:
                continue
            except (Exception, SystemExit) as error:
                book_fault(plugin, hook, error)
                continue
            answers.extend(given)
        return sorted(answers, key=lambda item: getattr(item, "order", 0))

    def call_one(self, plugin: str, hook: str, **arguments: Any) -> Any:
        """Ask one plugin and let it raise; None if it has nothing to say."""
        found = [impl for name, impl in self._implementations(hook) if name == plugin]
        return self._guarded(found[0], arguments) if found else None

    def declared(self, plugin: str, hook: str) -> list[Any]:
        """Give what one plugin declares, checked; let it raise."""
        return _listed(hook, self.call_one(plugin, hook))

    def first(self, hook: str, **arguments: Any) -> Any:
        """Give the first answer that is not None."""
        return next(iter(self.call(hook, **arguments)), None)

    def vetoes(self, plugin: str, permission: str, **arguments: Any) -> bool:
        """Tell whether the owner of a permission refuses it; an exception is a refusal."""
        try:
            return self.call_one(plugin, "portal_may", permission=permission, **arguments) is False
        except (Exception, SystemExit) as error:
            book_fault(plugin, "portal_may", error)
            return True

    def _guarded(self, impl: Any, arguments: dict[str, Any]) -> Any:
        """Run one implementation inside a savepoint, so that its failed SQL is its own (PostgreSQL)."""
        given = [arguments[name] for name in impl.argnames]
        if not _in_app():
            return impl.function(*given)
        with db.session.begin_nested():
            return impl.function(*given)


def _listed(hook: str, answer: Any) -> list[Any]:
    """Flatten an answer; what is not of the promised type is a fault of who gave it, not of the page."""
    given = list(answer) if isinstance(answer, list | tuple) else [answer] if answer is not None else []
    wanted = GIVES.get(hook, object)
    for item in given:
        if not isinstance(item, wanted):
            raise TypeError(f"{hook} gives {wanted.__name__}, not {type(item).__name__}")
        if not isinstance(item, type) and not isinstance(getattr(item, "order", 0), int):
            raise TypeError(f"{hook} gives an order that is no number")
    return given


def _in_app() -> bool:
    return bool(current_app) and not current_app.config["BUILDING"]


def current_hooks() -> Hooks:
    """Give the hooks of the app at work."""
    return cast("Hooks", current_app.extensions["portal_hooks"])
