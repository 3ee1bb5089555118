"""Rows of copils for the measurements: a copil for each thousand, a question and its commitment for each ten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bench.filling import DAY, READER, USERS, WORDS, Filler

FUNCTIONS = 40
PER_COPIL = 100
COPIL_COLUMNS = (
    "id", "title", "place", "created_at", "held_at", "minutes", "freezes_at", "answers_due_on", "facilitator_id",
    "closed_at", "is_listening", "audience", "author_id",
)  # fmt: skip
QUESTION_COLUMNS = (
    "id", "copil_id", "author_id", "text", "is_collective", "created_at", "asked_at", "position", "answer",
    "answered_at", "answered_by_id",
)  # fmt: skip
COMMITMENT_COLUMNS = (
    "id", "copil_id", "question_id", "kind", "text", "folded", "function_id", "holder_id", "made_at", "due_on",
    "pressing_on", "postponed", "in_name", "proposed_at", "proposed_by_id", "proof", "confirmed_at",
    "confirmed_by_id", "unconfirmed_noted", "holder_told", "audience", "author_id",
)  # fmt: skip


def fill_promises(filler: Filler, count: int, at: datetime) -> None:
    """Write `count` commitments over the last two years: two in three kept, the others said done, late or under way."""
    born = filler.instant(at - 900 * DAY)
    functions = range(1, FUNCTIONS + 1)
    filler.fill("functions", ("id", "name"), ((n, f"Direction {n:02}") for n in functions))
    filler.fill("holdings", ("id", "function_id", "user_id", "since_at"), ((n, n, n, born) for n in functions))
    filler.fill("copils_copil", COPIL_COLUMNS, _copils(filler, 1 + count // PER_COPIL, at))
    filler.fill("copils_question", QUESTION_COLUMNS, _questions(filler, count, at))
    asker = ("id", "question_id", "person_id", "is_support", "invited_at", "confirmed_at")
    filler.fill("copils_asker", asker, ((n, n, 1 + n % USERS, False, born, born) for n in range(1, count + 1)))
    filler.fill("copils_commitment", COMMITMENT_COLUMNS, _commitments(filler, count, at))


def _day_of(number: int, count: int, at: datetime) -> datetime:
    """Give when a copil of `count` sat: the last one a week ago, the first two years before."""
    return at - 7 * DAY - (count - number) * (700 * DAY / count)


def _copils(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        held = _day_of(n, count, at)
        called, over = filler.instant(held - 30 * DAY), filler.instant(held)
        due_on = (held + 9 * DAY).date().isoformat()
        yield (
            n, f"Copil inversé {n}", "Salle du conseil", called, over, 120, over, due_on, READER, over, False,
            "intranet", READER,
        )  # fmt: skip


def _questions(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    copils = 1 + count // PER_COPIL
    for n in range(1, count + 1):
        copil, text = 1 + n // PER_COPIL, f"Pourquoi la {WORDS[n % 10]} numéro {n} ?"
        held = filler.instant(_day_of(copil, copils, at))
        yield n, copil, 1 + n % USERS, text, False, held, held, n % PER_COPIL, "yes", held, READER


def _commitments(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    copils = 1 + count // PER_COPIL
    for n in range(1, count + 1):
        copil, text = 1 + n // PER_COPIL, f"Une {WORDS[n % 10]} ouverte, numéro {n}"
        held, function = _day_of(copil, copils, at), 1 + n % FUNCTIONS
        due_on = (held + (n % 400) * DAY).date().isoformat()
        said = (filler.instant(at - DAY), function, "C’est fait.") if n % 3 else (None, None, None)
        kept = (filler.instant(at - DAY), 1 + n % USERS) if n % 3 == 1 or n % 30 == 2 else (None, None)
        yield (
            n, copil, n, "promise", text, text.casefold(), function, function, filler.instant(held),
            due_on, due_on, 0, False, *said, *kept, True, "", "intranet", READER,
        )  # fmt: skip
