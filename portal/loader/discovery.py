"""Find the installed plugins, by their entry points, without running any of their code."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from portal.errors import PluginFault
from portal.loader.manifest import Manifest, read_manifest, say

GROUP = "portal.plugins"
API_GENERATION = 2
PORTAL_VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Scan:
    """What is installed: good manifests by id, a reason for each that is not, and by id who says to be it."""

    manifests: dict[str, Manifest] = field(default_factory=dict)
    faults: dict[str, PluginFault] = field(default_factory=dict)
    packages: dict[str, list[str]] = field(default_factory=dict)


@cache
def scan() -> Scan:
    """Read every manifest once per process; code arrives with a reload."""
    found = Scan()
    for entry in _entries(_folders()):
        try:
            manifest = read_manifest(_folder(entry.name, entry.value), entry.value)
            _check(manifest, entry.name, found)
        except PluginFault as fault:
            found.faults[entry.name] = fault
        except Exception as error:  # the edge of what a stranger wrote: one entry must not hide the others
            found.faults[entry.name] = PluginFault(entry.name, "manifest", f"{type(error).__name__}: {error}")
        else:
            found.manifests[manifest.id] = manifest
    return found


def _folders() -> tuple[tuple[str, int], ...]:
    """Give the folders that packages are found in, and when each last changed: an installation adds to one."""
    return tuple((folder, _changed_at(folder or ".")) for folder in sys.path)


def _changed_at(folder: str) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:  # not there, or not ours to read: nothing is found in it
        return 0


@cache
def _entries(folders: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    """Read what packages bring, by name; a seventh of the time of building an app."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda entry: entry.name))


def _folder(name: str, package: str) -> Path:
    spec, path = None, None
    parts = package.split(".")
    for length in range(1, len(parts) + 1):
        spec = _spec(".".join(parts[:length]), path)
        path = spec.submodule_search_locations if spec else None
        if path is None:
            raise PluginFault(name, "manifest", f"package not found: {package}")
    if spec is None or spec.origin is None:
        raise PluginFault(name, "manifest", f"package not found: {package}")
    return Path(spec.origin).parent


def _spec(package: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """Find a package without importing the one above it, as `importlib.util.find_spec` would."""
    specs = (finder.find_spec(package, path) for finder in sys.meta_path if hasattr(finder, "find_spec"))
    return next((spec for spec in specs if spec is not None), None)


def _check(manifest: Manifest, entry_name: str, found: Scan) -> None:
    found.packages.setdefault(manifest.id, []).append(manifest.package)
    if manifest.id in found.manifests or manifest.id in found.faults:
        found.manifests.pop(manifest.id, None)
        reason = f"two plugins call themselves {manifest.id}: {', '.join(found.packages[manifest.id])}"
        found.faults[manifest.id] = PluginFault(manifest.id, "resolve", reason)
        raise found.faults[manifest.id]
    if manifest.id != entry_name:
        raise PluginFault(entry_name, "manifest", f"entry point {entry_name} declares the id {manifest.id}")
    if manifest.api != API_GENERATION:
        raise PluginFault(manifest.id, "resolve", f"needs portal.api {manifest.api}, this portal has {API_GENERATION}")
    try:
        fits = SpecifierSet(manifest.requires_portal).contains(PORTAL_VERSION)
    except InvalidSpecifier as error:
        raise PluginFault(manifest.id, "manifest", f"requires_portal: {error}") from error
    if not fits:
        raise PluginFault(manifest.id, "resolve", f"needs portal {manifest.requires_portal}, this is {PORTAL_VERSION}")


def name_of(plugin: str) -> str:
    """Give the name of a plugin in the language of the moment; its id if it is not here."""
    manifest = scan().manifests.get(plugin)
    return say(manifest.name) if manifest else plugin


def rescan(*, keep: frozenset[str]) -> Scan:
    """Read the manifests anew, but for those whose code this process has loaded: these come with a reload."""
    before = scan()
    scan.cache_clear()
    after = scan()
    for plugin in keep & set(before.manifests):
        after.manifests[plugin] = before.manifests[plugin]
        after.faults.pop(plugin, None)
    return after


def files_hash(plugin: str) -> str:
    """Hash the files of a plugin and of those it needs, as they are now: a verdict holds as long as they do."""
    digest = hashlib.sha256()
    for manifest in with_needs({plugin}) or [scan().manifests[plugin]]:
        for path in sorted(manifest.folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{manifest.id}/{path.relative_to(manifest.folder)}".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a plugin needs and has not.

    :ivar why: *absent* (not installed, or cannot be read), *version* (another one), *waits* (itself not running),
        *circle* (each waits for the other), *off*
    """

    plugin: str
    asked: str
    why: str

    def __str__(self) -> str:
        return f"{self.plugin} {self.asked}".strip()


class Blocked(PluginFault):
    """A plugin that waits for others; it comes with them, and nobody has to do anything.

    :ivar lacks: what it waits for
    """

    def __init__(self, plugin: str, lacks: tuple[Lack, ...]) -> None:
        super().__init__(plugin, "resolve", f"needs {', '.join(map(str, lacks))}")
        self.lacks = lacks


def resolve(wanted: set[str], found: Scan) -> tuple[list[Manifest], dict[str, PluginFault]]:
    """Put the wanted plugins in order, dependencies first, then by id; say why the others cannot be.

    A cycle, a missing dependency or one that is off blocks a plugin and those that need it.
    """
    ordered: list[Manifest] = []
    blocked: dict[str, PluginFault] = {name: found.faults[name] for name in wanted & set(found.faults)}
    for name in sorted(wanted - set(found.manifests) - set(blocked)):
        blocked[name] = PluginFault(name, "resolve", "not installed any more")
    waiting = sorted(wanted - set(blocked))
    while waiting:
        ready = [name for name in waiting if _needs_met(found.manifests[name], ordered)]
        if not ready:
            break
        ordered.append(found.manifests[ready[0]])
        waiting.remove(ready[0])
    placed = {manifest.id for manifest in ordered}
    for name in waiting:
        blocked[name] = Blocked(name, tuple(_lacks(found.manifests[name], placed, wanted, found)))
    return ordered, blocked


def _lacks(manifest: Manifest, placed: set[str], wanted: set[str], found: Scan) -> Iterator[Lack]:
    for need, asked in sorted(manifest.depends.items()):
        known = found.manifests.get(need)
        if known is None:
            yield Lack(need, asked, "absent")
        elif not SpecifierSet(asked).contains(known.version, prereleases=True):
            yield Lack(need, asked, "version")
        elif need not in placed:
            circle = manifest.id in needs_of(need, found)
            yield Lack(need, asked, "circle" if circle else "waits" if need in wanted else "off")


def needs_of(plugin: str, found: Scan) -> frozenset[str]:
    """Give all that a plugin needs, and what those need."""
    wanted: set[str] = set()
    new = {plugin}
    while new:
        new = {need for name in new if name in found.manifests for need in found.manifests[name].depends} - wanted
        wanted |= new
    return frozenset(wanted)


def with_needs(names: set[str]) -> list[Manifest]:
    """Give these plugins and all they need, dependencies first; what cannot be resolved is left out."""
    wanted = set(names).union(*(needs_of(name, scan()) for name in names))
    return resolve(wanted, scan())[0]


def _needs_met(manifest: Manifest, ordered: Sequence[Manifest]) -> bool:
    versions = {placed.id: placed.version for placed in ordered}
    return all(
        need in versions and SpecifierSet(asked).contains(versions[need], prereleases=True)
        for need, asked in manifest.depends.items()
    )
