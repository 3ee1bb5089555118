"""One sheet and two scripts for every page, named by their content, so that browsers keep them for a year."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Response, request

from portal.web.environment import core_templates

STATIC = Path(__file__).parent / "static"
FIRST = ("reset", "tokens", "base", "layout")
HTMX = STATIC / "vendor" / "htmx.min.js"
ICON = STATIC / "icon.svg"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: name with its hash, bytes, and the same compressed."""

    name: str
    content_type: str
    body: bytes
    compressed: bytes


@dataclass(frozen=True, slots=True)
class Assets:
    """What the pages of one app load."""

    sheet: Asset
    scripts: tuple[Asset, ...]
    icon: Asset

    def named(self, name: str) -> Asset | None:
        """Find a file by its name."""
        return next((asset for asset in (self.sheet, *self.scripts, self.icon) if asset.name == name), None)


def asset(stem: str, suffix: str, body: bytes) -> Asset:
    """Name a file by its content."""
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"{stem}-{digest}{suffix}", TYPES[suffix], body, gzip.compress(body, 9, mtime=0))


def send_asset(found: Asset, *, cache: str = "public, max-age=31536000, immutable") -> Response:
    """Answer a file, compressed for browsers that take it so; its name holds its hash, so it never changes."""
    small = request.accept_encodings.quality("gzip") > 0
    answer = Response(found.compressed if small else found.body, content_type=found.content_type)
    if small:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = cache
    answer.vary.add("Accept-Encoding")
    return answer


@lru_cache(maxsize=64)
def build_assets(plugin_folders: tuple[Path, ...], plugin_scripts: tuple[Path, ...] = ()) -> Assets:
    """Bundle the sheets of the core and of the enabled plugins, and the scripts that these declare.

    htmx is left out where it was not installed.
    """
    sheet = b"\n".join(path.read_bytes() for path in _sheets(plugin_folders))
    script = b"\n".join(path.read_bytes() for path in (STATIC / "portal.js", *plugin_scripts))
    htmx = (asset("htmx", ".js", HTMX.read_bytes()),) if HTMX.exists() else ()
    scripts = (*htmx, asset("portal", ".js", script))
    return Assets(asset("portal", ".css", sheet), scripts, asset("icon", ".svg", ICON.read_bytes()))


def _sheets(plugin_folders: Sequence[Path]) -> list[Path]:
    core = core_templates()
    plugins = [path for folder in plugin_folders for path in sorted((folder / "static").glob("*.css"))]
    return [
        *(core / "layout" / f"{name}.css" for name in FIRST),
        *sorted((core / "components").glob("*.css")),
        *plugins,
        core / "layout" / "print.css",
    ]
