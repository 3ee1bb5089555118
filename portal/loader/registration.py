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
from wtforms import Form

from portal.db import forget_plugin, plugin_base
from portal.errors import PluginFault
from portal.loader.hooks import Hooks
from portal.loader.inventory.declaring import faults_of
from portal.loader.manifest import Manifest
from portal.texts import add_catalogue
from portal.values import NAV_GROUPS

APP_WIDE = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "template_context_processors",
    "url_value_preprocessors",
    "url_default_functions",
)


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
        before = fingerprint(app, manifest.id)
        hooks.register(manifest.id, module)
        base: Any = plugin_base(manifest.id)
        base.registry.configure(cascade=True)
        check_tables(manifest, base)
        for blueprint in hooks.declared(manifest.id, "portal_blueprints"):
            if blueprint.name != manifest.id:
                raise PluginFault(manifest.id, "register", f"blueprint {blueprint.name} is not called {manifest.id}")
            app.register_blueprint(blueprint, url_prefix=f"/{manifest.id}")
        _check_app(app, manifest, before)
        _check_declared(app, hooks, manifest)


def fingerprint(app: Flask, plugin: str) -> dict[str, object]:
    """Describe what a plugin must leave as it was: app-wide functions, templates' globals, settings, addresses."""
    by_scope = {name: list(getattr(app, name).get(None, ())) for name in APP_WIDE}
    own = f"{plugin}."
    addresses = {
        (rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if not (rule.endpoint.startswith(own) and rule.rule.startswith(f"/{plugin}/"))
    }
    return {
        **by_scope,
        "teardown_appcontext": list(app.teardown_appcontext_funcs),
        "error_handlers": {code: dict(found) for code, found in app.error_handler_spec[None].items()},
        "globals": dict(app.jinja_env.globals),
        "filters": dict(app.jinja_env.filters),
        "tests": dict(app.jinja_env.tests),
        "settings": dict(app.config),
        "extensions": dict(app.extensions),
        "addresses outside its own": addresses,
        "views": {name: view for name, view in app.view_functions.items() if not name.startswith(own)},
    }


def _check_app(app: Flask, manifest: Manifest, before: dict[str, object]) -> None:
    after = fingerprint(app, manifest.id)
    changed = sorted(name for name in after if after[name] != before[name])
    if changed:
        raise PluginFault(manifest.id, "register", f"changes the whole portal: {', '.join(changed)}")


def _check_declared(app: Flask, hooks: Hooks, manifest: Manifest) -> None:
    """Refuse what would break every page: the navigation is on all of them."""
    for hook, sort in (("portal_subject_types", "subject"), ("portal_link_kinds", "link")):
        for kind in hooks.declared(manifest.id, hook):
            if not kind.kind.startswith(f"{manifest.id}."):
                raise PluginFault(manifest.id, "register", f"kind of {sort} not called {manifest.id}.…: {kind.kind}")
    for job in hooks.declared(manifest.id, "portal_jobs"):
        if not isinstance(job.every_minutes, int):
            raise PluginFault(manifest.id, "register", f"job {job.name}: every_minutes is no number")
    hooks.declared(manifest.id, "portal_commands")
    _check_settings(hooks, manifest)
    plain = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.arguments}
    for item in hooks.declared(manifest.id, "portal_nav_items"):
        if item.group not in NAV_GROUPS:
            raise PluginFault(manifest.id, "register", f"unknown group of the navigation: {item.group}")
        if item.endpoint not in plain:
            raise PluginFault(manifest.id, "register", f"navigation to an unknown address: {item.endpoint}")
        if item.permission is not None and item.permission not in app.config["PERMISSIONS"]:
            raise PluginFault(manifest.id, "register", f"navigation asks an unknown permission: {item.permission}")


def _check_settings(hooks: Hooks, manifest: Manifest) -> None:
    """Refuse settings that are no form, or whose form cannot even be made empty."""
    forms = hooks.declared(manifest.id, "portal_settings")
    if len(forms) > 1 or not all(issubclass(form, Form) for form in forms):
        raise PluginFault(manifest.id, "register", "portal_settings gives one class of form")
    for form in forms:
        form(formdata=None)


def check_tables(manifest: Manifest, base: type[DeclarativeBase]) -> None:
    """Refuse tables outside the plugin's prefix, and columns that say nothing about personal data (P17)."""
    tables: list[Any] = [mapper.local_table for mapper in base.registry.mappers]
    strays = [table.name for table in tables if not table.name.startswith(f"{manifest.id}_")]
    faults = [*(f"table {name} is not called {manifest.id}_…" for name in strays), *faults_of(base)]
    if faults:
        raise PluginFault(manifest.id, "register", "; ".join(faults))
