"""What a check is: a function that says in one sentence that all is well, or raises what is wrong and what to do.

One that breaks is said like any other finding, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from portal.hosting.config import Instance
from portal.hosting.site import Site

OK, WARN, FAIL = "ok", "warn", "fail"
EXIT_CODES = {OK: 0, WARN: 1, FAIL: 2}


@dataclass(frozen=True)
class Patient:
    """What a check looks at: an instance, or one of its collectivities.

    :ivar is_full: take the time to read everything
    """

    instance: Instance
    is_full: bool = False

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Give its collectivities, each with its engine."""
        return tuple(Site(self.instance, item) for item in self.instance.collectivities)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: its sentence, and what to do about it."""

    check: str
    level: str
    sentence: str
    remedy: str = ""
    collectivity: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        return asdict(self)


class Wrong(Exception):
    """A check found something."""

    def __init__(self, sentence: str, remedy: str, *, level: str = FAIL) -> None:
        super().__init__(sentence)
        self.remedy, self.level = remedy, level


Check = Callable[..., str]


def name_of(check: Check) -> str:
    """Name a check as the report does."""
    return check.__name__.replace("_", "-")


def look(check: Check, *about: object, collectivity: str | None = None) -> Finding:
    """Do one check."""
    name = name_of(check)
    try:
        return Finding(name, OK, check(*about), collectivity=collectivity)
    except Wrong as found:
        return Finding(name, found.level, str(found), found.remedy, collectivity)
    except Exception as error:  # the edge: a check of ours that breaks must not hide what the others find
        said = f"{type(error).__name__}: {str(getattr(error, 'orig', error))[:200]}"
        return Finding(
            name, FAIL, f"Ce contrôle n'a pas pu se faire ({said}).", "Relevez ce qui est dit ici.", collectivity
        )


def examine(
    patient: Patient, of_instance: tuple[Check, ...], first: Check, of_collectivity: tuple[Check, ...]
) -> Iterator[Finding]:
    """Do every check: of the instance, then of each collectivity, unless its database cannot be reached (`first`)."""
    for check in of_instance:
        yield look(check, patient)
    for site in patient.sites:
        try:
            found = look(first, site, patient, collectivity=site.slug)
            yield found
            if found.level != FAIL:
                yield from (look(check, site, patient, collectivity=site.slug) for check in of_collectivity)
        finally:
            site.engine.dispose()


def scalar(site: Site, statement: str | sa.Executable) -> Any:
    """Read one value from a collectivity's database."""
    with site.engine.connect() as conn:
        return conn.scalar(sa.text(statement) if isinstance(statement, str) else statement)
