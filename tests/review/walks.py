"""The walks of the review: each goes through the doors one way, and gives the faults it found in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import cycle, product
from typing import Any

import sqlalchemy as sa

from portal.content.models import Notice
from portal.db import db
from portal.web.mails import compose

from tests.review import checks
from tests.review.asking import WORD, Questions
from tests.review.building import AGENT_OF
from tests.review.doors import METHODS, Door, every_door
from tests.review.expecting import OPENED, is_let_in, may_act
from tests.review.walking import UNSAFE, Visit, Walk
from tests.review.world import ADMIN, AGENT, AGENTS, ANONYMOUS, ELSEWHERE, MEMBER, OWNER

FRAGMENT = {"HX-Request": "true"}
SEARCH = f"q={WORD}"
UNREADABLE = 400
SILENT_AGENT = {name: said for name, said in AGENT_OF.items() if name != "HTTP_SEC_FETCH_SITE"}
# What the browser of somebody who is on another site says; the oldest browsers say nothing.
OTHER_SITES: dict[str, dict[str, Any]] = {
    "cross-site": {"headers": {"Sec-Fetch-Site": "cross-site"}},
    "same-site": {"headers": {"Sec-Fetch-Site": "same-site"}},
    "foreign origin": {"headers": {"Origin": "https://evil.example"}},
    "foreign origin alone": {"headers": {"Origin": "https://evil.example"}, "environ_base": SILENT_AGENT},
    "null origin": {"headers": {"Origin": "null"}, "environ_base": SILENT_AGENT},
    "foreign referer": {"headers": {"Referer": "https://evil.example/x"}, "environ_base": SILENT_AGENT},
    "from nowhere": {"environ_base": SILENT_AGENT},
}


def read_all(walk: Walk, roles: Iterable[str], *, doors: Iterable[Door] | None = None) -> list[str]:
    """Read every page as every role: the whole, the fragment that htmx asks for, what each filter finds, the head."""
    before, questions = walk.state(), Questions(walk)
    with walk.listening():
        visits = [visit for role in roles for visit in _readings(walk, role, doors, questions)]
    return [
        *checks.wrong_answers(walk, visits),
        *checks.breakdowns(visits),
        *checks.leaks(walk, visits),
        *checks.writings(visits),
        *checks.changes(before, walk.state()),
        *checks.bare_answers(walk, visits),
        *checks.told_in_logs(walk),
        *([] if doors else [*unreached(walk, visits), *checks.unseen(walk, visits)]),
    ]


def _readings(walk: Walk, role: str, doors: Iterable[Door] | None, questions: Questions) -> Iterator[Visit]:
    pages = [door for door in doors or walk.pairs_for(role) if door.method == "GET"]
    lists = [
        door
        for door in pages
        if not door.things and door.key is None and is_let_in(door, role, walk.world, walk.furniture)
    ]
    shown = {f"{door.url}?{SEARCH}" for door in lists}
    for door in pages:
        visit = walk.visit(role, door)
        shown.update(questions.shown_on(visit))
        yield visit
    yield from questions.ask(role, pages, shown, every=walk.world.is_full or doors is not None)
    if walk.world.is_full or role in {AGENT, ADMIN}:
        some = {page.endpoint: page for page in pages}.values()
        for door in some if walk.world.is_full else lists:
            yield walk.visit(role, door, headers=FRAGMENT)
        for door in some:
            yield walk.visit(role, door, method="HEAD")


def unreached(walk: Walk, visits: Iterable[Visit]) -> Iterator[str]:
    """Find the addresses that opened to nobody, and were not said to: what a walk does not reach it does not prove."""
    said = walk.furniture.unreached.keys()
    reached: dict[str, bool] = {}
    for visit in visits:
        reached[visit.door.endpoint] = reached.get(visit.door.endpoint, False) or visit.status in OPENED
    closed = {endpoint for endpoint, is_reached in reached.items() if not is_reached}
    yield from (f"{endpoint} opened to nobody" for endpoint in sorted(closed - said))
    if not walk.world.is_full:  # the long walk goes to shared screens too
        yield from (f"{endpoint} is said to open to nobody, and does" for endpoint in sorted(said - closed))


def compare_with_nothing(walk: Walk, roles: Iterable[str], *, doors: Iterable[Door] | None = None) -> list[str]:
    """Ask for what is private and for what never was: nothing may tell one from the other (P3)."""
    found: list[str] = []
    for role in roles:
        private = [door for door in doors or walk.doors if _is_hidden(door, role, walk)]
        chosen = private if walk.world.is_full else {(door.endpoint, door.method): door for door in private}.values()
        never: dict[tuple[str, str], Visit] = {}  # of one address, the same for all that is private there
        for door in chosen:
            address = door.method, str(door.absent)
            if address not in never:
                never[address] = walk.visit(role, door, url=address[1])
            found += checks.tells_apart(walk.visit(role, door), never[address])
    return found


def _is_hidden(door: Door, role: str, walk: Walk) -> bool:
    hidden = [thing for thing in door.things if role not in thing.readers and not thing.is_known]
    is_asked = door.policy.is_open or walk.world.sent_by(role)[0]
    return bool(hidden and door.absent and is_asked and not is_let_in(door, role, walk.world, walk.furniture))


def try_every_method(walk: Walk, roles: Iterable[str], *, doors: Iterable[Door] | None = None) -> list[str]:
    """Use at each address the methods that it does not declare: they are refused, whatever stands there."""
    asked = [
        (door, method)
        for door in {door.endpoint: door for door in doors or walk.doors}.values()
        for method in METHODS
        if method not in door.methods
    ]
    some = list(roles)
    pairs = product(some, asked) if walk.world.is_full else zip(cycle(some), asked, strict=False)
    visits = [walk.visit(role, door, method=method) for role, (door, method) in pairs]
    taken = [f"{visit} is no refusal" for visit in visits if visit.status not in {404, 405}]
    return [*taken, *checks.breakdowns(visits), *checks.writings(visits), *checks.bare_answers(walk, visits)]


def read_mails(walk: Walk) -> list[str]:
    """Write the mail of every notice: it says only what its reader may read."""
    found = []
    with walk.app.test_request_context():
        for notice in db.session.scalars(sa.select(Notice).where(Notice.read_at.is_(None))):
            role = "".join(walk.world.role_of(notice.person_id))
            walk.visits += 1
            letter = compose(notice.id, key="k" * 64)
            text = f"{letter['Subject']}\n{letter.get_content()}" if letter is not None else ""
            found += [
                f"the mail to {role} about {notice.subject_kind} {notice.subject_id} tells {marker}"
                for marker in checks.markers_in(walk, text)
                if role not in walk.furniture.readers_on(marker, notice.subject_kind, walk.world)
            ]
        db.session.rollback()
    return found


def forge_all(walk: Walk, *, doors: Iterable[Door] | None = None) -> list[str]:
    """Send each form, as somebody who may, in every way that another site or another session could (P4)."""
    before, visits, found = walk.state(), [], []
    every = list(doors or every_door(walk.app, walk.world, walk.furniture))
    for turn, (endpoint, door, role) in enumerate(_forms(walk, every)):
        if role is None:
            found.append(f"{endpoint}: nobody in this world may do it")
            continue
        for name, options in _some(walk, _wrong_ways(walk, role), turn):
            visit = walk.visit(role, door, **options)
            visits.append(visit)
            if visit.status not in {400, 403, 404} or visit.wrote:
                found.append(f"{visit}, {name}")
    for door in _open_forms(every):
        from_here = walk.undone(ANONYMOUS, door)
        visits += [walk.visit(ANONYMOUS, door, **options) for options in OTHER_SITES.values()]
        forged = zip(OTHER_SITES, visits[-len(OTHER_SITES) :], strict=True)
        found += [f"{visit}, {name}" for name, visit in forged if visit.status != UNREADABLE or visit.wrote]
        found += [f"{from_here}, sent from its own page"] if from_here.status == UNREADABLE else []
    return [*found, *checks.breakdowns(visits), *checks.changes(before, walk.state())]


def _some(walk: Walk, ways: dict[str, dict[str, Any]], turn: int) -> Iterable[tuple[str, dict[str, Any]]]:
    """Send each form of a short walk in a third of the ways, the next one in the next third."""
    every = list(ways.items())
    return every if walk.world.is_full else every[turn % 3 :: 3]


def _forms(walk: Walk, doors: Iterable[Door]) -> Iterator[tuple[str, Door, str | None]]:
    chosen: dict[str, tuple[Door, str | None]] = {}
    for door in doors:
        if door.method in UNSAFE and chosen.get(door.endpoint, (door, None))[1] is None:
            signed_in = [role for role in walk.world.cookies if role in AGENTS]
            may = (role for role in signed_in if may_act(door, role, walk.world, walk.furniture))
            chosen[door.endpoint] = door, next(may, None)
    for endpoint, (door, role) in chosen.items():
        yield endpoint, door, role


def _open_forms(doors: Iterable[Door]) -> Iterable[Door]:
    """Give a door of each act that asks nobody to be signed in: what proves where it comes from is not a token."""
    unsafe = (door for door in doors if door.method in UNSAFE and door.policy.is_open)
    return {door.endpoint: door for door in unsafe if door.key is None or door.key.lives}.values()


def _wrong_ways(walk: Walk, role: str) -> dict[str, dict[str, Any]]:
    tokens = {who: token for who, (_cookie, token) in walk.world.cookies.items()}
    mine, other = {"csrf_token": tokens[role]}, tokens[MEMBER if role != MEMBER else OWNER]
    return {
        "no token": {"data": {}},
        "empty token": {"data": {"csrf_token": ""}},
        "another session's": {"data": {"csrf_token": walk.world.second[role]}},
        "another person's": {"data": {"csrf_token": other}},
        "another collectivity's": {"data": {"csrf_token": tokens[ELSEWHERE]}},
        "cross-site": {"data": mine, "headers": {"Sec-Fetch-Site": "cross-site"}},
        "same-site": {"data": mine, "headers": {"Sec-Fetch-Site": "same-site"}},
        "foreign origin": {"data": mine, "headers": {"Origin": "https://evil.example"}},
        "null origin": {"data": mine, "headers": {"Origin": "null", "Sec-Fetch-Site": "cross-site"}},
        "foreign referer": {"data": mine, "headers": {"Referer": "https://evil.example/x"}},
        "JSON as text": {"data": json.dumps(mine), "content_type": "text/plain"},
        "JSON": {"data": json.dumps(mine), "content_type": "application/json"},
        "token in the address": {"data": {}, "query_string": mine},
    }
