"""Whether a plugin, while it is tried apart, puts code of its own in place of the portal's or of what it stands on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType

WATCHED = frozenset(
    {"portal", "flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "werkzeug", "jinja2", "markupsafe", "wtforms"}
    | {"sqlalchemy", "pluggy", "itsdangerous", "builtins", "os", "io", "json", "socket", "ssl", "hashlib", "secrets"}
)
KINDS = (FunctionType, type, property, classmethod, staticmethod)


def picture() -> dict[str, object]:
    """Give every function and class of the watched modules that are loaded, and every method, by name."""
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in WATCHED}
    return {path: value for name, module in modules.items() for path, value in _parts(name, module)}


def _parts(name: str, module: ModuleType) -> Iterator[tuple[str, object]]:
    for key, value in list(vars(module).items()):
        if callable(value):
            yield f"{name}.{key}", value
        if isinstance(value, type) and value.__module__ == name:
            for own, part in list(vars(value).items()):
                if isinstance(part, KINDS):
                    yield f"{name}.{key}.{own}", part


def replaced(before: dict[str, object]) -> list[str]:
    """List the names that no longer mean what they did."""
    now = picture()
    return sorted(name for name, value in before.items() if now.get(name) is not value)
