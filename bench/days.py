"""Chapter 10: the day itself (C33 to C36): its programme, the reviews by peers, what was said and filmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.engine import Engine

from bench import rows
from bench.filling import DAY, READER, USERS, WORDS, Filler
from bench.instances import Wanted
from bench.measures import GROWTH_AIM, MORE, SQL_AIM, Bench, apart, came_from, search_aim
from bench.pages import Inside
from bench.report import table

SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000, 10_000)
LENSES = ("inspiring", "risky", "question")
# What one of each holds: a day its slots, a slot who comes, a round its lines, a video what is said in it.
SLOTS, COME, LINES, CUES, STANDS, TRACKS = 10, 3, 9, 20, 8, 3
# Today is a full one: three tracks, forty slots, a dozen people at each.
TODAY_SLOTS, TODAY_COME = 40, 12
HOUR = timedelta(hours=1)
PROGRAMME = (
    "id", "title", "place", "folded", "author_id", "held_on", "over_at", "turn_minutes", "created_at", "cancel_reason",
    "audience", "reader_group_id",
)  # fmt: skip
SLOT = (
    "id", "programme_id", "kind", "title", "words", "place", "starts_at", "ends_at", "is_fixed", "track_id",
    "takes_names", "seats", "uid", "sequence", "created_at", "changed_at",
)  # fmt: skip
STAND = ("id", "programme_id", "title", "point_1", "point_2", "point_3", "place", "position", "created_at")
BOARD = (
    "id", "subject_kind", "subject_id", "subject_title", "occasion", "folded", "opened_at", "reveal_due_at",
    "revealed_at", "audience", "author_id", "reader_group_id",
)  # fmt: skip
CARD = ("id", "board_id", "origin", "author_id", "group_id", "begun_at", "handed_in_at")
LINE = ("id", "board_id", "card_id", "author_id", "lens", "words", "folded", "sign", "mark")
RESTITUTION = (
    "id", "title", "summary", "original", "provider", "host", "key", "secret", "start", "provider_title", "language",
    "captions", "transcript", "status", "session_kind", "session_id", "folded", "created_at", "published_at",
    "failures", "nobody_at", "audience", "author_id",
)  # fmt: skip
CUE = ("id", "restitution_id", "starts_ms", "ends_ms", "words", "folded")


def fill_days(engine: Engine, count: int) -> None:
    """Write `count` slots of past days, about as many lines of reviews and cues of films; and the day of today."""
    rows.fill(engine, 100)
    filler, at = Filler(engine), datetime.now(UTC)
    days = count // SLOTS
    filler.fill("programmes_programme", PROGRAMME, _days(filler, days, at))
    tracks = ((n, days + 1, f"Parcours {n}", n) for n in range(1, TRACKS + 1))
    filler.fill("programmes_track", ("id", "programme_id", "name", "position"), tracks)
    filler.fill("programmes_slot", SLOT, _slots(filler, days, at))
    filler.fill("programmes_sign_up", ("id", "slot_id", "person_id", "signed_at"), _sign_ups(filler, days, at))
    stands = ((n, days + 1, f"Stand {n}", *["Un point"] * 3, "", n, filler.instant(at)) for n in range(1, STANDS + 1))
    filler.fill("programmes_stand", STAND, stands)
    filler.fill("regards_board", BOARD, _boards(filler, count // LINES, at))
    filler.fill("regards_card", CARD, _cards(filler, count // LINES, at))
    filler.fill("regards_line", LINE, _lines(count // LINES))
    films = count // CUES
    filler.fill("restitutions_restitution", RESTITUTION, _films(filler, films, at))
    filler.fill("restitutions_cue", CUE, _cues(films))
    link = ("id", "kind", "source_kind", "source_id", "source_title", "target_kind", "target_id", "target_title")
    filler.fill("links", (*link, "made_at", "titled_at"), _links(filler, films, at))
    filler.close(last_audit=100)


def _day_of(number: int, count: int, at: datetime) -> datetime:
    """Give the noon of a day: the last one is today, the others fill three years."""
    noon = at.replace(hour=12, minute=0, second=0, microsecond=0)
    return noon if number > count else noon - (1 + (count - number) * 1000 // max(count, 1)) * DAY


def _days(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 2):
        noon = _day_of(n, count, at)
        title = f"Journée {WORDS[n % 10]} numéro {n}"
        over = filler.instant(noon.replace(hour=0) + DAY)
        held, made = noon.date().isoformat(), filler.instant(noon - 30 * DAY)
        yield (
            n, title, "Ancienne poste", title.casefold(), 1 + n % USERS, held, over, 7, made, "",
            "intranet", 1 + n % rows.LABS,
        )  # fmt: skip


def _slots(filler: Filler, days: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, days * SLOTS + TODAY_SLOTS + 1):
        day = min(1 + (n - 1) // SLOTS, days + 1)
        place = n - 1 - (day - 1) * SLOTS
        is_today = day > days
        track = 1 + place % TRACKS if is_today else None
        starts = _day_of(day, days, at) + (place // TRACKS if is_today else place) * HOUR / (2 if is_today else 1)
        times = (filler.instant(starts), filler.instant(starts + HOUR / 2))
        title = f"Atelier {WORDS[n % 10]} {n}"
        made = filler.instant(at - 30 * DAY)
        yield (
            n, day, "workshop", title, "", "Salle du tri", *times, False, track, True, 20, f"{n:032x}", 0, made, made,
        )  # fmt: skip


def _sign_ups(filler: Filler, days: int, at: datetime) -> Iterator[Sequence[object]]:
    number, signed = 0, filler.instant(at - 2 * DAY)
    for slot in range(1, days * SLOTS + TODAY_SLOTS + 1):
        for place in range(COME if slot <= days * SLOTS else TODAY_COME):
            number += 1
            yield number, slot, 2 + (slot * 7 + place) % (USERS - 1), signed


def _boards(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        opened, lab = _day_of(n, count, at), 1 + n % rows.LABS
        occasion, title = f"Foire {WORDS[n % 10]} {n}", f"Labo {lab:02}"
        revealed = filler.instant(opened + HOUR)
        yield (
            n, "labs.lab", lab, title, occasion, f"{title} {occasion}".casefold(), filler.instant(opened),
            filler.instant(opened + 2 * DAY), revealed, "intranet", READER, lab,
        )  # fmt: skip


def _cards(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        begun = filler.instant(_day_of(n, count, at))
        yield n, n, "group", 2 + n % (USERS - 1), 1 + (n + 1) % rows.LABS, begun, begun


def _lines(count: int) -> Iterator[Sequence[object]]:
    for n in range(1, count * LINES + 1):
        board, words = 1 + (n - 1) // LINES, f"Qui ouvre la {WORDS[n % 10]} numéro {n} ?"
        lens, author = LENSES[n % len(LENSES)], 2 + n % (USERS - 1)
        mark = "lit" if n % 2 else None
        yield n, board, board, author, lens, words, words.casefold(), f"{n:016x}", mark


def _films(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    for n in range(1, count + 1):
        made, title = filler.instant(_day_of(n, count, at)), f"Film de {WORDS[n % 10]} numéro {n}"
        summary, key = "Ce qu’on garde, ce qu’on change.", f"{n:011x}"
        where = (f"https://youtu.be/{key}", "youtube", "www.youtube.com", key, "", 0, "", "fr", "yes", "yes")
        of = ("programmes.slot", n * CUES // 2)
        folded = f"{title} {summary}".casefold()
        yield n, title, summary, *where, "published", *of, folded, made, made, 0, made, "intranet", 1 + n % USERS


def _cues(count: int) -> Iterator[Sequence[object]]:
    for n in range(1, count * CUES + 1):
        words, starts = f"On parle de {WORDS[n % 10]}, et du point {n}.", (n % CUES) * 9_000
        yield n, 1 + (n - 1) // CUES, starts, starts + 8_000, words, words.casefold()


def _links(filler: Filler, count: int, at: datetime) -> Iterator[Sequence[object]]:
    made = filler.instant(at - DAY)
    for n in range(1, count + 1):
        source = ("restitutions.of", "restitutions.restitution", n, f"Film numéro {n}")
        yield n, *source, "programmes.slot", n * CUES // 2, "Atelier", made, made


def _pages(wanted: Wanted) -> dict[str, str]:
    today, films = wanted.rows // SLOTS + 1, wanted.rows // CUES
    return {
        "days, first page": "/programmes/",
        "days, search of a common word": "/programmes/?q=comptoir",
        "a day of 40 slots": f"/programmes/{today}",
        "its wall, now and next": f"/programmes/{today}/wall",
        "its stands": f"/programmes/{today}/stands",
        "a slot": f"/programmes/slots/{wanted.rows + 1}",
        "my agenda": "/programmes/agenda",
        "rounds, first page": "/regards/",
        "a revealed round": f"/regards/{wanted.rows // LINES}",
        "open questions": "/regards/q/",
        "open questions, a common word": "/regards/q/?q=comptoir",
        "open questions, a rare word": "/regards/q/?q=numéro+17+",
        "restitutions, first page": "/restitutions/",
        "restitutions, a word said in all": "/restitutions/?q=comptoir",
        "restitutions, a rare word": "/restitutions/?q=point+17.",
        "a restitution": f"/restitutions/{films}",
        "Aujourd’hui, on that day": "/",
    }


def living(bench: Bench, _inside: Inside) -> None:
    """Measure each page over more days, reviews and films."""
    parts, told = [], []
    with apart(bench, "days", fill_days, sizes=SIZES, quick_sizes=QUICK_SIZES) as (inside, databases):
        for name, here in databases.items():
            sizes = (f"{item.rows:,}".replace(",", " ") + " rows, ms" for item in here)
            rows = [(what, *_row(bench, inside, here, what)) for what in _pages(here[0])]
            parts.append(table((name, "SQL", *sizes, "growth"), rows))
        here = databases[bench.databases[0]]
        for what, path in _pages(here[-1]).items():
            told += came_from(what, inside.statements(here[-1], path))
    how = (
        "In process, one request after the other, median. Slots of past days with who came, lines of reviews and cues"
        " of films grow, each as many as said; today is the same at every size: 40 slots in three tracks, 480 sign-ups,"
        " 8 stands."
    )
    bench.report.section("10. The day", how, *parts, "\n".join([MORE, *told]))


def _row(bench: Bench, inside: Inside, here: Sequence[Wanted], what: str) -> Iterator[object]:
    counts = [inside.statements(item, _pages(item)[what])["sql"] + 1 for item in here]
    bench.report.at_most(f"SQL statements: {what}, {here[0].database}", max(counts), SQL_AIM)
    yield max(counts)
    times = [inside.p50_ms(item, _pages(item)[what]) for item in here]
    yield from times
    ratio = times[-1] / times[0]
    yield f"{ratio:.1f} ×"
    largest = f"{here[-1].rows:,}".replace(",", " ")
    bench.report.at_most(f"growth to {largest} rows: {what}, {here[0].database}", ratio, GROWTH_AIM, unit=" ×")
    search_aim(bench.report, what, here[-1], times[-1])
