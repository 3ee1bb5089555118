"""Which code of the plugins runs on this machine: what « try again » must know before it promises anything.

Python loads a module once. Files that were mended since reach a process that has loaded the old ones by a reload only.
Each process that serves plugins keeps one small file beside the instance, which says what it has loaded.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from portal.loader.discovery import files_hash
from portal.loader.states import this_host

_loaded: dict[str, str] = {}  # plugin → hash of its files when this process took it in


def loaded() -> frozenset[str]:
    """List the plugins that this process has taken in and served."""
    return frozenset(_loaded)


def files_of(plugin: str) -> str:
    """Give the hash of the code this process works with: what it has loaded, else what it would load now."""
    return _loaded.get(plugin) or files_hash(plugin)


def forget_loaded(plugin: str) -> None:
    """Start from nothing, as after a reload."""
    _loaded.pop(plugin, None)


def note_running(folder: Path, files: dict[str, str]) -> None:
    """Say in the instance's folder what this process runs; the first code it took in is what it keeps."""
    new = {plugin: known for plugin, known in files.items() if plugin not in _loaded}
    _loaded.update(new)
    path = _folder(folder) / str(os.getpid())
    if new or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"started": _started(os.getpid()), "loaded": _loaded}), encoding="utf-8")


def running_files(folder: Path, plugin: str) -> frozenset[str]:
    """Give the hashes of the code of a plugin that live processes of this machine have loaded."""
    found = {_loaded[plugin]} if plugin in _loaded else set()
    for path in _folder(folder).glob("*"):
        if path.name == str(os.getpid()):
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # being written, or just gone
            continue
        if _started(int(path.name)) != content["started"]:
            path.unlink(missing_ok=True)
        elif plugin in content["loaded"]:
            found.add(content["loaded"][plugin])
    return frozenset(found)


def needs_reload(folder: Path, plugin: str) -> bool:
    """Tell whether a process of this machine runs other code of a plugin than its files now hold."""
    return bool(running_files(folder, plugin) - {files_hash(plugin)})


def _folder(folder: Path) -> Path:
    return folder / "running" / this_host()


def _started(pid: int) -> str | None:
    """Give when a process started, in ticks since the machine did: a number alone may be used again."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return None
