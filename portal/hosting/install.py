"""Before a plugin runs here: tried apart in another process, its tables brought up to date in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache, lru_cache

from portal.errors import PluginFault, PortalError
from portal.hosting.config import Instance
from portal.hosting.site import Site
from portal.loader.discovery import PORTAL_VERSION, files_hash, scan
from portal.loader.inventory.sheets import noted_files
from portal.loader.manifest import Manifest
from portal.loader.migrating import current, head
from portal.loader.states import snapshot
from portal.texts import CORE, texts

_ = texts(CORE)
TRIAL_SECONDS = 60
VERDICT = "verdict of the trial: "


@cache
def core_head() -> str | None:
    """Give the newest revision of the core."""
    return head(None)


@lru_cache(maxsize=256)
def _files_hash(manifest_id: str) -> str:
    return files_hash(scan().manifests[manifest_id])


def checked(instance: Instance, manifest: Manifest) -> None:
    """Try a plugin in a subprocess, once for the same files: one that kills its process kills nobody.

    :raises PluginFault: phase *probe* or the phase where it broke
    """
    path = instance.folder / "verdicts" / f"{manifest.id}-{PORTAL_VERSION}-{_files_hash(manifest.id)}.json"
    if path.exists():
        verdict = json.loads(path.read_text(encoding="utf-8"))
    else:
        verdict = _try_apart(manifest)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(f".{os.getpid()}")  # whole at once: another worker may be reading
        written.write_text(json.dumps(verdict), encoding="utf-8")
        written.replace(path)
    if verdict["phase"]:
        raise PluginFault(manifest.id, verdict["phase"], verdict["reason"], verdict["trace"])


def forget_verdict(instance: Instance, manifest: Manifest) -> None:
    """Let the next try be a new one, unless the same files passed: « try again » after something was mended."""
    _files_hash.cache_clear()
    for path in (instance.folder / "verdicts").glob(f"{manifest.id}-*.json"):
        if json.loads(path.read_text(encoding="utf-8"))["phase"]:
            path.unlink(missing_ok=True)


def _try_apart(manifest: Manifest) -> dict[str, str]:
    command = [sys.executable, "-m", "portal.hosting.apart", "probe", manifest.id]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TRIAL_SECONDS, check=False)
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


def prepare_plugin(site: Site, manifest: Manifest) -> None:
    """Make a plugin ready to be switched on: tried, tables up to date, dependencies on.

    :raises PortalError: says why it cannot be
    """
    off = sorted(set(manifest.depends) - snapshot(site.engine).enabled)
    if off:
        raise PortalError(_("It needs %(plugins)s: switch that on first.", plugins=", ".join(off)))
    migrate_plugin(site, manifest)


def migrate_plugin(site: Site, manifest: Manifest) -> list[str]:
    """Try a plugin, then bring its tables, and what the inventory says of them, up to date in another process.

    The migrations done are listed.

    :raises PortalError: says what broke
    """
    forget_verdict(site.instance, manifest)
    checked(site.instance, manifest)
    known = noted_files(site.engine, manifest.id) == _files_hash(manifest.id)
    if known and current(site.engine, manifest.id) == head(manifest):
        return []
    command = [sys.executable, "-m", "portal.hosting.apart", "migrate", manifest.id]
    done_apart = subprocess.run(command, input=site.url, capture_output=True, text=True, check=False)
    if done_apart.returncode:
        raise PortalError(done_apart.stderr.strip().splitlines()[-1] if done_apart.stderr else "migration")
    done: list[str] = json.loads(_verdict(done_apart.stdout) or "[]")
    return done


def check_schema(site: Site, manifest: Manifest) -> None:
    """Refuse a plugin whose tables are not those of its code.

    :raises PluginFault: phase *schema*
    """
    here, wanted = current(site.engine, manifest.id), head(manifest)
    if here != wanted:
        raise PluginFault(manifest.id, "schema", f"tables at {here}, code at {wanted}")
