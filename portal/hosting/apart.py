"""What runs in a process of its own: trying a plugin, migrating its tables. `python -m portal.hosting …`.

The last line of a trial is its verdict, as JSON; a plugin that ends the process leaves none, and that is a verdict too.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from portal.errors import PluginFault
from portal.hosting.config import Collectivity, Instance, Server, write_secret
from portal.hosting.factory import assemble
from portal.hosting.install import VERDICT
from portal.hosting.patching import picture, replaced
from portal.hosting.site import Site
from portal.loader.discovery import resolve, scan, with_needs
from portal.loader.manifest import Manifest
from portal.loader.migrating import create_database, migrate
from portal.loader.states import Snapshot


def probe(plugin: str) -> dict[str, str]:
    """Import and register a plugin, with those it needs, on a scratch app; give the verdict."""
    try:
        ordered = with_needs({plugin})
        if plugin not in {manifest.id for manifest in ordered}:
            raise resolve({plugin}, scan())[1][plugin]
        with tempfile.TemporaryDirectory() as folder:
            write_secret(Path(folder))
            site = Site(Instance(Path(folder), Server(), (Collectivity(),)), Collectivity())
            create_database(site.url)
            _check_templates(scan().manifests[plugin])
            before = picture()
            assemble(site, Snapshot(1, 0), ordered)
            _check_patches(plugin, before)
    except PluginFault as fault:
        return {"phase": fault.phase, "reason": str(fault), "trace": fault.trace}
    return {"phase": "", "reason": "", "trace": ""}


def _check_templates(manifest: Manifest) -> None:
    templates = manifest.folder / "templates"
    strays = [path.name for path in templates.glob("*") if path.name != manifest.id] if templates.is_dir() else []
    if strays:
        raise PluginFault(manifest.id, "probe", f"templates outside templates/{manifest.id}/: {', '.join(strays)}")


def _check_patches(plugin: str, before: dict[str, object]) -> None:
    names = replaced(before)
    if names:
        raise PluginFault(plugin, "probe", f"puts its own code in place of {', '.join(names[:5])}")


def main(arguments: list[str]) -> int:
    """Do what the first word says about the plugin that the second names."""
    act, plugin = arguments
    if act == "probe":
        sys.stdout.write(f"\n{VERDICT}{json.dumps(probe(plugin))}\n")
        return 0
    done = migrate(sys.stdin.read().strip(), with_needs({plugin}), core=False)
    sys.stdout.write(f"\n{VERDICT}{json.dumps(done)}\n")
    return 0


if __name__ == "__main__":  # workers of before an update say it so
    sys.exit(main(sys.argv[1:]))
