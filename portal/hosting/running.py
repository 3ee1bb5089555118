"""Whether an instance is at work: every process that serves it holds a lock on one file, and loses it by ending.

The lock is shared between them; a restore takes it alone, so it can neither begin under live workers nor be overtaken
by one that starts. Not for machines that share a PostgreSQL database: those see one another as connections.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from portal.errors import PortalError

FILE = "running.lock"
UNFINISHED = "restore.unfinished"


def stay_running(folder: Path) -> IO[str]:
    """Say that the instance is at work, as long as the file given stays open.

    :raises PortalError: it is being restored, or was half restored: who was erased since may still be there
    """
    file = (folder / FILE).open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise PortalError("Une restauration est en cours dans cette instance. Attendez qu'elle finisse.") from error
    if (folder / UNFINISHED).exists():
        file.close()
        raise PortalError("Une restauration n'est pas finie ici. Relancez-la : portal restore … --replace")
    return file


@contextmanager
def at_rest(folder: Path) -> Iterator[None]:
    """Keep an instance at rest for the length of a block.

    :raises PortalError: it is at work
    """
    with (folder / FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PortalError(
                f"Le portail tourne dans {folder} : arrêtez-le d'abord (portal run, portal work, leurs services)."
            ) from error
        yield


def is_running(folder: Path) -> bool:
    """Tell whether a process serves the instance now."""
    try:
        with at_rest(folder):
            return False
    except PortalError:
        return True
