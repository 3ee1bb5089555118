"""Jinja for one app: where templates are found, and in whose words they speak."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import BaseLoader, BytecodeCache, ChoiceLoader, FileSystemLoader, PrefixLoader, nodes
from jinja2.bccache import Bucket

import portal
from portal.loader.manifest import Manifest
from portal.texts import CORE, dgettext, dngettext

TRANSLATED = {"_": "dgettext", "ngettext": "dngettext"}


def core_templates() -> Path:
    """Give the folder `templates/`: inside the installed package, or beside it in a checkout."""
    inside = Path(portal.__path__[0]) / "templates"
    return inside if inside.is_dir() else inside.parent.parent / "templates"


class DomainEnvironment(Environment):
    """Binds each `_("…")` to the catalogue of the template it is written in, when the template is compiled.

    So a plugin's words stay its own under extends, include, import and override.
    """

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        domain = (name or "").rpartition(":")[2].partition("/")[0]
        for call in source.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATED:
                call.node.name = TRANSLATED[call.node.name]
                call.args.insert(0, nodes.Const(domain))
        return super()._generate(source, name, filename, defer_init=defer_init)


class SharedCode(BytecodeCache):
    """Compiled templates, one for all apps of the process; checked against the source of each."""

    compiled: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a compiled template, if its source is still the same."""
        checksum, code = self.compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        if bucket.code is not None:
            self.compiled[bucket.key] = bucket.checksum, bucket.code


def template_loader(folders: Iterable[Path], plugins: Iterable[Manifest]) -> BaseLoader:
    """Look in the instance's folders, then the core's, then each plugin's; `default:` skips the instance's."""
    rooms = ChoiceLoader(
        [FileSystemLoader(core_templates()), *(FileSystemLoader(plugin.folder / "templates") for plugin in plugins)]
    )
    own = FileSystemLoader([str(folder) for folder in folders])
    return ChoiceLoader([own, rooms, PrefixLoader({"default": rooms}, delimiter=":")])


def prepare(app: Flask, filters: dict[str, Any]) -> None:
    """Give templates their words and filters."""
    app.jinja_env.bytecode_cache = SharedCode()
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        dgettext=dgettext,
        dngettext=dngettext,
        _=lambda text, /, **values: dgettext(CORE, text, **values),
        ngettext=lambda one, many, num, /, **values: dngettext(CORE, one, many, num, **values),
    )
