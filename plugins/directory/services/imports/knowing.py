"""Who is here, as an import looks them up: by staff number, else by e-mail address; never by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import PersonFacts, people_facts, people_table, session

from plugins.directory.models.imports import Listed
from plugins.directory.services.imports.cells import Faulty


class Known:
    """The people who are here (all, or those of some keys), what is written of them, and when they leave."""

    def __init__(self, keys: Iterable[str] | None = None) -> None:
        table = people_table()
        self.facts: dict[int, PersonFacts] = people_facts(keys=keys)
        wanted = sa.select(table.c.id, table.c.leaves_at).where(table.c.leaves_at.is_not(None))
        self.leaves_at: dict[int, datetime] = {row.id: row.leaves_at for row in session.execute(wanted)}
        self.by_matricule = {facts.matricule: number for number, facts in self.facts.items() if facts.matricule}
        self.by_email = {facts.email: number for number, facts in self.facts.items() if facts.email}

    def by_key(self, key: str) -> int | None:
        """Find somebody by what stands in a column of superiors: a staff number, or an address."""
        return self.by_matricule.get(key) or self.by_email.get(key.lower())

    def match(self, key: str, facts: Mapping[str, Any]) -> int | None:
        """Find the person of a line; an address counts where one of the two sides has no staff number.

        :raises Faulty: the address is that of somebody with another staff number
        """
        found = self.by_matricule.get(key)
        if found is not None:
            return found
        email = facts.get("email") or (key if "@" in key else None)
        owner = self.by_email.get(email) if email else None
        if owner is None:
            return None
        if facts.get("matricule") and self.facts[owner].matricule:
            raise Faulty("address_taken", "email", str(email))
        return owner


def listed_ids() -> set[int]:
    """Give the people whom an applied import found in its file."""
    return set(session.scalars(sa.select(Listed.person_id)))


def without_zeros(numbers: Iterable[str]) -> dict[str, str]:
    """Give staff numbers by what a spreadsheet makes of them; those that it leaves alone are absent."""
    return {text.lstrip("0"): text for text in numbers if text.startswith("0") and text.lstrip("0").isdigit()}
