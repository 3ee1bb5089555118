"""Rows for the measurements, written straight into the tables: pages would take hours.

The people and the labs are the same at every size, and so is the past of whoever reads; what grows is what has been
done there: ephemeral labs, who was in them, their doors, their audit entries, the projects, what was promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Engine

from bench.filling import DAY, READER, USERS, WORDS, Filler
from bench.promises import fill_promises

LABS = 20
MEMBERS = 25
HELD_PER_PROJECT = 10
READER_WAS_IN = 40
HELD_PER_COMMITMENT = 10
PEOPLE_COLUMNS = ("id", "name", "sort_name", "matricule", "role", "language", "theme", "created_at")
LAB_COLUMNS = ("id", "name", "folded", "group_id", "place", "max_minutes", "created_at")
EPHEMERAL_COLUMNS = (
    "id", "lab_id", "question", "folded", "place", "audience", "author_id", "reader_group_id", "created_at",
    "starts_at", "ends_at", "minutes", "allows_guests", "outcome", "learnt", "told_at", "told_by_id",
    "opening_noted", "ending_noted",
)  # fmt: skip
AUDIT_COLUMNS = (
    "id", "at", "recorded_at", "action", "subject_kind", "subject_id", "facts", "commitment", "previous_hash", "hash",
)  # fmt: skip
TOKEN_COLUMNS = ("id", "scope", "nonce", "subject_kind", "subject_id", "created_at", "expires_at")
PROJECT_COLUMNS = (
    "id", "lab_id", "title", "folded", "lead_id", "clause", "opened_at", "audience", "author_id", "reader_group_id",
)  # fmt: skip


def fill(engine: Engine, count: int, *, now: datetime | None = None) -> None:
    """Write `count` ephemeral labs, of which one is open, and all that goes with them."""
    filler, at = Filler(engine), now or datetime.now(UTC)
    _people(filler, at)
    _labs(filler, at)
    filler.fill("labs_ephemeral", EPHEMERAL_COLUMNS, _ephemerals(filler, count, at))
    seen = ("ephemeral_id", "person_id", "joined_at")
    filler.fill("labs_participant", seen, _participants(filler, count, at))
    filler.fill("tokens", TOKEN_COLUMNS, _tokens(filler, count, at))
    filler.fill("labs_project", PROJECT_COLUMNS, _projects(filler, count // HELD_PER_PROJECT, at))
    fill_promises(filler, count // HELD_PER_COMMITMENT, at)
    filler.fill("audit", AUDIT_COLUMNS, _audit(filler, count, at))
    filler.close(last_audit=count)


def _people(filler: Filler, at: datetime) -> None:
    born = filler.instant(at - 900 * DAY)
    rows = (
        (n, f"Personne {n:03}", f"personne {n:03}", f"M{n:05}", "agent", "fr", "system", born)
        for n in range(1, USERS + 1)
    )
    filler.fill("users", PEOPLE_COLUMNS, rows)
    filler.fill("groups", ("id", "kind", "name"), ((n, "lab", f"Labo {n:02}") for n in range(1, LABS + 1)))
    columns = ("group_id", "user_id", "is_animator", "joined_at")
    filler.fill("memberships", columns, ((g, p, a, born) for g in range(1, LABS + 1) for p, a in _members(g)))


def _members(group: int) -> Iterator[tuple[int, bool]]:
    """Give the members of a group; the reader animates the first and belongs to the second."""
    if group <= 2:
        yield READER, group == 1
    for place in range(1, MEMBERS):
        yield 1 + (group * MEMBERS + place) % USERS, place == 1 and group > 1


def _labs(filler: Filler, at: datetime) -> None:
    born = filler.instant(at - 800 * DAY)
    rows = ((n, f"Labo {n:02}", f"labo {n:02}", n, "Salle des Dunes", 1440, born) for n in range(1, LABS + 1))
    filler.fill("labs_lab", LAB_COLUMNS, rows)
    margins = ((n, n, "Le lieu des séances", (at + 200 * DAY).date().isoformat(), 1, born) for n in range(1, LABS + 1))
    filler.fill("labs_margin", ("id", "lab_id", "text", "review_on", "position", "written_at"), margins)


def _lab_of(number: int) -> int:
    return 1 + number % LABS


def start_of(number: int, count: int, at: datetime) -> datetime:
    """Give when the lab of that number started: the last one runs now, the others fill the last two years."""
    if number == count:
        return at - timedelta(minutes=5)
    return at - timedelta(days=1) - (count - number) * (700 * DAY / count)


def _ephemerals(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    audiences = ("intranet",) * 7 + ("lab", "lab", "network")
    for n in range(1, count + 1):
        starts = start_of(n, count, at)
        minutes = 600 if n == count else 60
        begin, end = filler.instant(starts), filler.instant(starts + timedelta(minutes=minutes))
        told, lab = n != count and n % 5 != 0, _lab_of(n)
        question = f"Que garde-t-on de la {WORDS[n % 10]} numéro {n} ?"
        telling = ("learnt", "On garde le format, on change l’heure.", end, 1 + n % USERS) if told else (None,) * 4
        audience = audiences[n % 10]
        yield (
            n, lab, question, question.casefold(), "Salle des Dunes", audience, 1 + n % USERS, lab, begin, begin, end,
            minutes, False, *telling, True, n != count,
        )  # fmt: skip


def _participants(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    every = max(count // READER_WAS_IN, 1)
    for n in range(1, count + 1):
        joined = filler.instant(start_of(n, count, at))
        others = {2 + n % (USERS - 1), 2 + (n * 7 + 3) % (USERS - 1)}
        for person in sorted(others | ({READER} if n % every == 0 else set())):
            yield n, person, joined


def _tokens(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        starts = start_of(n, count, at)
        until = filler.instant(starts + timedelta(minutes=600 if n == count else 60))
        yield n, "labs.guest", f"{n:032x}", "labs.ephemeral", n, filler.instant(starts), until


def _projects(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        title, lab, lead = f"Un projet de {WORDS[n % 10]} numéro {n}", _lab_of(n), 1 + n % USERS
        opened = filler.instant(start_of(n, count + 1, at))
        yield n, lab, title, title.casefold(), lead, "none", opened, "intranet", lead, lab


def _audit(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    """Entries of the same size as real ones; their chain is not a chain, and nothing here reads it as one."""
    for n in range(1, count + 1):
        when = filler.instant(start_of(n, count, at))
        digest = f"{n:064x}"
        opened = ("labs.ephemeral_opened", "labs.ephemeral", n, '{"lab": 1}')
        yield (n, when, when, *opened, digest, digest, digest)
