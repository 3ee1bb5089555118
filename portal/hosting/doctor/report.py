"""Every check there is, and what they found together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from portal.errors import ConfigError
from portal.hosting.config import FILE, read_instance
from portal.hosting.doctor import databases, instances, life, machine
from portal.hosting.doctor.checking import EXIT_CODES, FAIL, OK, Finding, Patient, examine


def findings(folder: Path, *, is_full: bool = False) -> Iterator[Finding]:
    """Look at an instance; settings that cannot be read are the only finding then."""
    try:
        instance = read_instance(folder)
    except ConfigError as error:
        yield Finding("settings", FAIL, str(error), f"Corrigez {FILE}, puis relancez portal doctor.")
        return
    patient = Patient(instance, is_full)
    yield from examine(
        patient, (*instances.CHECKS, *machine.CHECKS), databases.database, (*databases.CHECKS, *life.CHECKS)
    )


def exit_code(found: Iterable[Finding]) -> int:
    """Give 0 if all is well, 1 with warnings, 2 with failures."""
    return max((EXIT_CODES[item.level] for item in found), default=EXIT_CODES[OK])
