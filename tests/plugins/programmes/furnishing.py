"""A day of each audience and state, and in them slots of every kind, for the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.api import add_member, create_group, local_day, now, session, show_token
from portal.people.sessions import viewer_of

from plugins.programmes.models.programme import Delay, Moved, Organiser, Programme, Track
from plugins.programmes.models.slot import BREAK, PARTY, SURPRISE, UNEXPECTED, WORKSHOP, Host, SignUp
from plugins.programmes.services.walls import WALL_SCOPE, open_wall
from tests.plugins.programmes.factories import make_programme, make_slot
from tests.plugins.programmes.furnishing_fair import add_fair, open_feeds, run_turns
from tests.review.world import (
    AGENT,
    ANIMATOR,
    KIOSK,
    MEMBER,
    NAMED,
    OF_LAB,
    OWNER,
    SUPERIOR,
    Key,
    Roles,
    Thing,
    World,
    readers_of,
)

AUDIENCES = ("lab", "network", "intranet", "public")
STATES = ("today", "ahead", "past", "called off")
# each audience and each state at least once
FEW = (("intranet", "today"), ("lab", "ahead"), ("network", "past"), ("public", "called off"), ("public", "ahead"))
RUNS, COMES = frozenset({ANIMATOR, MEMBER}), frozenset({SUPERIOR, AGENT, KIOSK})


@dataclass(frozen=True)
class Standing:
    """A day of the world: who organises it, and when it was made."""

    thing: Thing
    at: datetime

    @property
    def organises(self) -> Roles:
        """Give who organises it."""
        return self.thing.facts["organises"]


def furnish(world: World) -> None:
    """Make the lab that hosts days, the days and their slots, the walls that are open."""
    world.values["followed"] += ["programmes.programme"]
    world.values.setdefault("told about", []).extend(["programmes.programme", "programmes.slot"])
    group = create_group("lab", "Labo des journées")
    for role in sorted(OF_LAB):
        add_member(group, world.people[role].id, at=now(), is_animator=role == ANIMATOR)
    world.values["hosting group"] = [group]
    every = [(audience, state) for audience in AUDIENCES for state in STATES]
    for audience, state in every if world.is_full else FEW:
        _day(world, audience, state)
    open_feeds(world, at=now())


def add_private(world: World) -> None:
    """Add a day that nobody outside its lab may know of."""
    _day(world, "lab", "today")


def _day(world: World, audience: str, state: str) -> None:
    at, people = now(), world.people
    days = {"today": 0, "ahead": 20, "past": -20, "called off": 30}[state]
    columns: dict[str, Any] = {"cancelled_at": at, "cancel_reason": "grève"} if state == "called off" else {}
    number = make_programme(
        people[OWNER],
        title=f"Journée {audience} {state}",
        place="Halle aux sucres",
        held_on=local_day(at) + timedelta(days=days),
        audience=audience,
        reader_group_id=world.values["hosting group"][0],
        created_at=at - timedelta(days=40),
        **columns,
    )
    session.add(Organiser(programme_id=number, person_id=people[NAMED].id))
    session.flush()
    readers = readers_of(audience, group=OF_LAB, author=OWNER) | {NAMED}
    facts = {"organises": frozenset({OWNER, ANIMATOR, NAMED})}
    thing = world.add(Thing("programmes.programme", number, readers, f"{audience} {state}", facts=facts))
    standing = Standing(thing, at + timedelta(days=days))
    _slots(world, standing, is_whole=state == "today")
    if state != "called off":
        add_fair(world, thing, at=at)
    if state == "today":
        run_turns(world, thing, at=at)
        _delay_once(world, standing)
        _open_wall(world, standing)


def _slots(world: World, day: Standing, *, is_whole: bool) -> None:
    """Fill a day around its instant: what runs, what is kept, what is hidden, what is beside something else."""
    hour, start = timedelta(hours=1), day.at - timedelta(minutes=20)
    _slot(world, day, "runs", start, start + hour, place="Hall", takes_names=True)
    _slot(world, day, "kept free", start + hour, start + 2 * hour, kind=UNEXPECTED)
    hidden = {"kind": SURPRISE, "reveals_at": day.at + timedelta(days=400)}
    _slot(world, day, "hidden", start + 2 * hour, start + 3 * hour, takes_names=True, seats=9, **hidden)
    if not is_whole:
        return
    for place in (1, 2):
        track = Track(programme_id=day.thing.id, name=f"Piste {place}", position=place)
        session.add(track)
        session.flush()
        beside = {"kind": WORKSHOP, "track_id": track.id, "takes_names": True, "seats": 12}
        _slot(world, day, f"on track {place}", start + 3 * hour, start + 4 * hour, **beside)
    _slot(world, day, "told", start + 4 * hour, start + 5 * hour, kind=SURPRISE, reveals_at=day.at)
    _slot(world, day, "lunch", start + 5 * hour, start + 6 * hour, kind=BREAK, is_fixed=True)
    _slot(world, day, "taken off", start + 6 * hour, start + 7 * hour, cancelled_at=day.at)
    _slot(world, day, "open end", start + 8 * hour, None, kind=PARTY)


def _slot(world: World, day: Standing, note: str, starts: datetime, ends: datetime | None, **columns: Any) -> None:
    """Make a slot; two run it, three come: of those who come, who organises or runs it alone reads the names."""
    number = make_slot(day.thing.id, starts, ends, words="Une phrase de plus.", **columns)
    people = world.people
    session.add_all(Host(slot_id=number, person_id=people[role].id) for role in sorted(RUNS))
    if columns.get("takes_names"):
        session.add_all(
            SignUp(slot_id=number, person_id=people[role].id, signed_at=day.at)
            for role in sorted(COMES & day.thing.readers)
        )
    session.flush()
    is_hidden = note == "hidden"
    facts = {"organises": day.organises, "reads the words": day.organises | RUNS if is_hidden else day.thing.readers}
    world.add(Thing("programmes.slot", number, day.thing.readers, f"{note}, {day.thing.note}", facts=facts))


def _delay_once(world: World, day: Standing) -> None:
    """Let the day have been late by nothing that another change came after."""
    made = Delay(programme_id=day.thing.id, actor_id=world.people[OWNER].id, minutes=5, made_at=now())
    session.add(made)
    session.flush()
    slot = next(thing for thing in world.things["programmes.slot"] if thing.note == f"open end, {day.thing.note}")
    session.add(Moved(delay_id=made.id, slot_id=slot.id, starts_at=day.at + timedelta(hours=8)))
    session.flush()


def _open_wall(world: World, day: Standing) -> None:
    open_wall(viewer_of(world.people[OWNER].id), session.get_one(Programme, day.thing.id), at=now())
    text = show_token(WALL_SCOPE, day.thing.subject)
    assert text
    world.add_key(WALL_SCOPE, Key(text, owner=OWNER))
