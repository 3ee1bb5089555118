"""A copil in each state, and in them a question and a commitment of each state, for the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from portal.api import Person, local_day, now, session, show_token
from portal.people.functions import create_function, hold_function
from portal.people.sessions import viewer_of

from plugins.copils.models.commitment import FormerDue, Refusal
from plugins.copils.models.copil import Copil, Decider, FormerDay, Turn
from plugins.copils.models.question import Asker, FormerAnswer, HandedOn, Masking
from plugins.copils.services.hall import HALL_SCOPE, hall_token, open_hall
from plugins.copils.services.walls import ROOM_SCOPE, open_room
from tests.plugins.copils.factories import add_askers, answered, make_commitment, make_copil, make_question
from tests.review.world import (
    AGENT,
    AGENTS,
    ANIMATOR,
    EVERYBODY,
    KIOSK,
    LEAVER,
    MEMBER,
    NAMED,
    NETWORK,
    NOBODY,
    OWNER,
    PLUGIN_ADMIN,
    PLUGIN_ADMINS,
    SUPERIOR,
    Key,
    Roles,
    Thing,
    World,
    readers_of,
)

STATES = ("call", "frozen", "running", "held", "listening", "cancelled")
AUDIENCES = ("intranet", "public")
TIMES = ("not yet", "no more")
# each state, each audience and each time at least once
FEW = (
    ("call", "intranet", ""),
    ("frozen", "public", ""),
    ("running", "intranet", ""),
    ("held", "public", ""),
    ("listening", "intranet", ""),
    ("cancelled", "public", ""),
    ("held", "intranet", "not yet"),
    ("call", "intranet", "no more"),
)
DECIDERS = frozenset({MEMBER})
# Those who animate a lab of the world, or administer plugins.
ANNOUNCERS = frozenset({ANIMATOR, OWNER, NETWORK}) | PLUGIN_ADMINS
# Those who are named on no page of a copil but to each other: they ask under the name of a collective, and only so.
MEMBERS = frozenset({OWNER, NAMED, SUPERIOR})
GATHERED, INVITED = frozenset({OWNER, NAMED}), NETWORK
MANY = frozenset({AGENT, OWNER, KIOSK, MEMBER})
COME_WITH_IT = frozenset({PLUGIN_ADMIN})
ASKED = "Pourquoi trois signatures pour un carton de feuilles ?"


@dataclass(frozen=True)
class Sitting:
    """A copil, who reads it, when it was made.

    :ivar facilitator: the role that facilitates it
    """

    thing: Thing
    at: datetime
    audience: str
    facilitator: str
    times: dict[str, Any]

    @property
    def author(self) -> str:
        """Give who writes there: outside its time, the one role that reads it."""
        return PLUGIN_ADMIN if self.times else OWNER


def furnish(world: World) -> None:
    """Make the functions that decide or promise, the copils and all that is in them, the wall of the hall."""
    kinds = ["copils.copil", "copils.question", "copils.commitment"]
    world.values["followed"] += kinds
    world.values.setdefault("told about", []).extend(kinds)
    _functions(world)
    every = [*product(STATES, AUDIENCES, [""]), *product(["call", "held"], AUDIENCES, TIMES)]
    for state, audience, time in every if world.is_full else FEW:
        _copil(world, state, audience, time)
    _open_room(world, _sitting(world, "call", "intranet", "", facilitator=LEAVER))
    _question(world, None, "waiting", frozenset({AGENT, KIOSK}))
    _question(world, None, "waiting", frozenset({OWNER}))
    who = viewer_of(world.people[OWNER].id)
    open_hall(who, at=now())
    world.add_key(HALL_SCOPE, Key(hall_token() or "", owner=OWNER))


def add_private(world: World) -> None:
    """Add what nobody else may know of: questions that gather voices, a copil and its commitments before their time."""
    calling = world.values["calling"][0]
    for sitting in (calling, None):
        _question(world, sitting, "gathering", frozenset({OWNER}))
    _copil(world, "held", "public", "not yet")


def _functions(world: World) -> None:
    """Make the function that decides, and one that nobody holds; all that promise do so in public somewhere."""
    at, (reception, outside) = now(), (thing.id for thing in world.things["portal.function"])
    direction, vacant = create_function("Direction générale"), create_function("Poste à pourvoir")
    hold_function(direction, world.people[MEMBER].id, since=at)
    for number in (direction, vacant):
        world.add(Thing("portal.function", number, EVERYBODY))
    world.values["promising"] = [direction, reception, outside, vacant]


def _copil(world: World, state: str, audience: str, time: str) -> None:
    sitting = _sitting(world, state, audience, time)
    for fill in _CONTENTS.get(state, ()):
        fill(world, sitting)
    if not time and state in {"call", "running"}:
        _open_room(world, sitting)


def _sitting(world: World, state: str, audience: str, time: str, *, facilitator: str = OWNER, **more: Any) -> Sitting:
    at, direction, outside = now(), world.values["promising"][0], world.values["promising"][2]
    times: dict[str, Any] = {"visible_from": at + timedelta(days=9)} if time == "not yet" else {}
    times |= {"visible_until": at - timedelta(hours=1)} if time == "no more" else {}
    facilitator = PLUGIN_ADMIN if time else facilitator
    number = make_copil(
        world.people[facilitator],
        [direction, outside],
        title=f"Copil {state} {audience} {time}",
        audience=audience,
        author_id=world.people[PLUGIN_ADMIN].id,
        **_instants(state, at, is_aside=bool(time)),
        **times,
        **more,
    )
    facts = {
        "field": AGENTS - DECIDERS,
        "facilitates": frozenset({facilitator}),
        "hands over": frozenset({facilitator}) if facilitator == OWNER else ANNOUNCERS - DECIDERS,
    }
    readers = readers_of(audience, group=NOBODY, author=PLUGIN_ADMIN, in_time=not time)
    note = " ".join(filter(None, (state, audience, time, f"of {facilitator}", "again" if more else "")))
    made = Sitting(
        world.add(Thing("copils.copil", number, readers, note, facts=facts)), at, audience, facilitator, times
    )
    if state == "call" and not time and facilitator == OWNER:
        world.values.setdefault("calling", []).append(made)
    return made


def _instants(state: str, at: datetime, *, is_aside: bool) -> dict[str, Any]:
    """Give the instants that make a state; what is read by one role alone never comes before what all may ask at."""
    held_at = {
        "call": at + timedelta(days=90 if is_aside else 40),
        "frozen": at + timedelta(minutes=10),
        "running": at - timedelta(minutes=20),
        "held": at - timedelta(days=40),
        "listening": at - timedelta(days=20),
        "cancelled": at + timedelta(days=50),
    }[state]
    instants: dict[str, Any] = {"held_at": held_at, "created_at": at - timedelta(days=70)}
    if state in {"running", "held", "listening"}:
        instants |= {"began_at": held_at}
    if state in {"held", "listening"}:
        instants |= {"closed_at": held_at + timedelta(hours=2), "is_listening": state == "listening"}
    if state == "cancelled":
        instants |= {"cancelled_at": at, "cancel_reason": "salle fermée"}
    return instants


def _open_room(world: World, sitting: Sitting) -> None:
    """Take the wall of the room that whoever facilitates opened."""
    who = viewer_of(world.people[sitting.facilitator].id)
    open_room(who, session.get_one(Copil, sitting.thing.id), at=sitting.at)
    text = show_token(ROOM_SCOPE, sitting.thing.subject)
    assert text
    world.add_key(ROOM_SCOPE, Key(text, lives=sitting.facilitator != LEAVER, owner=sitting.facilitator))


def _move_once(_world: World, sitting: Sitting) -> None:
    facts = {"held_at": sitting.at + timedelta(days=33), "reason": "grève des trains", "moved_at": sitting.at}
    session.add(FormerDay(copil_id=sitting.thing.id, **facts))
    session.flush()


def _call(world: World, sitting: Sitting) -> None:
    """Ask in every way there is before an agenda is settled."""
    theirs = frozenset({sitting.author})
    host = _question(
        world, sitting, "asked", theirs if sitting.times else theirs | {AGENT, KIOSK}, with_it=COME_WITH_IT
    )
    _question(world, sitting, "merged", COME_WITH_IT, into=host)
    _question(world, sitting, "asked, wants another", COME_WITH_IT, wants=host)
    _question(world, sitting, "asked", theirs)
    _question(world, sitting, "returned", theirs)
    _question(world, sitting, "withdrawn", theirs)
    if sitting.times:
        return
    _question(world, sitting, "asked", frozenset({AGENT, MEMBER}))
    _question(world, sitting, "returned", frozenset({AGENT}))
    _question(world, sitting, "withdrawn", frozenset({AGENT}))
    _question(world, sitting, "collective", MEMBERS)
    _question(world, sitting, "gathering", GATHERED)


def _settled(world: World, sitting: Sitting) -> None:
    _question(world, sitting, "asked", frozenset({sitting.author}))


def _running(world: World, sitting: Sitting) -> None:
    """Let one question have the floor, another have its answer, which was corrected once."""
    asked = _question(world, sitting, "asked", frozenset({AGENT}))
    done = _question(world, sitting, "yes", frozenset({AGENT, OWNER}))
    _question(world, sitting, "no", frozenset({AGENT}))
    instants = {"started_at": sitting.at - timedelta(minutes=9), "copil_id": sitting.thing.id}
    ended = {"ended_at": sitting.at - timedelta(minutes=5)}
    session.add_all(
        [
            Turn(question_id=done.id, side="askers", **instants, **ended),
            Turn(question_id=asked.id, side="askers", **instants | {"started_at": ended["ended_at"]}),
        ]
    )
    facts = {"answer": "no", "answer_text": "trop cher", "person_id": world.people[OWNER].id, "until_at": sitting.at}
    session.add(FormerAnswer(question_id=done.id, **facts))
    session.flush()
    _promise(world, sitting, done, "new", frozenset({AGENT, OWNER}))


def _held(world: World, sitting: Sitting) -> None:
    """Answer in each of the four ways, or not; promise in every state."""
    askers = frozenset({sitting.author}) if sitting.times else MANY
    session.execute(sa.update(Decider).where(Decider.copil_id == sitting.thing.id).values(presence="present"))
    for kind in ("no", "later", "delegated", "unanswered"):
        _question(world, sitting, kind, askers)
    done = _question(world, sitting, "yes", askers)
    for state in ("late", "open", "said done", "unconfirmed", "kept", "withdrawn", "vacant"):
        _promise(world, sitting, done, state, askers)
    if not sitting.times:
        together = _question(world, sitting, "collective, yes", MEMBERS)
        _promise(world, sitting, together, "said done", MEMBERS)


def _heard(world: World, sitting: Sitting) -> None:
    """Announce the copil that was owed because too few came, and put there what was heard."""
    sequel = _sitting(world, "call", sitting.audience, "", follows_id=sitting.thing.id)
    carried = _question(world, sequel, "carried", frozenset({AGENT}), came_from_id=sitting.thing.id)
    session.add(HandedOn(copil_id=sitting.thing.id, question_id=carried.id, position=1))


_CONTENTS: dict[str, tuple[Any, ...]] = {
    "call": (_call, _move_once),
    "frozen": (_settled,),
    "running": (_running,),
    "held": (_held,),
    "listening": (_heard,),
}


def _question(
    world: World,
    sitting: Sitting | None,
    note: str,
    askers: Roles,
    *,
    into: Thing | None = None,
    wants: Thing | None = None,
    with_it: Roles = NOBODY,
    **more: Any,
) -> Thing:
    """Make a question in the state that its note says, asked by these roles; the first of them wrote it."""
    at, people = now(), world.people
    first, *others = sorted(askers, key=lambda role: (role != OWNER, role))
    by = people[sitting.facilitator if sitting else OWNER]
    columns = {"details": "deux semaines d’attente", **_question_columns(note, at, world, by), **more}
    columns |= {"merged_into_id": into.id if into else None, "merge_wanted_id": wants.id if wants else None}
    number = make_question(people[first], sitting.thing.id if sitting else None, ASKED, **columns)
    add_askers(number, [people[role] for role in others])
    invited = _invite(world, number) if note == "gathering" and others else NOBODY
    session.add(Masking(question_id=number, person_id=by.id, places=1, masked_at=at))
    session.flush()
    is_public = sitting is not None and note != "gathering"
    readers = (sitting.thing.readers if sitting and is_public else NOBODY) | askers | invited
    facts = _facts(sitting if is_public else None, askers, with_it, into or wants)
    facts["was invited"] = invited
    facts["reads the words"] = askers if note in {"returned", "withdrawn"} else readers
    where = sitting.thing.note if sitting else "no copil"
    return world.add(Thing("copils.question", number, readers, f"{note} at {where}", facts=facts))


def _question_columns(note: str, at: datetime, world: World, by: Person) -> dict[str, Any]:
    on = local_day(at) + timedelta(days=30)
    direction = world.values["promising"][0]
    is_together = note in {"gathering", "collective", "collective, yes"}
    columns: dict[str, Any] = {"is_collective": True, "collective": "Accueil du matin"} if is_together else {}
    found = {
        "gathering": {"asked_at": None},
        "returned": {"returned_at": at, "return_reason": "un nom de trop", "returned_by_id": by.id},
        "withdrawn": {"withdrawn_at": at},
        "yes": answered(at, by, "yes", "un seul visa"),
        "collective, yes": answered(at, by, "yes", "un seul visa"),
        "no": answered(at, by),
        "later": answered(at, by, "later", "au budget", on),
        "delegated": answered(at, by, "delegated", "à voir", on) | {"answer_function_id": direction},
    }
    return columns | found.get(note, {})


def _invite(world: World, number: int) -> Roles:
    """Invite somebody who has not answered, and somebody who said no: they read it no more."""
    at, people = now(), world.people
    session.add(Asker(question_id=number, person_id=people[INVITED].id, invited_at=at))
    session.add(Asker(question_id=number, person_id=people[AGENT].id, invited_at=at, declined_at=at))
    return frozenset({INVITED})


def _facts(sitting: Sitting | None, askers: Roles, with_it: Roles, other: Thing | None) -> dict[str, Roles]:
    """Say who does what: whoever decides there asks, orders and moderates nothing, though they asked (SPEC 1, 14)."""
    deciders = DECIDERS if sitting else NOBODY
    facilitates = frozenset({sitting.facilitator}) if sitting else NOBODY
    asks, others = askers - deciders, other.facts["asks it or with it"] if other else NOBODY
    return {
        "field": AGENTS - deciders,
        "asks": asks,
        "asks it or with it": asks | with_it,
        "asks the other": others,
        "asks one of the two": asks | with_it | others,
        "facilitates": facilitates,
        "answers": facilitates | deciders,
    }


def _promise(world: World, sitting: Sitting, question: Thing, state: str, askers: Roles) -> None:
    """Let a function owe something: in each state another, held, vacant, or of an outside body."""
    at, people = now(), world.people
    direction, reception, outside, vacant = world.values["promising"]
    function, holder = {
        "late": (direction, MEMBER),
        "unconfirmed": (direction, MEMBER),
        "said done": (outside, ""),
        "withdrawn": (vacant, ""),
        "vacant": (vacant, ""),
    }.get(state, (reception, ANIMATOR))
    owner = holder or sitting.facilitator
    speaker = PLUGIN_ADMIN if sitting.times else owner
    author, by = people[sitting.author], people[speaker]
    columns = _commitment_columns(state, at, by.id, people[min(askers)].id)
    taken_on_by = people[LEAVER] if state == "open" else by if holder else None
    columns |= {"audience": sitting.audience, **sitting.times}
    number = make_commitment(question.id, function, by=author, holder=taken_on_by, **columns)
    if state != "new":
        _tell_its_story(number, by, at)
    proposed_by = frozenset({speaker}) if "proposed_at" in columns else NOBODY
    readers = readers_of(sitting.audience, group=NOBODY, author=sitting.author, in_time=not sitting.times)
    known = {
        "owns": frozenset({owner}),
        "holds": frozenset({holder}) if holder else NOBODY,
        "witnesses": askers - DECIDERS - frozenset({holder}) - proposed_by,
    }
    world.add(Thing("copils.commitment", number, readers, f"{state} at {sitting.thing.note}", facts=known))


def _tell_its_story(number: int, by: Person, at: datetime) -> None:
    """Write a day that was promised before, and a refusal."""
    facts = {"commitment_id": number, "person_id": by.id, "reason": "travaux"}
    session.add(FormerDue(due_on=local_day(at) - timedelta(days=20), changed_at=at, **facts))
    told = {"proof": "presque", "proposed_by_id": by.id, "proposed_at": at, "refused_at": at}
    session.add(Refusal(**facts, **told))
    session.flush()


def _commitment_columns(state: str, at: datetime, owner_id: int, asker_id: int) -> dict[str, Any]:
    due_on = local_day(at) + timedelta(days=-5 if state == "late" else 30)
    columns: dict[str, Any] = {"due_on": due_on, "postponed": 1}
    columns |= {"known_by": "on signe une fois", "known_by_id": asker_id} if state != "new" else {"postponed": 0}
    said = {"proposed_at": at - timedelta(days=2), "proposed_by_id": owner_id, "proof": "visa unique"}
    more = {
        "said done": said | {"in_name": True},
        "unconfirmed": said | {"proposed_at": at - timedelta(days=40)},
        "kept": said | {"confirmed_at": at, "confirmed_by_id": asker_id},
        "withdrawn": {"withdrawn_at": at},
    }
    return columns | more.get(state, {})
