"""Before a plugin runs here: tried apart in another process, its tables brought up to date in another process."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from portal.errors import PluginFault, PortalError
from portal.hosting.config import Instance
from portal.hosting.site import Site
from portal.loader.discovery import PORTAL_VERSION, files_hash, needs_of, rescan, resolve, scan
from portal.loader.inventory.sheets import noted_files
from portal.loader.manifest import Manifest
from portal.loader.revisions import current, head, refuse_newer
from portal.loader.rules import Rule
from portal.loader.running import loaded, needs_reload
from portal.loader.states import snapshot
from portal.texts import CORE, texts

_ = texts(CORE)
TRIAL_SECONDS = 60
VERDICT = "verdict of the trial: "


@cache
def core_head() -> str | None:
    """Give the newest revision of the core."""
    return head(None)


def checked(instance: Instance, manifest: Manifest) -> None:
    """Try a plugin in a subprocess, once for the same files: one that kills its process kills nobody.

    Workers that start together wait for one trial, and read its verdict.

    :raises PluginFault: phase *probe* or the phase where it broke
    """
    path = instance.folder / "verdicts" / f"{manifest.id}-{PORTAL_VERSION}-{files_hash(manifest.id)}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _write(path, _try_apart(manifest))
    verdict = json.loads(path.read_text(encoding="utf-8"))
    if verdict["phase"]:
        raise PluginFault(manifest.id, verdict["phase"], verdict["reason"], verdict["trace"])


def _write(path: Path, verdict: dict[str, str]) -> None:
    written = path.with_suffix(f".{os.getpid()}")  # whole at once: another worker may be reading
    written.write_text(json.dumps(verdict), encoding="utf-8")
    written.replace(path)


def forget_verdict(instance: Instance, manifest: Manifest) -> None:
    """Let the next try be a new one, unless the same files passed: « try again » after something was mended."""
    for path in (instance.folder / "verdicts").glob(f"{manifest.id}-*.json"):
        if json.loads(path.read_text(encoding="utf-8"))["phase"]:
            path.unlink(missing_ok=True)


def run_apart(
    act: str, plugin: str, *, given: str = "", seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Do something with a plugin's code in a process of its own.

    :param given: what it reads
    :raises subprocess.TimeoutExpired: it is not done in time
    """
    command = [sys.executable, "-m", "portal.hosting", act, plugin]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=False)


def _try_apart(manifest: Manifest) -> dict[str, str]:
    try:
        done = run_apart("probe", manifest.id, seconds=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        return {"phase": "probe", "reason": f"no answer in {TRIAL_SECONDS} s", "trace": ""}
    said = _verdict(done.stdout)
    if said is None:
        return {
            "phase": "probe",
            "reason": f"ends the process with code {done.returncode}",
            "trace": done.stderr[-4000:],
        }
    verdict: dict[str, str] = json.loads(said)
    return verdict


def _verdict(output: str) -> str | None:
    said = [line for line in output.splitlines() if line.startswith(VERDICT)]
    return said[-1].removeprefix(VERDICT) if said else None


def prepare_plugins(site: Site, plugins: Sequence[str]) -> None:
    """Make plugins ready to be switched on together: allowed, tried, their tables up to date, what they need on.

    :param plugins: dependencies first
    :raises PortalError: says why one of them cannot be
    """
    rescan(keep=loaded())
    state = snapshot(site.engine)
    there = (site.rules.decide(state.wished) - state.aside) | set(plugins)
    for plugin in plugins:
        manifest = usable_manifest(plugin)
        if site.rules.about(plugin) is Rule.FORBIDDEN:
            raise PortalError(_("Whoever runs this portal has closed it to this plugin."))
        lacking = sorted(set(manifest.depends) - there)
        if lacking:
            raise PortalError(_("It needs %(plugins)s: switch that on first.", plugins=", ".join(lacking)))
        if needs_reload(site.instance.folder, plugin):
            raise PortalError(
                _("An earlier version of it is still running here. Reload the portal first, then come back.")
            )
        migrate_plugin(site, manifest)


def usable_manifest(plugin: str) -> Manifest:
    """Give the manifest of a plugin that could run here.

    :raises PluginFault: it cannot be read, does not fit, is not installed, or lacks what it needs
    """
    found = scan()
    if plugin not in found.manifests:
        raise found.faults.get(plugin) or PluginFault(plugin, "resolve", _("it is not installed on this machine"))
    blocked = resolve({plugin, *needs_of(plugin, found)}, found)[1]
    if plugin in blocked:
        raise blocked[plugin]
    return found.manifests[plugin]


def migrate_plugin(site: Site, manifest: Manifest) -> list[str]:
    """Try a plugin, then bring its tables, and what the inventory says of them, up to date in another process.

    The migrations done are listed.

    :raises PortalError: says what broke
    """
    forget_verdict(site.instance, manifest)
    checked(site.instance, manifest)
    refuse_newer(manifest, current(site.engine, manifest.id))
    known = noted_files(site.engine, manifest.id) == files_hash(manifest.id)
    if known and current(site.engine, manifest.id) == head(manifest):
        return []
    done_apart = run_apart("migrate", manifest.id, given=site.url)
    if done_apart.returncode:
        raise PortalError(done_apart.stderr.strip().splitlines()[-1] if done_apart.stderr else "migration")
    done: list[str] = json.loads(_verdict(done_apart.stdout) or "[]")
    return done


def schema_fault(site: Site, manifest: Manifest) -> PluginFault | None:
    """Tell why a plugin cannot run with the tables as they are: they are not those of its code."""
    here, wanted = current(site.engine, manifest.id), head(manifest)
    if here == wanted:
        return None
    return PluginFault(manifest.id, "schema", f"tables at {here}, code at {wanted}")
