"""Chapter 9: finding somebody among the cards of a whole collectivity (C08), which no other chapter holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy.engine import Engine

from bench.filling import DAY, READER, WORDS, Filler
from bench.instances import Wanted
from bench.measures import Bench, apart, search_aim
from bench.pages import Inside
from bench.report import table

from plugins.ambassadors.models.card import SHUFFLE_PRIME
from plugins.ambassadors.queries.stems import stems

SIZES, QUICK_SIZES = (1_000, 10_000, 55_000), (1_000, 10_000)
SERVICES, TAGS, LAB, PER_CARD, STEP = 60, 120, 1, 3, 1_103_515_245
SQL_AIM = 10
PAGES = {
    "find, two words": "/ambassadors/?q=dessiner+comptoir",
    "find, a common word": "/ambassadors/?q=dessiner",
    "find, no word": "/ambassadors/",
    "find, a talent, a day, a service": "/ambassadors/?talent=7&day=2&place=3",
    "find, a word nobody says": "/ambassadors/?q=xylophone",
    "who brings what I seek": "/ambassadors/?mine=seeks",
    "a card": "/ambassadors/people/3",
    "my card": "/ambassadors/mine",
    "requests": "/ambassadors/requests",
}
PEOPLE = ("id", "name", "sort_name", "matricule", "role", "language", "theme", "created_at", "service_id")
ENTRY = (
    "id", "card_id", "author_id", "kind", "text", "audience", "reader_group_id", "visible_until", "minutes", "days",
)  # fmt: skip


def fill_talents(engine: Engine, count: int) -> None:
    """Write `count` people with a card each: three fields, two tags, a time one has for two in five."""
    filler, at = Filler(engine), datetime.now(UTC)
    born, until = filler.instant(at - 30 * DAY), filler.instant(at + 300 * DAY)
    numbers = range(1, count + 1)
    filler.fill("services", ("id", "name"), ((n, f"Service {n:02}") for n in range(1, SERVICES + 1)))
    filler.fill("users", PEOPLE, (_person(n, born) for n in numbers))
    filler.fill("groups", ("id", "kind", "name"), [(LAB, "lab", "Labo 01")])
    member = ("group_id", "user_id", "is_animator", "joined_at")
    filler.fill("memberships", member, [(LAB, READER, True, born)])
    _vocabulary(filler)
    card = ("id", "person_id", "reader_group_id", "shuffle", "created_at", "confirmed_at")
    filler.fill(
        "ambassadors_card", card, ((n, n, LAB, 1 + n * 7919 % (SHUFFLE_PRIME - 1), born, born) for n in numbers)
    )
    filler.fill("ambassadors_entry", ENTRY, (row for n in numbers for row in _entries(n, until)))
    said = ((stem, row[0]) for n in numbers for row in _entries(n, until) for stem in _sorted_stems(str(row[4])))
    filler.fill("ambassadors_entry_word", ("stem", "entry_id"), said)
    ticked = ((PER_CARD * n, 1 + (n * step) % TAGS) for n in numbers for step in (1, 7))
    filler.fill("ambassadors_entry_tag", ("entry_id", "tag_id"), dict.fromkeys(ticked))
    filler.close(last_audit=0)


@cache
def _sorted_stems(text: str) -> list[str]:
    """Stem each of the few texts once: the stemmer is written in Python."""
    return sorted(stems(text))


def _person(n: int, born: object) -> Sequence[object]:
    name = f"Personne {n:05}"
    return n, name, name.casefold(), f"M{n:06}", "agent", "fr", "system", born, 1 + n % SERVICES


def _vocabulary(filler: Filler) -> None:
    labels = [(n, f"Talent {WORDS[n % 10]} {n}") for n in range(1, TAGS + 1)]
    columns = ("id", "kind", "family", "label", "folded", "synonyms", "needs_writing", "needs_mail")
    rows = ((n, "talent", "Créer", label, label.casefold(), "", False, False) for n, label in labels)
    filler.fill("ambassadors_tag", columns, rows)
    words = ((stem, n) for n, label in labels for stem in sorted(stems(label)))
    filler.fill("ambassadors_tag_word", ("stem", "tag_id"), words)


def _entries(n: int, until: object) -> Iterator[Sequence[object]]:
    """Give the fields of a card: one in ten is for its owner alone, two in ten for the lab; one in eight draws."""
    audience = ("intranet",) * 7 + ("lab", "lab", "self")
    does = "dessiner" if n % 8 == 0 else f"réparer {WORDS[n // 10 % 10]}"
    first, who = PER_CARD * n, audience[n % 10]
    yield first, n, n, "bring", f"{does} pour le {WORDS[n % 10]}", who, LAB, until, None, 0
    yield first + 1, n, n, "seek", f"apprendre : {WORDS[n // 7 % 10]} et métier {n % 997}", who, LAB, until, None, 0
    if n % 5 < 2:
        yield first + 2, n, n, "free", "plutôt le matin", who, LAB, until, (15, 60, 240)[n % 3], 1 << n % 5


def finding(bench: Bench, _inside: Inside) -> None:
    """Measure each page over more cards; nothing else grows here."""
    parts = []
    with apart(bench, "talents", fill_talents, sizes=SIZES, quick_sizes=QUICK_SIZES) as (inside, databases):
        for name, here in databases.items():
            sizes = (f"{item.rows:,}".replace(",", " ") + " cards, ms" for item in here)
            rows = [(what, *_row(bench, inside, here, what, path)) for what, path in PAGES.items()]
            parts.append(table((name, "SQL", *sizes), rows))
    how = (
        "In process, one request after the other, median. People and their cards grow. What a page finds is put in the"
        " order of the day before it is cut: a search that finds many costs what it finds."
    )
    bench.report.section("9. Finding somebody", how, *parts)


def _row(bench: Bench, inside: Inside, here: Sequence[Wanted], what: str, path: str) -> Iterator[float]:
    counts = [inside.statements(item, path)["sql"] + 1 for item in here]
    bench.report.at_most(f"SQL statements: {what}, {here[0].database}", max(counts), SQL_AIM)
    yield max(counts)
    times = [inside.p50_ms(item, path) for item in here]
    yield from times
    search_aim(bench.report, what, here[-1], times[-1])
