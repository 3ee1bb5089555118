"""`portal.toml`: what the operator says of the instance. An unknown key refuses to start and names the nearest one."""

from __future__ import annotations

import dataclasses
import difflib
import os
import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.content.files.places import IN_OWN_FOLDER, FilePlace
from portal.content.smtp import Mail, check_mail
from portal.errors import ConfigError
from portal.loader.rules import PluginRules

FILE = "portal.toml"
KEY_FILE = "secret.key"
DEFAULT_SLUG = "default"
ALONE = ("name", "hosts", "database", "timezone", "files")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Server:
    """How `portal run` answers."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    https: bool = False
    proxies: int = 0
    keep_apps: int = 64


@dataclass(frozen=True, slots=True)
class Backup:
    """Where `portal backup` writes, and how many archives it leaves there (0: all).

    :ivar folder: from the instance's, `backups/` if empty; better on another disk
    """

    folder: str = ""
    keep: int = 0


@dataclass(frozen=True, slots=True)
class Log:
    """How facts are logged.

    :ivar format: *text* for eyes, *json* for machines: one object per line
    :ivar access: one line per request
    :ivar details: what an error says too; it may hold what a person wrote, so it is for developers
    """

    format: str = "text"
    access: bool = True
    details: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """How `portal work` works.

    :ivar store: where its turns are kept: `postgresql://…` or `redis://…`; empty for a SQLite file in the instance
    :ivar threads: collectivities served at the same time by one process
    """

    store: str = ""
    threads: int = 4


@dataclass(frozen=True, slots=True)
class Network:
    """What the portal may ask of the outside.

    :ivar offline: nothing at all, whatever its plugins may call
    """

    offline: bool = False


# each one is a field of Instance
SECTIONS: dict[str, Any] = {
    "server": Server,
    "backup": Backup,
    "log": Log,
    "mail": Mail,
    "work": Work,
    "network": Network,
    "plugins": PluginRules,
}
CALLED = {"from": "sender"}  # the word of the file, where Python has its own use for it
LOG_FORMATS = ("text", "json")
KINDS: dict[type, str] = {
    str: "un texte",
    int: "un nombre entier",
    bool: "true ou false",
    tuple: "une liste de textes",
    FilePlace: "une section",
    PluginRules: "une section",
}
SUBSECTIONS = (FilePlace, PluginRules)
NO_RULES = PluginRules()


@dataclass(frozen=True, slots=True)
class Collectivity:
    """One collectivity: a host name or several, a database, a folder, a place for its files."""

    slug: str = DEFAULT_SLUG
    name: str = "Ma collectivité"
    hosts: tuple[str, ...] = LOOPBACK
    database: str = ""
    timezone: str = "Europe/Paris"
    files: FilePlace = IN_OWN_FOLDER
    plugins: PluginRules = NO_RULES


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything in one instance folder."""

    folder: Path
    server: Server
    collectivities: tuple[Collectivity, ...]
    demo: bool = False
    default: Collectivity = field(default_factory=Collectivity)
    backup: Backup = field(default_factory=Backup)
    log: Log = field(default_factory=Log)
    mail: Mail = field(default_factory=Mail)
    work: Work = field(default_factory=Work)
    network: Network = field(default_factory=Network)
    plugins: PluginRules = field(default_factory=PluginRules)

    def folder_of(self, collectivity: Collectivity) -> Path:
        """Give the folder of one collectivity."""
        return self.folder / collectivity.slug

    def url_of(self, collectivity: Collectivity) -> str:
        """Give the address of its database: a SQLite file in its folder unless said otherwise."""
        return collectivity.database or f"sqlite:///{(self.folder_of(collectivity) / 'portal.db').resolve()}"

    def secret(self) -> bytes:
        """Read the key of the instance.

        :raises ConfigError: there is none: `portal init` makes it
        """
        path = self.folder / KEY_FILE
        try:
            return bytes.fromhex(path.read_text().strip())
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: {error}. « portal init » prépare une instance.") from error


def instance_folder() -> Path:
    """Give the folder of the instance: `PORTAL_INSTANCE`, else `instance/` here."""
    return Path(os.environ.get("PORTAL_INSTANCE", "instance"))


def read_instance(folder: Path) -> Instance:
    """Read `portal.toml`; without the file there is one collectivity, on loopback.

    :raises ConfigError: not TOML, an unknown key, a value of another type
    """
    path = folder / FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    _known(content, {*SECTIONS, "collectivity", "demo", *ALONE}, str(path))
    for key in SECTIONS:
        if not isinstance(content.get(key, {}), dict):
            raise ConfigError(f"{path} : « {key} » doit être une section [{key}].")
    if not isinstance(content.get("collectivity", []), list):
        raise ConfigError(f"{path} : « collectivity » doit être une liste de [[collectivity]].")
    if not isinstance(content.get("demo", False), bool):
        raise ConfigError(f"{path} : « demo » doit être true ou false.")
    sections = {name: _read(kind, content.get(name, {}), f"{path}, [{name}]") for name, kind in SECTIONS.items()}
    if sections["log"].format not in LOG_FORMATS:
        raise ConfigError(f"{path}, [log] : « format » est « text » ou « json ».")
    check_mail(sections["mail"], f"{path}, [mail]")
    if sections["work"].threads < 1:
        raise ConfigError(f"{path}, [work] : « threads » est au moins 1.")
    alone: dict[str, Any] = {key: content[key] for key in ALONE if key in content}
    default = _read(Collectivity, alone, str(path))
    listed = [_read(Collectivity, item, f"{path}, [[collectivity]]") for item in content.get("collectivity", [])]
    listed = listed or [default]
    _check(listed, str(path))
    for rules in (sections["plugins"], *(item.plugins for item in listed)):
        _check_rules(rules, str(path))
    return Instance(folder, collectivities=tuple(listed), demo=content.get("demo", False), default=default, **sections)


def _known(content: dict[str, Any], names: set[str], where: str) -> None:
    for key in content:
        if key not in names:
            near = difflib.get_close_matches(key, sorted(names), n=1, cutoff=0.4)
            known = f"Le plus proche est « {near[0]} »." if near else f"Ceux qui existent : {', '.join(sorted(names))}."
            raise ConfigError(f"{where} : réglage inconnu « {key} ». {known}")


def _read(kind: Any, content: dict[str, Any], where: str) -> Any:
    words = {name: word for word, name in CALLED.items()}
    fields = {words.get(item.name, item.name): item for item in dataclasses.fields(kind)}
    _known(content, set(fields), where)
    values: dict[str, Any] = {}
    for key, value in content.items():
        wanted = type(fields[key].default)
        if wanted in SUBSECTIONS and isinstance(value, dict):
            values[fields[key].name] = _read(wanted, value, f"{where}, [{key}]")
        elif wanted is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            values[fields[key].name] = tuple(value)
        elif type(value) is wanted:
            values[fields[key].name] = value
        else:
            raise ConfigError(f"{where} : « {key} » doit être {KINDS[wanted]}.")
    return kind(**values)


def _check(listed: list[Collectivity], where: str) -> None:
    seen: dict[str, str] = {}
    for item in listed:
        if not item.slug.isidentifier() or item.slug != item.slug.lower():
            raise ConfigError(
                f"{where} : « {item.slug} » n'est pas un nom de dossier (lettres minuscules, chiffres, _)."
            )
        try:
            ZoneInfo(item.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(f"{where} : fuseau horaire inconnu « {item.timezone} ».") from error
        for host in (f"slug {item.slug}", *item.hosts):
            if host in seen:
                raise ConfigError(f"{where} : « {host} » est donné à {seen[host]} et à {item.slug}.")
            seen[host] = item.slug


def _check_rules(rules: PluginRules, where: str) -> None:
    both = sorted(set(rules.force) & set(rules.forbid))
    if both:
        raise ConfigError(f"{where}, [plugins] : « {both[0]} » est à la fois dans « force » et dans « forbid ».")


def write_secret(folder: Path) -> None:
    """Make the key of an instance, readable by its owner alone; an existing one is kept."""
    path = folder / KEY_FILE
    if path.exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_hex(32) + "\n")
