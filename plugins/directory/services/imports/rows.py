"""One row of a file of people: what it says, cell by cell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from portal.api import local_midnight

from plugins.directory.models.imports import Change
from plugins.directory.services.imports.cells import EMPTIES, Faulty, address, last_day, number, tidy
from plugins.directory.services.imports.columns import Columns
from plugins.directory.services.imports.drafts import PERSON, Draft
from plugins.directory.services.imports.reading import Row
from plugins.directory.services.imports.trees import path_of

NAME_MAX = 120
PLAIN_FIELDS = ("job_title", "phone")
NEVER_EMPTIED = frozenset({"matricule", "name", "last_name", "first_name"})


def read_person(row: Row, columns: Columns) -> Draft:
    """Read a row; what cannot be taken refuses the line, and its key is kept: who is named has not left."""
    draft = Draft(row.number, PERSON, change=Change.CREATED)
    words = Words(row, columns)
    try:
        draft.key = words.key()
        draft.name = words.name()
        if row.fault:
            raise Faulty(row.fault)
        draft.facts = words.facts()
    except Faulty as fault:
        draft.refuse(fault)
    return draft


class Words:
    """The cells of a row by field: absent (None), empty, emptied on purpose (« - »), or words."""

    def __init__(self, row: Row, columns: Columns) -> None:
        self.row, self.columns = row, columns

    def __getitem__(self, field: str) -> str | None:
        text = self.columns.cell(self.row.cells, field)
        words = None if text is None else tidy(text, field)
        return "" if words == EMPTIES and field in NEVER_EMPTIED else words

    def key(self) -> str:
        """Give the matricule, else the e-mail address.

        :raises Faulty: neither
        """
        matricule, email = self["matricule"], self["email"]
        if matricule:
            return number(matricule, "matricule")
        if email and email != EMPTIES:
            return address(email)
        raise Faulty("no_key", "matricule" if matricule is not None else "email")

    def name(self) -> str:
        """Give the whole name, the first name before the last one.

        :raises Faulty: there is none
        """
        parts = [self["first_name"], self["last_name"]]
        whole = self["name"] or " ".join(part for part in parts if part)
        if not whole:
            raise Faulty("no_name", "name")
        if len(whole) > NAME_MAX:
            raise Faulty("too_long", "name", whole, NAME_MAX)
        return whole

    def facts(self) -> dict[str, Any]:
        """Give what the row says, without what it does not say.

        :raises Faulty: a cell that cannot be taken
        """
        facts: dict[str, Any] = {"name": self.name()}
        if self["matricule"]:
            facts["matricule"] = self.key()
        self._say(facts, "email", address)
        for field in PLAIN_FIELDS:
            self._say(facts, field, str)
        self._say(facts, "superior", lambda words: number(words, "superior"))
        self._say(facts, "leaves_on", _day_in_words)
        if facts.get("leaves_on") == "":
            del facts["leaves_on"]
        service = self._service()
        if service is not None:
            facts["service"] = service
        return facts

    def _say(self, facts: dict[str, Any], field: str, reading: Any) -> None:
        words = self[field]
        if words:
            facts[field] = None if words == EMPTIES else reading(words)

    def _service(self) -> dict[str, Any] | None:
        """Give the code and the way to the service; an emptied one has neither."""
        code, service, direction = (self[field] or "" for field in ("service_code", "service", "direction"))
        if EMPTIES in {code, service}:
            return {"code": None, "path": []}
        path = path_of("" if direction == EMPTIES else direction, service)
        return {"code": number(code, "service_code") or None, "path": path} if code or path else None


def _day_in_words(words: str) -> str:
    """Give an ISO day; « never » is empty, and says nothing."""
    on = last_day(words)
    return on.isoformat() if on else ""


def leaves_at(day: str) -> datetime:
    """Give the instant at which somebody whose last day is this one has left: the midnight that ends it."""
    return local_midnight(date.fromisoformat(day) + timedelta(days=1))
