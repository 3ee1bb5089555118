"""Every form of the world of the review: what is typed in each of its fields, and whether a refusal gives it back.

What a page cannot give back, and nobody wants it to, is not typed here: a password, a PIN, a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.hurt.pages import Page, forms_of
from tests.review.doors import Door, every_door
from tests.review.expecting import is_let_in
from tests.review.filling import WRITERS
from tests.review.walking import Visit, Walk
from tests.review.world import AGENTS

# What nobody sane would type, each field its own, so that one which comes back in another is lost.
Hostile = Callable[[int], str]
HOSTILE: dict[str, Hostile] = {
    "4 000 characters": lambda place: f"{'é' * 4000} {place}",
    "an emoji": lambda place: f"🦆 Zoé 👩‍👩‍👧 {place}",
    "right to left": lambda place: f"\u202eمرحبا بكم {place}",
    "a year long past": lambda place: f"1582-10-10T10:{place:02}",
    "the end of time": lambda place: f"9999-12-31T23:{59 - place}",
    "before time": lambda place: f"0001-01-01T00:{place:02}",
    "a date of 1582": lambda place: f"1582-10-{10 + place}",
    "a negative number": lambda place: f"-{place + 1}",
    "a huge number": lambda place: f"{'9' * 40}{place}",
    "larger than the database's": lambda place: f"{2**31 + place}",
    "no number": lambda place: f"nan{place or ''}",
    "a formula": lambda place: f"=HYPERLINK({place})",
    "half a character": lambda place: f"\ud800{place}",
}

PAGES_OF_ONE = 3


@dataclass(frozen=True)
class Shown:
    """A form, who saw it, and on which page."""

    role: str
    door: Door
    form: Page
    endpoint: str

    @property
    def plugin(self) -> str:
        """Name whose form it is."""
        return self.endpoint.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.role}: {self.form.action} ({self.endpoint}) of {self.door.url}"


def every_form(walk: Walk) -> list[Shown]:
    """Give each form with a field to type in, once of those of one endpoint and the same fields."""
    found: dict[object, Shown] = {}
    full = walk.world.is_full
    doors = every_door(walk.app, walk.world, walk.furniture) if full else walk.doors
    pages = [door for door in doors if door.method == "GET"]
    for role in dict.fromkeys((*WRITERS, *sorted(AGENTS))) if full else WRITERS:
        open_to = (door for door in pages if is_let_in(door, role, walk.world, walk.furniture))
        for shown in _shown_to(walk, role, open_to if full else _some(open_to)):
            found.setdefault((shown.endpoint, frozenset(shown.form.kinds)), shown)
    return list(found.values())


def _some(doors: Iterable[Door]) -> Iterator[Door]:
    """Go to few pages of one address in the short version: most show the same forms."""
    been: Counter[str] = Counter()
    for door in doors:
        been[door.endpoint] += 1
        if been[door.endpoint] <= PAGES_OF_ONE:
            yield door


def _shown_to(walk: Walk, role: str, doors: Iterable[Door]) -> Iterator[Shown]:
    match = walk.app.url_map.bind("localhost").match
    for door in doors:
        visit = walk.visit(role, door)
        if visit.status == 200 and "html" in visit.headers["Content-Type"]:
            for form in forms_of(door.url, visit.text):
                if form.typed:
                    yield Shown(role, door, form, match(urlsplit(form.action).path, method="POST")[0])


def typed_in(form: Page, hostile: Hostile) -> dict[str, list[str]]:
    """Fill a form: what is typed, a text of its own in each field; what is picked, the last that is offered."""
    typed = {name: [hostile(place)] for place, name in enumerate(dict.fromkeys(form.typed))}
    picked = {name: values[-1:] for name, values in form.offered.items()}
    hidden = {name: [value] for name, value in form.values.items() if form.kinds.get(name) == "hidden"}
    return {**hidden, **picked, **typed}


def send(walk: Walk, shown: Shown, values: dict[str, list[str]], *, is_undone: bool) -> Visit:
    """Send it as a browser would."""
    token = walk.world.sent_by(shown.role)[1]
    body = urlencode({**values, "csrf_token": token}, doseq=True, errors="surrogatepass")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    ask = walk.undone if is_undone else walk.visit
    return ask(shown.role, shown.door, method="POST", url=shown.form.action, data=body, headers=kind)


def lost(answer: Visit, form: Page, values: dict[str, list[str]]) -> list[str]:
    """Name the fields whose page does not give back what was typed or picked in them."""
    back = [page for page in forms_of(form.action, answer.text) if page.action == form.action]
    best = max(back, key=lambda page: -len(_missing(page, form, values)), default=None)
    return ["the form itself"] if best is None else _missing(best, form, values)


def _missing(page: Page, form: Page, values: dict[str, list[str]]) -> list[str]:
    wrong = [name for name in form.typed if not _is_same(form.kinds[name], page.values.get(name, ""), values[name][0])]
    return wrong + [name for name in form.offered if page.picked.get(name) != values[name]]


def _is_same(kind: str, found: str, typed: str) -> bool:
    """Compare as the server reads: bytes that are no text; a day alone, in a field that browsers give an hour too."""
    typed = typed.replace("\ud800", "%ED%A0%80")
    return found.strip() == typed or (kind == "datetime-local" and found == f"{typed}T00:00")
