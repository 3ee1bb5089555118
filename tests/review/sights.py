"""What is wrong with the pages that were looked at. Each check gives the faults it found, in words; none is all well.

Rule: interface.md, « Budgets and checks »; trust P5, P6. Nothing here asserts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portal.testing.browser import html_faults_of

from tests.review.looking import Sight
from tests.review.world import KIOSK

FIRST_BYTES, FIRST_REQUESTS = 80_000, 8
NEXT_BYTES = 15_000
SCRIPT_BYTES = 20_000
AT_ONCE = 300  # the judge of the markup has two minutes
# without a script, a refresh is the clock of a shared screen
ALLOWED = {role: {"meta-refresh"} for role in ("shared screen", KIOSK)}
# and what makes a timer on a wall count
TIMERS = {name: {"meta-refresh"} for name in ("programmes.projected_turns", "programmes.turns_on_wall")}


def unsound(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the faults of the markup, as it was sent: of each page once, however often it was looked at."""
    pages = {str(sight): sight for sight in sights if sight.html}
    names = list(pages)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        for name, faults in html_faults_of({name: pages[name].html for name in some}).items():
            allowed = ALLOWED.get(pages[name].role, set()) | TIMERS.get(pages[name].endpoint, set())
            yield from (f"{name}: {fault}" for fault in faults if fault.rule not in allowed)


def inaccessible(sights: Iterable[Sight]) -> Iterator[str]:
    """Find what the judge of accessibility holds against a page."""
    yield from (f"{sight}, {fault}" for sight in sights for fault in sight.axe)


def too_wide(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the pages that a phone shows by halves."""
    yield from (f"{sight} is too wide by {sight.too_wide}" for sight in sights if sight.too_wide)


def moving(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the pages that move while they are drawn."""
    yield from (f"{sight} shifts by {found}" for sight in sights for found in sight.drawn["shifts"])


def ill_titled(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the pages that have no title of their own, or several."""
    yield from (f"{sight} has {sight.drawn['titles']} h1" for sight in sights if sight.drawn["titles"] != 1)


def inline(sights: Iterable[Sight]) -> Iterator[str]:
    """Find scripts and styles that stand in a page."""
    yield from (f"{sight} has inline {found}" for sight in sights for found in sight.drawn["inline"])


def complaints(sights: Iterable[Sight]) -> Iterator[str]:
    """Find what the browser complained of: errors, and what the content policy refused."""
    yield from (f"{sight}: {said}" for sight in sights for said in [*sight.heard, *sight.drawn["refused"]])


def abroad(sights: Iterable[Sight]) -> Iterator[str]:
    """Find what was asked of another host before anybody clicked (P6)."""
    yield from (f"{sight} asks {url}" for sight in sights for url in sight.abroad)


def heavy(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the pages that weigh more than they may, as transferred."""
    for sight in sights:
        first = sum(load.size for load in sight.loads)
        following = sum(load.size for load in sight.loads if not load.lasts)
        scripts = sum(load.size for load in sight.loads if load.kind == "Script")
        bounds = [
            ("a first visit", first, FIRST_BYTES, "bytes"),
            ("a first visit", len(sight.loads), FIRST_REQUESTS, "requests"),
            ("the next page", following, NEXT_BYTES, "bytes"),
            ("the script", scripts, SCRIPT_BYTES, "bytes"),
        ]
        yield from (f"{sight}: {what} takes {found} {unit}" for what, found, most, unit in bounds if found > most)


def unfocused(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the refused forms whose summary of errors does not take the focus."""
    for sight in sights:
        if sight.status == 422 and "form-errors" not in sight.drawn["focus"]:
            yield f"{sight}: the focus is on {sight.drawn['focus'] or 'nothing'}"


def not_refused(sights: Iterable[Sight]) -> Iterator[str]:
    """Find the forms that were sent without what they require, or with too much, and were taken."""
    for sight in sights:
        if sight.status not in {413, 422}:
            yield f"{sight}: the form was taken"


def ran(sights: Iterable[Sight]) -> Iterator[str]:
    """Find what ran, or became an element, that somebody typed (P5)."""
    for sight in sights:
        yield from (f"{sight} ran {what}" for what in sight.drawn["ran"])
        yield from (f"{sight} made {where}" for where in sight.drawn["made"])


CHECKS = (unsound, inaccessible, too_wide, moving, ill_titled, inline, complaints, abroad, heavy, unfocused)
