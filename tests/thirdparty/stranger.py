"""A plugin of somebody else, installed with pip, then edited as its author (or its worst enemy) might."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

from portal.db import forget_plugin
from portal.loader.discovery import scan
from portal.loader.running import forget_loaded

SOURCE = Path(__file__).parent / "notices"
PIP = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-build-isolation", "--no-deps")


def pip_install(source: Path, target: Path) -> None:
    """Install a distribution where `target` is on the path; nothing is fetched, and `source` stays clean."""
    copy = target.with_name(f"{target.name}-source")
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    command = [sys.executable, "-m", "pip", "install", *PIP, "--target", str(target), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Stranger:
    """An installed plugin whose files a test may change; every change is a new start of the process for it."""

    def __init__(self, folder: Path, plugin: str, package: str) -> None:
        self.site, self.plugin, self.package = folder, plugin, package
        self.folder = folder / package

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.reload()

    def append(self, file: str, text: str) -> None:
        path = self.folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
        self.reload()

    def forget(self, plugin: str, package: str) -> None:
        """Make this process one that has never loaded a plugin."""
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
        forget_plugin(plugin)
        forget_loaded(plugin)

    def reload(self) -> None:
        """Do what a reload of the server does: read the packages anew."""
        self.forget(self.plugin, self.package)
        scan.cache_clear()
        importlib.invalidate_caches()
