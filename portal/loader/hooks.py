"""The hooks of one app: every implementation behind a guard, every call through one door.

pluggy finds and checks implementations; calling is ours, because each hook has its own policy for what raises, results
are ordered by plugin id and never by chance, and a hook whose provider is off must answer « nobody ».
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar, cast

import click
import pluggy
import sqlalchemy.exc
from flask import Blueprint, current_app
from werkzeug.exceptions import HTTPException

from portal.db import db, is_writing
from portal.errors import PluginFault, PortalError
from portal.hookspecs import at_run_time, at_start, when_happened
from portal.loader import breaking
from portal.loader.breaking import Cuts
from portal.loader.faults import book_fault, is_away, later
from portal.loader.metering import Frame, Meter
from portal.values import Action, HomeItem, Job, LinkKind, NavItem, Section, SubjectCard, SubjectType

Given = TypeVar("Given")

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
    "portal_obstacles": Action,
    "portal_subjects": SubjectCard,
}


MAY_WRITE = frozenset({"portal_event", "portal_event_after"})


class Untouched(RuntimeError):
    """A hook that only shows something has changed the database, or was about to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one plugin gave to one call.

    :ivar broke: it raised, or is cut: what it has to say is not known
    :ivar reference: of the fault, to quote; None while cut
    """

    plugin: str
    items: tuple[Any, ...] = ()
    broke: bool = False
    reference: str | None = None


class Hooks:
    """One pluggy manager, and the only ways to call it."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("portal")
        self.plugin_ids: list[str] = []
        self._found: dict[str, list[tuple[str, Any]]] = {}
        self._meter: Meter | None = None
        self.cuts = Cuts()
        for module in CORE_SPECS:
            self._manager.add_hookspecs(module)

    def open(self, meter: Meter, cuts: Cuts) -> None:
        """Guard and measure every call from now on: the app is built."""
        self._meter, self.cuts = meter, cuts

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
        self._found.clear()

    def _unknown(self, module: object) -> Iterator[str]:
        for name in dir(module):
            options = self._manager.parse_hookimpl_opts(cast("Any", module), name)
            if options is None or options["optionalhook"]:
                continue
            spec = options["specname"] or name
            if not hasattr(self._manager.hook, spec) or getattr(self._manager.hook, spec).spec is None:
                yield spec

    def _implementations(self, hook: str) -> list[tuple[str, Any]]:
        known = self._found.get(hook)
        if known is None:
            caller = getattr(self._manager.hook, hook, None)
            if caller is None or caller.spec is None:  # the plugin that asks is off: there is nobody to answer
                return []
            found = [(impl.plugin_name, impl) for impl in caller.get_hookimpls()]
            known = self._found[hook] = sorted(found, key=lambda pair: (pair[0] != CORE_PLUGIN, pair[0]))
        return known

    def implementers(self, hook: str) -> list[str]:
        """List the plugins that implement a hook, by id."""
        return [plugin for plugin, _impl in self._implementations(hook)]

    def call(self, hook: str, **arguments: Any) -> list[Any]:
        """Ask every implementation; one that raises is skipped and booked, a `PortalError` of an event refuses.

        The answers come flattened, ordered by `order` where they have one, then by plugin id.
        """
        answers = [item for answer in self.ask(hook, **arguments) for item in answer.items]
        return sorted(answers, key=lambda item: getattr(item, "order", 0))

    def ask(self, hook: str, **arguments: Any) -> Iterator[Answer]:
        """Ask one implementation after the other, as `call` does, and say who broke."""
        for plugin, impl in self._implementations(hook):
            if self.cuts.refuses((plugin, hook)):
                yield Answer(plugin, broke=True)
                continue
            try:
                given = _listed(hook, self._asked(plugin, hook, impl, arguments))
            except PortalError:
                if hook == "portal_event":
                    raise
            except HTTPException:
                continue
            except (Exception, SystemExit) as error:
                yield Answer(plugin, broke=True, reference=self.note_fault(plugin, hook, error))
            else:
                self._went_well(plugin, hook)
                yield Answer(plugin, tuple(given))

    def call_one(self, plugin: str, hook: str, **arguments: Any) -> Any:
        """Ask one plugin and let it raise; None if it has nothing to say."""
        found = [impl for name, impl in self._implementations(hook) if name == plugin]
        return self._asked(plugin, hook, found[0], arguments) if found else None

    def declared(self, plugin: str, hook: str) -> list[Any]:
        """Give what one plugin declares, checked; let it raise."""
        return _listed(hook, self.call_one(plugin, hook))

    def vetoes(self, plugin: str, permission: str, **arguments: Any) -> bool:
        """Tell whether the owner of a permission refuses it; an exception is a refusal, and so is a cut hook."""
        hook = "portal_may"
        if self.cuts.refuses((plugin, hook)):
            return True
        try:
            refused = self.call_one(plugin, hook, permission=permission, **arguments) is False
        except (PortalError, HTTPException):
            return True
        except (Exception, SystemExit) as error:
            self.note_fault(plugin, hook, error)
            return True
        self._went_well(plugin, hook)
        return refused

    def note_fault(self, plugin: str, hook: str, error: BaseException, *, place: str = "") -> str:
        """Book what a hook raised, at `place` if that says more; give the reference of the fault.

        :raises sqlalchemy.exc.DBAPIError: the database is away, which is nobody's fault here
        """
        if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):
            raise error
        if self._meter is not None:
            self._meter.book_fault(plugin, hook)
        if (plugin, hook) in self.cuts:
            later(lambda conn: breaking.postpone(conn, (plugin, hook)))
        return book_fault(plugin, place or hook, error)

    def _went_well(self, plugin: str, hook: str) -> None:
        if (plugin, hook) in self.cuts:
            self.cuts.forget((plugin, hook))
            later(lambda conn: breaking.close_again(conn, (plugin, hook)))

    def _asked(self, plugin: str, hook: str, impl: Any, arguments: dict[str, Any]) -> Any:
        given = [arguments[name] for name in impl.argnames]
        return self.guard(plugin, hook, lambda: impl.function(*given))

    def guard(self, plugin: str, hook: str, act: Callable[[], Given]) -> Given:
        """Do what a plugin asks in its name: measured, its failed SQL its own, nothing written by what only shows.

        :raises Untouched: a hook that may not write did
        """
        if self._meter is None:
            return act()
        session = db.session()
        savepoint = session.begin_nested() if is_writing(session) else None
        frame = Frame()
        try:
            given = act()
            if hook not in MAY_WRITE and (frame.changes or session.new or session.dirty or session.deleted):
                raise Untouched(f"{hook} may not change the database")
        except BaseException as error:
            if savepoint is not None:
                savepoint.rollback()
            elif isinstance(error, sqlalchemy.exc.SQLAlchemyError | Untouched) or session.new or session.dirty:
                session.rollback()  # a failed statement poisons the page's transaction on PostgreSQL
            raise
        else:
            if savepoint is not None:
                savepoint.commit()
            return given
        finally:
            self._meter.book(plugin, hook, frame.leave(), frame.statements)


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


def current_hooks() -> Hooks:
    """Give the hooks of the app at work."""
    return cast("Hooks", current_app.extensions["portal_hooks"])
