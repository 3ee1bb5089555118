"""`plugin.toml`: what a plugin says of itself, read before any of its code runs."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from portal import texts
from portal.errors import PluginFault
from portal.values import Role

ID = re.compile(r"[a-z]{3,20}")
RESERVED = frozenset(
    {"portal", "core", "static", "theme", "assets", "default", "layout", "kinds", "components", "pages"}
    | {"account", "plugins", "screen", "screens", "link", "errors", "health", "healthz", "users", "groups"}
    | {
        "audit",
        "outbox",
        "tokens",
        "sessions",
        "limits",
        "faults",
        "breakers",
        "meter",
        "quarantines",
        "functions",
        "holdings",
        "passages",
        "memberships",
        "services",
    }
    | {"news", "follow", "unfollow", "feeds", "links", "follows", "job"}
    | {"alembic", "inventory", "erasures"}
    | {"file", "files", "settings"}
)
KEEPS_SIGNS = 120  # a line of the plugins page
SECTIONS = {"plugin", "depends", "uses", "permissions", "data", "network", "assets"}
KEYS = {
    "id",
    "name",
    "summary",
    "version",
    "api",
    "requires_portal",
    "authors",
    "license",
    "homepage",
    "default",
} | SECTIONS


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission a plugin declares: its words, the role that has it, whether a shared screen may use it."""

    code: str
    title: dict[str, str]
    role: Role
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plugin says of itself; texts by language.

    :ivar scripts: names of the files of `static/` that run in browsers; another does not, though it is there
    :ivar default: a new collectivity begins with it on
    """

    id: str
    name: dict[str, str]
    summary: dict[str, str]
    version: str
    api: int
    requires_portal: str
    folder: Path
    package: str
    depends: dict[str, str] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    privacy: dict[str, Any] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    license: str = ""
    homepage: str = ""
    default: bool = False

    @property
    def migrations(self) -> Path:
        """Give the folder of its migrations, which may be absent."""
        return self.folder / "migrations"


def say(words: dict[str, str]) -> str:
    """Give a text of a manifest in the language of the moment, else in French."""
    return words.get(texts.language.get()) or words.get("fr") or next(iter(words.values()), "")


def read_manifest(folder: Path, package: str) -> Manifest:
    """Read `plugin.toml` of the plugin in `folder`.

    :raises PluginFault: phase *manifest*, with the line when there is one
    """
    path = folder / "plugin.toml"
    guess = folder.name
    try:
        text = path.read_text(encoding="utf-8")
        content = _parsed(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PluginFault(guess, "manifest", f"plugin.toml: {error}") from error
    try:
        return _manifest(content, folder, package)
    except (KeyError, TypeError, ValueError) as error:
        key = str(error.args[0]) if error.args else ""
        raise PluginFault(guess, "manifest", f"plugin.toml{_line_of(text, key)}: {_explain(error)}") from error


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    """Read each text once: every app that is built asks again whether a manifest has changed."""
    return tomllib.loads(text)


def _explain(error: Exception) -> str:
    return f"missing key: {error.args[0]}" if isinstance(error, KeyError) else str(error)


def _line_of(text: str, wanted: str) -> str:
    word = wanted.rsplit(":", maxsplit=1)[-1].strip()
    lines = [number for number, line in enumerate(text.splitlines(), 1) if word and word in line]
    return f", line {lines[0]}" if lines else ""


def _manifest(content: dict[str, Any], folder: Path, package: str) -> Manifest:
    head = dict(content["plugin"])
    sections = {name: head.pop(name, {}) for name in SECTIONS - {"plugin"}}
    unknown = (set(head) | set(sections)) - KEYS | (set(content) - {"plugin"})
    if unknown:
        raise ValueError(f"unknown key: {sorted(unknown)[0]}")
    if not ID.fullmatch(head["id"]) or head["id"] in RESERVED:
        raise ValueError(f"id not allowed: {head['id']}")
    for key, value in sections.items():
        if not isinstance(value, dict):
            raise ValueError(f"needs a table: {key}")
    if type(head.get("default", False)) is not bool:
        raise ValueError("needs true or false: default")
    if type(head["api"]) is not int:
        raise ValueError("needs a number: api")
    for key in ("name", "summary"):
        if not isinstance(head[key], dict) or "fr" not in head[key]:
            raise ValueError(f"needs a French text: {key}")
    _check_tables(sections)
    return Manifest(
        id=head["id"],
        name=head["name"],
        summary=head["summary"],
        version=str(head["version"]),
        api=head["api"],
        requires_portal=str(head["requires_portal"]),
        folder=folder,
        package=package,
        depends=sections["depends"],
        uses=sections["uses"],
        permissions=_permissions(head["id"], sections["permissions"]),
        privacy=sections["data"],
        network=sections["network"],
        scripts=_scripts(folder, sections["assets"].get("scripts", [])),
        authors=tuple(head.get("authors", ())),
        license=head.get("license", ""),
        homepage=head.get("homepage", ""),
        default=head.get("default", False),
    )


def _check_tables(sections: dict[str, Any]) -> None:
    """Refuse what later pages would stumble on.

    :raises ValueError: a section that is no table, a version that cannot be read, a text without French
    """
    for name, section in sections.items():
        if not isinstance(section, dict):
            raise ValueError(f"not a table: {name}")
    for asked in sections["depends"].values():
        SpecifierSet(asked)
    keeps = sections["data"].get("keeps", {"fr": ""})
    if not isinstance(keeps, dict) or "fr" not in keeps:
        raise ValueError("needs a French text: keeps")
    if max(len(str(words)) for words in keeps.values()) > KEEPS_SIGNS:
        raise ValueError(f"longer than {KEEPS_SIGNS} signs (say the rest in retention): keeps")
    for key in ("hosts", "frames"):
        if not isinstance(sections["network"].get(key, []), list):
            raise ValueError(f"not a list: {key}")


def _scripts(folder: Path, names: Any) -> tuple[str, ...]:
    there = {path.name for path in (folder / "static").glob("*.js")}
    for name in names:
        if name not in there:
            raise ValueError(f"no such script in static: {name}")
    return tuple(names)


def _permissions(plugin: str, section: dict[str, Any]) -> dict[str, Permission]:
    found = {}
    for code, value in section.items():
        if not isinstance(value, dict):
            raise ValueError(f"permission without words and role: {code}")
        if not code.startswith(f"{plugin}."):
            raise ValueError(f"permission outside the plugin: {code}")
        if value["role"] not in set(Role):
            raise ValueError(f"unknown role: {value['role']}")
        title = {key: words for key, words in value.items() if key not in {"role", "screen"}}
        found[code] = Permission(code, title, Role(value["role"]), bool(value.get("screen", False)))
    return found
