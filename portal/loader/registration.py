"""Import a plugin and put it on the app of a collectivity; whatever breaks is one `PluginFault`."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy.orm import DeclarativeBase

from portal.db import CoreBase, forget_plugin, plugin_base, undeclared_columns
from portal.errors import PluginFault
from portal.loader.hooks import Hooks
from portal.loader.manifest import Manifest
from portal.texts import add_catalogue
from portal.values import NAV_GROUPS


@contextmanager
def blamed_on(plugin: str, phase: str) -> Iterator[None]:
    """Turn whatever a plugin raises into a fault of that phase (a plugin may even ask the process to exit)."""
    try:
        yield
    except PluginFault:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise PluginFault(plugin, phase, reason, traceback.format_exc()) from error


def import_plugin(manifest: Manifest) -> ModuleType:
    """Import `<package>.plugin` and, if it asks other plugins, `<package>.hookspecs`.

    :raises PluginFault: phase *import*; nothing of the half import stays behind
    """
    loaded = sys.modules.get(f"{manifest.package}.plugin")
    if loaded is not None:
        return loaded
    try:
        with blamed_on(manifest.id, "import"):
            add_catalogue(manifest.id, manifest.folder / "locale")
            return importlib.import_module(f"{manifest.package}.plugin")
    except PluginFault:
        forget(manifest)
        raise


def forget(manifest: Manifest) -> None:
    """Make the next import of a plugin start from nothing."""
    for name in [name for name in sys.modules if name.startswith(f"{manifest.package}.")]:
        del sys.modules[name]
    forget_plugin(manifest.id)


def hookspecs_of(manifest: Manifest) -> list[ModuleType]:
    """Give the hooks a plugin offers to others, if any."""
    if not (manifest.folder / "hookspecs.py").exists():
        return []
    with blamed_on(manifest.id, "import"):
        return [importlib.import_module(f"{manifest.package}.hookspecs")]


def register(app: Flask, hooks: Hooks, manifest: Manifest, module: ModuleType) -> None:
    """Put one plugin on the app: hooks, mappers, blueprints under its own address.

    :raises PluginFault: phase *register*
    """
    with blamed_on(manifest.id, "register"):
        before = fingerprint(app)
        hooks.register(manifest.id, module)
        base: Any = plugin_base(manifest.id)
        base.registry.configure(cascade=True)
        check_tables(manifest, base)
        for blueprint in hooks.call_one(manifest.id, "portal_blueprints") or ():
            if blueprint.name != manifest.id:
                raise PluginFault(manifest.id, "register", f"blueprint {blueprint.name} is not called {manifest.id}")
            app.register_blueprint(blueprint, url_prefix=f"/{manifest.id}")
        _check_app(app, manifest, before)
        _check_declared(app, hooks, manifest)


def fingerprint(app: Flask) -> dict[str, object]:
    """Describe what a plugin must leave as it was: app-wide functions, templates' globals, settings."""
    functions = {
        name: {scope: len(found) for scope, found in getattr(app, name).items() if scope is None}
        for name in ("before_request_funcs", "after_request_funcs", "teardown_request_funcs")
    }
    return {
        **functions,
        "context_processors": len(app.template_context_processors[None]),
        "error_handlers": {code: len(found) for code, found in app.error_handler_spec[None].items()},
        "globals": set(app.jinja_env.globals),
        "filters": set(app.jinja_env.filters),
        "settings": set(app.config),
        "extensions": set(app.extensions),
    }


def _check_app(app: Flask, manifest: Manifest, before: dict[str, object]) -> None:
    after = fingerprint(app)
    changed = sorted(name for name in after if after[name] != before[name])
    if changed:
        raise PluginFault(manifest.id, "register", f"changes the whole portal: {', '.join(changed)}")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{manifest.id}.") and not rule.rule.startswith(f"/{manifest.id}/"):
            raise PluginFault(manifest.id, "register", f"address outside /{manifest.id}/: {rule.rule}")


def _check_declared(app: Flask, hooks: Hooks, manifest: Manifest) -> None:
    """Refuse what would break every page: the navigation is on all of them."""
    hooks.call_one(manifest.id, "portal_subject_types")
    hooks.call_one(manifest.id, "portal_jobs")
    plain = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.arguments}
    for item in hooks.call_one(manifest.id, "portal_nav_items") or ():
        if item.group not in NAV_GROUPS:
            raise PluginFault(manifest.id, "register", f"unknown group of the navigation: {item.group}")
        if item.endpoint not in plain:
            raise PluginFault(manifest.id, "register", f"navigation to an unknown address: {item.endpoint}")
        if item.permission is not None and item.permission not in app.config["PERMISSIONS"]:
            raise PluginFault(manifest.id, "register", f"navigation asks an unknown permission: {item.permission}")


def check_tables(manifest: Manifest, base: type[DeclarativeBase]) -> None:
    """Refuse tables outside the plugin's prefix, and columns that say nothing about personal data (P17)."""
    faults = []
    for mapper in base.registry.mappers:
        table: Any = mapper.local_table
        if not table.name.startswith(f"{manifest.id}_"):
            faults.append(f"table {table.name} is not called {manifest.id}_…")
        personal, plain = mapper.class_.__personal__, mapper.class_.__plain__
        faults += [
            f"column {name} declares nothing about personal data"
            for name in undeclared_columns(table, personal=personal, plain=(*plain, "audience"))
        ]
    if faults:
        raise PluginFault(manifest.id, "register", "; ".join(faults))


def core_faults() -> list[str]:
    """List the core's own columns that say nothing about personal data: the portal refuses to start with one."""
    found = []
    for mapper in CoreBase.registry.mappers:
        table: Any = mapper.local_table
        found += undeclared_columns(table, personal=mapper.class_.__personal__, plain=mapper.class_.__plain__)
    return found
