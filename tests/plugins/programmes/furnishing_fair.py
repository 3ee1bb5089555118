"""The fair of a day of the review: two stands kept, one that is closed, their codes, a turn, the timer, a feed."""

from __future__ import annotations

from datetime import timedelta

from portal.api import session, show_token
from portal.people.sessions import viewer_of

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand, Turn
from plugins.programmes.services.feeds import FEED_SCOPE, feed_of, open_feed
from plugins.programmes.services.stands import Plan, add_stand, code_of
from plugins.programmes.services.walls import STAND_SCOPE, TURNS_SCOPE, open_wall
from tests.review.world import AGENT, MEMBER, OWNER, SUPERIOR, Key, Thing, World

# Who scanned the code of a stand reads what it says, and of which day it is; nobody's name.
SAID = frozenset(
    {
        "programmes_stand.title",
        "programmes_stand.place",
        *(f"programmes_stand.point_{number}" for number in (1, 2, 3)),
        "programmes_programme.title",
    }
)
HOLDS = frozenset({MEMBER})


def add_fair(world: World, day: Thing, *, at) -> None:
    """Add the stands of a day: the first one to have the floor, one that waits for it, one that is closed."""
    who, programme = viewer_of(world.people[OWNER].id), session.get_one(Programme, day.id)
    for note in ("kept", "waits", "closed"):
        points = (f"Premier {note}", f"Deuxième {note}", f"Troisième {note}")
        plan = Plan(f"Stand {note} {day.note}", points, "Table 3")
        stand = add_stand(who, programme, plan, holder=world.people[MEMBER], at=at)
        stand.created_at = at - timedelta(days=1)
        facts = {"organises": day.facts["organises"], "holds": day.facts["organises"] | (HOLDS & day.readers)}
        thing = world.add(Thing("programmes.stand", stand.id, day.readers, f"{note}, {day.note}", facts=facts))
        _code(world, stand, thing, day, lives=note != "closed")
        if note == "closed":
            stand.closed_at = at
    session.flush()


def run_turns(world: World, day: Thing, *, at) -> None:
    """Let the stand that is kept have the floor, on a wall without session."""
    stand = next(thing for thing in world.things["programmes.stand"] if thing.note == f"kept, {day.note}")
    session.add(Turn(programme_id=day.id, stand_id=stand.id, minutes=7, started_at=at - timedelta(minutes=2)))
    session.flush()
    open_wall(viewer_of(world.people[OWNER].id), session.get_one(Programme, day.id), at=at, scope=TURNS_SCOPE)
    text = show_token(TURNS_SCOPE, day.subject)
    assert text
    world.add_key(TURNS_SCOPE, Key(text, owner=OWNER))


def open_feeds(world: World, *, at) -> None:
    """Open the feeds of two who come; nothing private concerns them."""
    for role in (AGENT, SUPERIOR):
        who = viewer_of(world.people[role].id)
        open_feed(who, at=at)
        world.add_key(FEED_SCOPE, Key(feed_of(who) or "", owner=role))


def _code(world: World, stand: Stand, thing: Thing, day: Thing, *, lives: bool) -> None:
    text = code_of(stand)
    if text is not None:
        world.add_key(STAND_SCOPE, Key(text, lives=lives, things=(thing, day), shows=SAID))
