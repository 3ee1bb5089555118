"""What is wrong with the visits of a walk. Each check gives the faults it found, in words; none is all well.

Nothing here asserts: the real walk asserts that nothing is found, and the seeded faults that each is found (P20).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portal.web.headers import CSP

from tests.review.expecting import STOPPED, expected, is_let_in
from tests.review.walking import UNSAFE, Visit, Walk
from tests.review.world import AGENTS, Marker, Roles

MARKER = re.compile(r"canari-[0-9a-f]{4}")
TOKEN = re.compile(r'name="(?:csrf_token"|key" type="hidden") value="[^"]+"')
REFERENCE = re.compile(r"(?<![\w-])[0-9a-f]{4}-[0-9a-f]{2}(?![\w-])")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:\+\d\d:\d\d|Z)?")
IS_REFUSAL = frozenset({401, 403, 404})
ASKED_OF_ALL = {
    "Content-Security-Policy": {CSP},
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
    "Permissions-Policy": {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
}
SANDBOX = "sandbox"
NO_SUCH_METHOD = 405  # said before anything is read of the address
FRAME = re.compile(r"; frame-src https://[a-z0-9.-]+(?=;|$)")  # of one host, once somebody asked for it


def wrong_answers(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the answers that are not those of the policy (P1, P2, P3)."""
    for visit in visits:
        wanted = expected(visit.door, visit.role, walk.world, walk.furniture)
        if visit.status not in wanted:
            yield f"{visit}, not {sorted(wanted)}"


def breakdowns(visits: Iterable[Visit]) -> Iterator[str]:
    """Find what broke: whatever is asked, the portal answers."""
    for visit in visits:
        if visit.status >= 500:
            yield f"{visit} broke"


def leaks(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the markers that somebody came upon who is not among their readers (P2, P18, P19)."""
    for visit in visits:
        for marker in markers_in(walk, visit.text):
            readers = walk.furniture.readers_on(marker, visit.door.endpoint, walk.world)
            if not _may_come_upon(visit, marker, readers):
                yield f"{visit} tells {marker}, which {sorted(readers) or 'nobody'} may read"


def markers_in(walk: Walk, text: str) -> Iterator[Marker]:
    """Give the markers that stand in a text."""
    for word in sorted(set(MARKER.findall(text))):
        yield walk.world.markers[word]


def unseen(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the columns that nobody came upon and were not said to be hidden: their markers prove nothing."""
    seen = {marker.column for visit in visits for marker in markers_in(walk, visit.text)}
    there, hidden = {marker.column for marker in walk.world.markers.values()}, walk.furniture.hidden.keys()
    yield from (f"{column} is shown to nobody by any page" for column in sorted(there - seen - hidden))
    yield from (f"{column} is said to be hidden, and is shown" for column in sorted(hidden & seen))


def _may_come_upon(visit: Visit, marker: Marker, readers: Roles) -> bool:
    key = visit.door.key
    if visit.role in readers:
        return True
    if key is None or not key.lives:
        return False
    if key.owner is not None:
        return key.owner in readers
    return marker.thing in key.things and marker.column in key.shows


def writings(visits: Iterable[Visit]) -> Iterator[str]:
    """Find what a safe request, or one that was refused, wrote (P4)."""
    for visit in visits:
        if visit.wrote and (visit.method not in UNSAFE or visit.status >= 400):
            yield f"{visit} wrote: {visit.wrote[0][:60]}"


def acts(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find what somebody did who may not: an answer that is no refusal, or anything written."""
    for visit in visits:
        if visit.wrote:
            yield f"{visit} wrote: {visit.wrote[0][:60]}"
        elif visit.status not in IS_REFUSAL | STOPPED and visit.door.endpoint not in walk.furniture.silent:
            yield f"{visit} is no refusal"


def untried(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the acts that ask a fact, and were refused for it to nobody who has the permission and lacks the fact.

    Whoever was stopped by something else, or met silence, was not refused: of silence, that nothing was done is known.
    """
    here, silent = (walk.world, walk.furniture), walk.furniture.silent
    refused = (
        visit for visit in visits if visit.status in IS_REFUSAL or visit.is_forbidden or visit.door.endpoint in silent
    )
    tried = {visit.door.endpoint for visit in refused if is_let_in(visit.door, visit.role, *here)}
    asks = {door.endpoint for door in walk.doors if door.method in UNSAFE} & walk.furniture.acts.keys()
    yield from (f"{endpoint} was refused to nobody who lacks its fact" for endpoint in sorted(asks - tried))


def changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """Find the tables that changed."""
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"something changed in {name}"


def tells_apart(private: Visit, absent: Visit) -> Iterator[str]:
    """Find what tells a thing that is private from one that never was (P3)."""
    if private.status != absent.status:
        yield f"{private}, and {absent.status} of what never was"
    elif plain(private) != plain(absent):
        here, there = plain(private).splitlines(), plain(absent).splitlines()
        told = next((line for line in here if line not in there), "something is missing")
        yield f"{private} reads otherwise than what never was: {told.strip()[:120]}"


def plain(visit: Visit) -> str:
    """Leave out what differs between two requests for the same thing: address, instant, token, reference."""
    text = visit.body.decode(errors="replace").replace(visit.url, "")
    for varies in (TOKEN, INSTANT, REFERENCE):
        text = varies.sub("", text)
    return text


def bare_answers(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the answers without the headers that let nothing run, nothing leave, nothing stay (P5)."""
    for visit in visits:
        for name, values in ASKED_OF_ALL.items():
            given = FRAME.sub("", visit.headers.get(name, ""))
            if given not in values and not (name == "Content-Security-Policy" and given.endswith(SANDBOX)):
                yield f"{visit} has no {name}"
        kept, wanted = visit.headers.get("Cache-Control"), _keeping(walk, visit)
        if kept not in wanted:
            yield f"{visit} may be kept: Cache-Control is {kept}, not {' or '.join(sorted(wanted))}"


def _keeping(walk: Walk, visit: Visit) -> set[str]:
    """Say what a cache is told: what somebody sees, or what a secret address shows, stays nowhere."""
    is_private = visit.role in AGENTS or (visit.door.key is not None and visit.status != NO_SUCH_METHOD)
    said = walk.furniture.cached.get(visit.door.endpoint)
    return {"no-store" if is_private else "no-cache"} | ({said} if said and visit.status < 400 else set())


def told_in_logs(walk: Walk) -> Iterator[str]:
    """Find the markers that were logged: logs are facts, never what a person wrote."""
    for line in walk.logged:
        for marker in markers_in(walk, line):
            yield f"the log tells {marker}: {line[:120]}"
