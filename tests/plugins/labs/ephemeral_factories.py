"""Ephemeral labs for tests, with sensible defaults. Call them inside `with writing():`; they give ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from portal.api import Person, fold, issue_token, now, session

from plugins.labs.models.ephemeral import Ephemeral, Guest, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.services.opening import GUEST_SCOPE

QUESTION = "Que garde-t-on du comptoir de quartier ?"


def make_ephemeral(
    lab_id: int,
    author: Person,
    *,
    question: str = QUESTION,
    starts_in: int = 0,
    minutes: int = 60,
    people: Iterable[Person] = (),
    **columns: Any,
) -> int:
    """Make an ephemeral lab that starts in so many minutes, with these people in it; give its id."""
    at = now()
    lab, starts_at = session.get_one(Lab, lab_id), at + timedelta(minutes=starts_in)
    defaults: dict[str, Any] = {
        "audience": "lab",
        "reader_group_id": lab.group_id,
        "place": "Salle des Dunes",
        "created_at": min(at, starts_at),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "minutes": minutes,
    }
    values = defaults | columns
    values.setdefault("folded", fold(question, values.get("learnt")))
    ephemeral = Ephemeral(lab_id=lab_id, author_id=author.id, question=question, **values)
    session.add(ephemeral)
    session.flush()
    session.add_all(
        Participant(ephemeral_id=ephemeral.id, person_id=person.id, joined_at=starts_at) for person in people
    )
    issue_token(GUEST_SCOPE, subject=ephemeral.subject, expires_at=ephemeral.ends_at)
    session.flush()
    return ephemeral.id


def tell(ephemeral_id: int, teller: Person, *, outcome: str = "learnt", learnt: str = "On garde le format.") -> None:
    """Tell an ephemeral lab."""
    ephemeral = session.get_one(Ephemeral, ephemeral_id)
    ephemeral.outcome, ephemeral.learnt, ephemeral.told_by_id = outcome, learnt, teller.id
    ephemeral.told_at = ephemeral.ends_at
    ephemeral.folded = fold(ephemeral.question, learnt)
    session.flush()


def make_guest(ephemeral_id: int, first_name: str = "Inès", *, joined_at: datetime | None = None) -> str:
    """Let a guest in; give their key."""
    key = f"{first_name}-{ephemeral_id}-".ljust(30, "k")
    session.add(
        Guest(
            ephemeral_id=ephemeral_id,
            key=key,
            first_name=first_name,
            service="Espaces verts",
            joined_at=joined_at or now(),
        )
    )
    session.flush()
    return key
