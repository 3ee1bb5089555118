"""What `portal work` does for the directory. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.directory.services.imports.applying import apply_batch
from plugins.directory.services.imports.staging import forget_lines


def directory_jobs() -> list[Job]:
    """Give the jobs: the next lines of an import, and what imports held of people, to forget."""
    return [
        Job("import", every_minutes=1, run=apply_batch),
        Job("forget", every_minutes=24 * 60, run=forget_lines),
    ]
