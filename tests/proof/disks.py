"""A disk in a file: what was written to it but not synced is in the memory of the kernel, and not in the file.

So a copy of the file is what a power cut leaves; and a small file is a disk that gets full. Needs root, a loop device.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.strict import unavailable

MEGABYTE = 2**20


def new_disk(path: Path, *, megabytes: int) -> Path:
    """Make a disk with an empty file system."""
    maker = shutil.which("mkfs.ext4", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if os.geteuid() or maker is None:
        unavailable("a disk in a file needs root and mkfs.ext4 (on Debian: apt install e2fsprogs)")
    path.write_bytes(b"")
    os.truncate(path, megabytes * MEGABYTE)
    subprocess.run([maker, "-q", "-F", "-m", "0", path], check=True)
    return path


@contextmanager
def mounted(disk: Path) -> Iterator[Path]:
    """Mount a disk at a short path; the kernel is asked to write nothing by itself for five minutes."""
    place = Path(tempfile.mkdtemp(prefix="portal-disk-", dir="/tmp"))
    try:
        asked = subprocess.run(
            ["mount", "-o", "loop,commit=300", disk, place], check=False, capture_output=True, text=True
        )
        if asked.returncode:
            unavailable(f"a file cannot be mounted here (root, a loop device): {asked.stderr}")
        place.chmod(0o755)  # another account runs PostgreSQL
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)
    finally:
        place.rmdir()
