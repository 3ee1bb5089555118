"""The looks of the review: each goes through the pages one way, in a real browser, and gives what it saw."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import cycle

import sqlalchemy as sa
from playwright.sync_api import Browser

from portal.api import session, transaction
from portal.content.clock import real_now
from portal.people.models import UserSession
from portal.web.pages.screens import ENROL_SCOPE

from tests.review.doors import Door, every_door
from tests.review.expecting import expected, is_let_in
from tests.review.looking import LOOKS, PAIRS, Look, Onlooker, Sight, looking
from tests.review.shapes import Shape, cover, shape_of
from tests.review.walking import UNSAFE, Visit, Walk
from tests.review.world import ADMIN, ANONYMOUS, KIOSK, MEMBER, STRANGERS

HTML = "text/html"
SCREEN = "shared screen"
SEARCH, NOTHING = "canari", "rien-de-tel"
TOO_MUCH = 1_100_000


@dataclass
class Looks:
    """A walk whose pages are opened in a browser.

    :ivar answers: what each endpoint answered to whoever was let in: a type of content, or the status
    :ivar turns: how often each endpoint was looked at
    :ivar pairs: the pairs of looks, in turn
    :ivar singly: the looks, in turn
    :ivar alike: the pages that were not drawn, since their elements are on those that were
    """

    walk: Walk
    browser: Browser
    base: str
    answers: dict[str, set[str]] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)
    pairs: Iterator[tuple[Look, ...]] = field(default_factory=lambda: cycle(PAIRS))
    singly: Iterator[Look] = field(default_factory=lambda: cycle(LOOKS))
    alike: list[Sight] = field(default_factory=list)

    def looking(self, role: str, **options: bool) -> AbstractContextManager[Onlooker]:
        """Give a role a browser of their own; a session that idled while others looked goes on."""
        with self.walk.app.app_context(), transaction():
            session.execute(sa.update(UserSession).values(seen_at=real_now()))
        return looking(self.browser, self.base, role, cookies=self.walk.world.sent_by(role)[0], **options)

    def is_page(self, visit: Visit) -> bool:
        """Tell whether a page was answered, and note what was."""
        kind = str(visit.headers.get("Content-Type", "")).partition(";")[0]
        if visit.status < 400:
            self.answers.setdefault(visit.door.endpoint, set()).add(kind if visit.status == 200 else str(visit.status))
        return visit.status == 200 and kind == HTML

    def ways(self, endpoint: str) -> list[tuple[Look, ...]]:
        """Say how to look at a page, for each time it is opened: all ways, or a pair that differs in both.

        Of the further shapes of an address each has one look; the pairs take turns, and so do the looks.
        """
        if self.walk.world.is_full:
            return [LOOKS[:2], LOOKS[2:]]
        self.turns[endpoint] += 1
        return [next(self.pairs) if self.turns[endpoint] == 1 else (next(self.singly),)]

    def roles(self) -> list[str]:
        """Give who looks at all that they may."""
        if not self.walk.world.is_full:
            return [ADMIN, MEMBER, ANONYMOUS]
        return [ADMIN, *sorted({*self.walk.world.people} - {ADMIN, *STRANGERS}), ANONYMOUS]


def look_at_all(looks: Looks) -> list[Sight]:
    """Look at each shape of page that a role may open, one refusal of each kind too, and at what only others may."""
    chosen = unlike(looks, (visit for role in looks.roles() for visit in pages(looks, role)))
    seen = [sight for role in looks.roles() for sight in _of_role(looks, role, chosen)]
    seen += _of_screen(looks)
    return [*seen, *_of_others(looks, unseen(looks, seen))]


def unlike(looks: Looks, visits: Iterable[Visit], *, each: bool = True) -> list[Visit]:
    """Keep of one shape the page that weighs most, of all these the pages that show something; note the others.

    :param each: keep a page of each address, whatever it shows
    """
    shapes: dict[tuple[str, int], dict[Shape, Visit]] = {}
    some = sorted(visits, key=lambda visit: -len(gzip.compress(visit.body)))
    for visit in some:
        of_address = shapes.setdefault((visit.door.endpoint, visit.status), {})
        of_address.setdefault(shape_of(visit.body.decode()), visit)
    kept = _shown(looks, [list(of_address.values()) for of_address in shapes.values()], each=each)
    looks.alike += [_undrawn(visit) for visit in some if not any(visit is one for one in kept)]
    return kept


def _shown(looks: Looks, addresses: list[list[Visit]], *, each: bool) -> list[Visit]:
    every = [visit for visits in addresses for visit in visits]
    if looks.walk.world.is_full:
        return every
    heaviest = {id(visits[0]) for visits in addresses} if each else {id(every[0])}
    first = [number for number, visit in enumerate(every) if id(visit) in heaviest]
    return [every[number] for number in cover((visit.body.decode() for visit in every), first=first)]


def _undrawn(visit: Visit) -> Sight:
    return Sight(visit.role, visit.url, visit.status, visit.body.decode(), visit.door.endpoint)


def _of_role(looks: Looks, role: str, chosen: list[Visit]) -> Iterator[Sight]:
    with looks.looking(role) as somebody:
        for visit in chosen:
            if visit.role == role:
                yield from _ways(looks, somebody, visit.url, visit.door.endpoint)
        yield from _ways(looks, somebody, _unsafe_only(looks.walk).url, "")


def pages(looks: Looks, role: str) -> list[Visit]:
    """Ask for every address as a role: give the pages, and of the refusals one of each status."""
    walk, found, refused = looks.walk, [], {}
    for door in walk.doors_for(role):
        if door.method != "GET" or expected(door, role, walk.world, walk.furniture) <= refused.keys():
            continue
        visit = walk.visit(role, door)
        found += [visit] if looks.is_page(visit) else []
        if visit.status >= 400:
            refused.setdefault(visit.status, visit)
    return [*found, *refused.values()]


def _of_others(looks: Looks, endpoints: list[str]) -> Iterator[Sight]:
    """Look for somebody else, or something else, that opens what nobody came to."""
    walk = looks.walk
    doors = [door for door in every_door(walk.app, walk.world, walk.furniture) if door.endpoint in endpoints]
    found: set[str] = set()
    for role in sorted(set(walk.world.cookies) - STRANGERS):
        with looks.looking(role) as somebody:
            for door in doors:
                is_worth_it = door.endpoint not in found and is_let_in(door, role, walk.world, walk.furniture)
                if is_worth_it and looks.is_page(walk.visit(role, door)):
                    found.add(door.endpoint)
                    yield from _ways(looks, somebody, door.url, door.endpoint)


def _ways(looks: Looks, somebody: Onlooker, url: str, endpoint: str) -> Iterator[Sight]:
    for ways in looks.ways(endpoint):
        sight = somebody.look(url, ways, endpoint=endpoint)
        yield sight
    if 'name="q"' in sight.html and looks.turns[endpoint] <= 1:
        for words, way in zip((SEARCH, NOTHING), PAIRS[looks.turns[endpoint] % 2], strict=True):
            yield somebody.look(f"{url}?q={words}", [way], endpoint=endpoint)


def _unsafe_only(walk: Walk) -> Door:
    return next(door for door in walk.doors if door.methods <= UNSAFE | {"OPTIONS"})


def _of_screen(looks: Looks) -> Iterator[Sight]:
    """Enrol a device, and look at what a shared screen shows: to nobody, to a wrong code, to somebody."""
    key = next(key for key in looks.walk.world.keys[ENROL_SCOPE] if key.lives)
    with looks.looking(SCREEN) as device:
        yield device.look(f"/screen/enrol/{key.text}", PAIRS[0], endpoint="core.enrol")
        yield device.send(0, looks=PAIRS[1])
        for url, endpoint in (("/screen", "core.screen"), ("/screen/pin", "core.screen_pin")):
            looks.answers.setdefault(endpoint, set()).add(HTML)
            yield from _ways(looks, device, url, endpoint)
        yield device.send(_forms([device.sight], "required")[0][1], looks=PAIRS[0])
    with looks.looking(KIOSK) as somebody:
        yield from _ways(looks, somebody, "/", "core.today")


def unseen(looks: Looks, sights: Iterable[Sight]) -> list[str]:
    """Say which addresses nobody looked at, those aside that never answer with a page."""
    seen = {sight.endpoint for sight in sights if sight.status == 200}
    rules = looks.walk.app.url_map.iter_rules()
    asked = sorted({rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - seen)
    return [endpoint for endpoint in asked if looks.answers.get(endpoint, {HTML}) & {HTML}]


def refuse_forms(looks: Looks, sights: Iterable[Sight]) -> Iterator[Sight]:
    """Send each form that was seen with nothing in what it requires; one with more than the portal takes.

    Its page was looked at already. What is new there, the errors, is made of the same elements on all of them: each has
    one look, in turn.
    """
    forms = _forms((sight for sight in sights if sight.role != SCREEN), "required")
    turn = cycle([LOOKS] if looks.walk.world.is_full else [(look,) for look in LOOKS])
    for role in dict.fromkeys(sight.role for sight, _number in forms):
        with looks.looking(role) as somebody:
            for sight, number in forms:
                if sight.role == role:
                    somebody.look(sight.url)
                    yield somebody.send(number, looks=next(turn))
    large = next((sight, number) for sight, number in forms if sight.drawn["forms"][number]["typed"])
    with looks.looking(large[0].role) as somebody:
        somebody.look(large[0].url)
        yield somebody.send(large[1], "x" * TOO_MUCH, looks=next(turn))


def _forms(sights: Iterable[Sight], holds: str) -> list[tuple[Sight, int]]:
    """Give each form that has fields of this kind, once."""
    found: dict[tuple[str, int], Sight] = {}
    for sight in sights:
        for number, form in enumerate(sight.drawn["forms"] if sight.status == 200 else []):
            if form["posts"] and form[holds]:
                found.setdefault((sight.endpoint, number), sight)
    return [(sight, number) for (_endpoint, number), sight in found.items()]


def look_once(looks: Looks, roles: Iterable[str], *, csp: bool = True) -> list[Sight]:
    """Open each shape of page that these roles may, without judging how it looks."""
    seen, some = [], list(roles)
    chosen = unlike(looks, (visit for role in some for visit in pages(looks, role)), each=looks.walk.world.is_full)
    for role in some:
        with looks.looking(role, csp=csp, cold=False) as somebody:
            mine = (visit for visit in chosen if visit.role == role)
            seen += [somebody.look(visit.url, endpoint=visit.door.endpoint) for visit in mine]
    return seen


def fill_forms(looks: Looks, sights: Iterable[Sight], text: str, *, csp: bool = True) -> Iterator[Sight]:
    """Send each form that was seen with this in all its fields of words; look at what answers."""
    forms = _forms(sights, "typed")
    for role in dict.fromkeys(sight.role for sight, _number in forms):
        for sight, number in forms:
            if sight.role == role:  # anew each time: what was sent may have signed them out
                with looks.looking(role, csp=csp, cold=False) as somebody:
                    somebody.look(sight.url)
                    yield somebody.send(number, text)
