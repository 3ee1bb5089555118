"""Two labs, and in them an ephemeral lab and a project of every audience and state, for the review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from portal.api import Subject, add_member, now, session, show_token
from portal.content.models import Token
from portal.content.settings import write_words
from portal.content.tokens import show_token_by_id
from portal.people.sessions import viewer_of

from plugins.labs.models.ephemeral import Ephemeral, FormerTelling, Wording
from plugins.labs.models.lab import Ballot, Lab, MarginWording, Vote
from plugins.labs.models.project import ClauseChange
from plugins.labs.services.labs import add_sponsor
from plugins.labs.services.opening import GUEST_SCOPE
from plugins.labs.services.votes import call_vote
from plugins.labs.services.walls import WALL_SCOPE, open_wall
from tests.plugins.labs.ephemeral_factories import make_ephemeral, make_guest, tell
from tests.plugins.labs.factories import make_lab, make_project
from tests.review.world import (
    AGENTS,
    ANIMATOR,
    EVERYBODY,
    LEAVER,
    NAMED,
    NETWORK,
    OF_LAB,
    OWNER,
    Key,
    Roles,
    Thing,
    World,
    readers_of,
)

SHOWN_BY_THE_CODE = frozenset({"labs_ephemeral.question", "labs_ephemeral.place", "labs_lab.name"})


STATES = ("open", "announced", "closed", "told", "not held", "called off")
AUDIENCES = ("lab", "network", "intranet", "public", "circle", "self")
TIMES = ("not yet", "no more")
# each audience, each state and each time at least once
FEW = (
    ("open", "lab", ""),
    ("announced", "network", ""),
    ("closed", "lab", ""),
    ("told", "intranet", ""),
    ("not held", "circle", ""),
    ("called off", "self", ""),
    ("open", "public", ""),
    ("told", "network", "not yet"),
    ("open", "intranet", "no more"),
)
FEW_PROJECTS = tuple((state, audience, time) for state, audience, time in FEW if state in {"open", "told", "closed"})


@dataclass(frozen=True)
class Place:
    """A lab, its row, and who is in it."""

    number: int
    group: int
    members: Roles
    author: str


def furnish(world: World) -> None:
    """Make the two labs and all that is in them."""
    world.values["followed"] += ["labs.lab", "labs.ephemeral", "labs.project", "labs.vote"]
    world.values.setdefault("told about", []).extend(["labs.lab", "labs.ephemeral", "labs.project"])
    write_words("labs", "guests_an_hour", words=["many"])  # what no longer passes is said where it was typed
    mine = _lab(world, "Labo des portes", OF_LAB | {LEAVER}, (ANIMATOR, OWNER))
    other = _lab(world, "Labo d’à côté", frozenset({NETWORK}), (NETWORK,))
    for state, audience, time in _every(STATES) if world.is_full else FEW:
        _ephemeral(world, mine, state, audience, time)
    _ephemeral(world, other, "open", "lab", "")
    for state, audience, time in _every(("open", "told")) if world.is_full else FEW_PROJECTS:
        _project(world, mine, "open" if state == "open" else "told", audience, time)
    _project(world, other, "open", "lab", "")
    world.values["place"] = [mine]
    public = world.things["labs.lab"][0]
    world.values["linked"] = (public, world.things["labs.ephemeral"][0])


def _every(states: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Give every state with every audience; before and after its time, in one state: an audience knows no state."""
    yield from product(states, AUDIENCES, [""])
    yield from product(["open"], AUDIENCES, TIMES)


def add_private(world: World) -> None:
    """Add what those outside the lab may not know of: not even that there is one more."""
    place = world.values["place"][0]
    for state, audience in (("open", "lab"), ("told", "lab"), ("announced", "self"), ("closed", "circle")):
        _ephemeral(world, place, state, audience, "")
    for state, audience, time in (("told", "lab", ""), ("open", "self", ""), ("open", "intranet", "not yet")):
        _project(world, place, state, audience, time)


def _lab(world: World, name: str, members: Roles, animators: tuple[str, ...]) -> Place:
    at, people = now(), world.people
    animator, author = animators[0], animators[-1]
    number = make_lab(name, members=[people[role] for role in sorted(members)], animator=people[animator])
    row, here = session.get_one(Lab, number), members - {LEAVER}
    for role in animators:
        add_member(row.group_id, people[role].id, at=at, is_animator=True)
    facts = {"members": here, "animates": frozenset(animators)}
    world.add(Thing("labs.lab", number, EVERYBODY, name, facts=facts))
    margin = session.execute(sa.text("SELECT id FROM labs_margin WHERE lab_id = :id"), {"id": number}).scalar_one()
    session.add(MarginWording(margin_id=margin, text="avant", review_on=at.date(), until_at=at))
    world.add(Thing("labs.margin", margin, EVERYBODY, within={"lab_id": number}))
    vote = call_vote(viewer_of(people[author].id), row, at=at - timedelta(days=1))
    session.add(Ballot(vote_id=vote.id, person_id=people[author].id, is_yes=True, cast_at=at))
    world.add(Thing("labs.vote", vote.id, EVERYBODY, within={"lab_id": number}))
    # of the second lab, it took the margins off the page
    counted = {"yes": 3 * (author == NETWORK), "no": 0, "counted_at": at}
    ended = {"opens_at": at - timedelta(days=30), "ends_at": at - timedelta(days=20)}
    session.add(Vote(lab_id=number, called_by_id=None, **ended, **counted))
    add_sponsor(viewer_of(people[animator].id), row, function_id=world.things["portal.function"][0].id, at=at)
    world.keep_file(Subject("labs.lab", number), AGENTS)
    return Place(number, row.group_id, here, author)


def _columns(world: World, place: Place, audience: str, time: str) -> tuple[dict[str, Any], Roles]:
    at = now()
    group = world.values["circle"][0] if audience == "circle" else place.group
    here = frozenset({OWNER, NAMED}) if audience == "circle" else place.members
    columns: dict[str, Any] = {"audience": audience, "reader_group_id": None if audience == "self" else group}
    columns |= {"visible_from": at + timedelta(days=9)} if time == "not yet" else {}
    columns |= {"visible_until": at - timedelta(hours=1)} if time == "no more" else {}
    return columns, readers_of(audience, group=here, author=place.author, in_time=not time)


STARTS = {"open": -10, "announced": 600, "closed": -300, "told": -300, "not held": -300, "called off": 600}


def _ephemeral(world: World, place: Place, state: str, audience: str, time: str) -> None:
    columns, readers = _columns(world, place, audience, time)
    inside = {OWNER, NAMED, LEAVER} if audience == "lab" and place.author == OWNER else {place.author}
    inside = frozenset() if state in {"not held", "announced", "called off"} else frozenset(inside)
    who = world.people
    number = make_ephemeral(
        place.number,
        who[place.author],
        question=f"Que garde-t-on, {state}, {audience} ?",
        starts_in=STARTS[state],
        minutes=600 if state == "open" else 60,
        people=[who[role] for role in sorted(inside)],
        allows_guests=audience in {"lab", "public"},
        **columns,
    )
    here = inside - {LEAVER}
    group = frozenset({OWNER, NAMED}) if audience == "circle" else place.members
    facts = {
        "opened": frozenset({place.author}),
        "takes part": here | {place.author},
        "was in": here,
        "members": group if audience != "self" else frozenset(),
    }
    note = " ".join(filter(None, (state, audience, time)))
    thing = world.add(Thing("labs.ephemeral", number, readers | here, note, facts=facts))
    _tell_its_story(world, thing, state, place)
    world.keep_file(thing.subject, thing.readers)
    _keys(world, thing, state, place)


def _tell_its_story(world: World, thing: Thing, state: str, place: Place) -> None:
    row, author, at = session.get_one(Ephemeral, thing.id), world.people[place.author], now()
    if state == "called off":
        row.cancelled_at = at
    session.add(Wording(ephemeral_id=row.id, text="avant", person_id=author.id, until_at=row.created_at))
    if state == "closed":  # one that is open can still be made longer
        row.extended_at, row.extended_by_id, row.extension_minutes, row.extension_reason = at, author.id, 5, "raison"
    if state == "told":
        tell(row.id, author)
        session.add(
            FormerTelling(ephemeral_id=row.id, outcome="learnt", learnt="avant", person_id=author.id, until_at=at)
        )
    session.flush()


def _keys(world: World, thing: Thing, state: str, place: Place) -> None:
    """Take the code of its door, the page of a guest behind it, and its walls: of the opener, of who will leave."""
    lives = state in {"open", "announced"}
    row = session.get_one(Ephemeral, thing.id)
    last = session.scalar(
        sa.select(sa.func.max(Token.id)).where(Token.subject_id == thing.id, Token.scope == GUEST_SCOPE)
    )
    shown = Key(
        show_token_by_id(last or 0),
        lives=lives,
        things=(thing, world.one("labs.lab", place.number)),
        shows=SHOWN_BY_THE_CODE if row.allows_guests else frozenset(),
    )
    if row.allows_guests and state in {"open", "closed"}:
        key = make_guest(thing.id)
        beside = {"key": key}
        shown = replace(shown, beside=beside, shows=shown.shows | {"labs_guest.first_name", "labs_guest.service"})
    world.add_key(GUEST_SCOPE, shown)
    if state != "open":
        return
    for role in (place.author, LEAVER) if place.author == OWNER else (place.author,):
        who = viewer_of(world.people[role].id)
        open_wall(who, row, at=now())
        text = show_token(WALL_SCOPE, thing.subject, person_id=who.person_id)
        assert text
        world.add_key(WALL_SCOPE, Key(text, lives=role != LEAVER, owner=role))


def _project(world: World, place: Place, state: str, audience: str, time: str) -> None:
    columns, readers = _columns(world, place, audience, time)
    who, at, is_mine = world.people, now(), place.author == OWNER
    guarantor = NAMED if is_mine and audience in {"lab", "public"} else None
    columns |= {"title": f"Un projet, {state}, {audience}", "about": "dont", "clause": "expected"}
    columns |= {"expected_by": "la mairie", "expected_what": "un plan", "expected_on": at.date() + timedelta(days=9)}
    if state == "told":
        columns |= {"closed_at": at, "outcome": "stopped", "learnt": "appris", "saved": "du temps"}
    number = make_project(place.number, who[place.author], guarantor=who[guarantor] if guarantor else None, **columns)
    _changes(number, who[place.author].id, waits=audience != "public")
    named = frozenset({place.author} | ({guarantor} if guarantor else set()))
    animators = (
        frozenset({ANIMATOR, OWNER} if is_mine else {NETWORK}) if audience not in {"circle", "self"} else frozenset()
    )
    facts = {
        "steers": named | animators,
        "leads": frozenset({place.author}),
        "vouches": frozenset({guarantor} if guarantor else set()),
        "vouches or leads": named,
        "leads or animates": animators | {place.author},
        "names the guarantor": frozenset({guarantor or place.author}),
    }
    note = " ".join(filter(None, (state, audience, time)))
    thing = world.add(Thing("labs.project", number, readers | named, note, facts=facts))
    world.keep_file(thing.subject, thing.readers & AGENTS)


def _changes(project_id: int, person_id: int, *, waits: bool) -> None:
    """Write a change of clause that was refused, and perhaps one that waits: there is then no other."""
    at = now()
    facts = {"project_id": project_id, "proposed_by_id": person_id, "proposed_at": at, "reason": "raison"}
    facts |= {"clause": "expected", "expected_by": "la mairie", "expected_what": "un plan", "expected_on": at.date()}
    session.add_all([ClauseChange(**facts, lead_agreed_at=at)] if waits else [])
    session.add(ClauseChange(**facts, settled_at=at, settled_as="refused", settled_by_id=person_id))
    session.flush()
