"""Things for the tests of copils, with sensible defaults. Call them inside `with writing():`; they give ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal.api import Person, fold, hold_function, local_day, now, session
from portal.people.functions import create_function

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil, Decider
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.calendar import working_days_after, working_days_before

# A Monday without a holiday near it; the copil of the tests sits four weeks later.
START = datetime(2026, 9, 7, 8, tzinfo=UTC)
SITTING = START + timedelta(days=29)

# A collective, and what one of it sends to ask.
MEMBERS = ("Awa Diop", "Béa Roux", "Cyr Nkomo")
TYPED = {
    "text": "Pourquoi travailler seul la nuit ?",
    "asked": "together",
    "collective": "L’équipe de nuit",
    "person": "Béa Roux",
}


def make_function(name: str, holder: Person | None = None, *, since: datetime | None = None) -> int:
    """Make a function, held or vacant."""
    function_id = create_function(name)
    if holder is not None:
        hold_function(function_id, holder.id, since=since or now())
    return function_id


def make_copil(
    facilitator: Person,
    deciders: Iterable[int] = (),
    *,
    held_at: datetime | None = None,
    **columns: Any,
) -> int:
    """Make a copil that was announced now, with the functions that are to answer."""
    at, held = now(), held_at or SITTING
    defaults: dict[str, Any] = {
        "title": "Copil inversé d’octobre",
        "place": "Salle du conseil",
        "minutes": 120,
        "audience": "intranet",
        "author_id": facilitator.id,
        "created_at": at,
        "freezes_at": working_days_before(held, 3),
        "answers_due_on": working_days_after(local_day(held), 7),
    }
    copil = Copil(facilitator_id=facilitator.id, held_at=held, **defaults | columns)
    session.add(copil)
    session.flush()
    session.add_all(Decider(copil_id=copil.id, function_id=function_id) for function_id in deciders)
    session.flush()
    return copil.id


def make_question(
    asker: Person, copil_id: int | None, text: str = "Pourquoi trois signatures ?", **columns: Any
) -> int:
    """Make a question of one person, on the agenda."""
    at = now()
    defaults: dict[str, Any] = {"created_at": at, "asked_at": at}
    question = Question(copil_id=copil_id, author_id=asker.id, text=text, **defaults | columns)
    session.add(question)
    session.flush()
    session.add(Asker(question_id=question.id, person_id=asker.id, invited_at=at, confirmed_at=at))
    session.flush()
    return question.id


def add_askers(question_id: int, persons: Iterable[Person]) -> None:
    """Let others ask a question too."""
    at = now()
    session.add_all(
        Asker(question_id=question_id, person_id=person.id, invited_at=at, confirmed_at=at) for person in persons
    )
    session.flush()


def make_commitment(
    question_id: int, function_id: int, *, by: Person, holder: Person | None = None, **columns: Any
) -> int:
    """Make what a function owes since a copil, due in a month."""
    question = session.get_one(Question, question_id)
    text = columns.get("text", "Une salle ouverte, sans réservation")
    defaults: dict[str, Any] = {
        "text": text,
        "folded": fold(text, question.text),
        "made_at": now(),
        "due_on": local_day(now()) + timedelta(days=30),
        "audience": "intranet",
    }
    columns.setdefault("pressing_on", columns.get("due_on", defaults["due_on"]))
    commitment = Commitment(
        copil_id=question.copil_id,
        question_id=question_id,
        function_id=function_id,
        holder_id=holder.id if holder else None,
        author_id=by.id,
        **defaults | columns,
    )
    session.add(commitment)
    session.flush()
    return commitment.id


def answered(at: datetime, by: Person, answer: str = "no", text: str = "Parce que.", on: date | None = None) -> Any:
    """Give the columns of a question that was answered."""
    return {"answer": answer, "answer_text": text, "answer_on": on, "answered_at": at, "answered_by_id": by.id}
