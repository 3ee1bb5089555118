"""A restitution in each state, of each audience, with its words, chapters and those who are filmed, for the review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from portal.api import local_day, now, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import MOST_FAILURES, Choice, Restitution, Status
from plugins.restitutions.services.clearing import hide
from plugins.restitutions.services.consents import add_consent, consent_token, remove, take_back
from plugins.restitutions.services.emptying import SCOPE
from plugins.restitutions.values.places import FILE
from tests.plugins.restitutions.factories import LINK, TORN, give_words, make_link, say_more
from tests.review.world import ANIMATOR, MEMBER, NETWORK, NOBODY, OWNER, Key, Roles, Thing, World, readers_of

STATES = ("published", "unavailable", "to_confirm", "to_check", "to_clear", "hidden", "withdrawn", "film")
AUDIENCES = ("intranet", "network", "self")
TIMES = ("not yet", "no more")
# each state, each audience and each time at least once
FEW = (
    ("published", "intranet", ""),
    ("published", "network", ""),
    ("unavailable", "intranet", ""),
    ("to_confirm", "intranet", ""),
    ("to_check", "network", ""),
    ("to_clear", "network", ""),
    ("hidden", "intranet", ""),
    ("withdrawn", "intranet", ""),
    ("film", "self", ""),
    ("film", "intranet", "not yet"),
    ("published", "intranet", "no more"),
)
OPEN = ("published", "unavailable", "film")
# Who reads it beside its owner, whatever its audience: who is filmed there, who hid it.
BESIDE = {"to_clear": frozenset({MEMBER}), "hidden": frozenset({ANIMATOR})}
# Those who animate a lab of the world.
ANIMATORS = frozenset({ANIMATOR, OWNER, NETWORK})
# Whoever is filmed reads who added the video, and asks.
SHOWN_BY_THE_CODE = frozenset({"restitutions_restitution.title", "restitutions_consent.name", "users.name"})
ADDRESSES = {"to_confirm": TORN["we-Obs2KR28"], "to_check": TORN[None]}


@dataclass(frozen=True)
class Made:
    """A restitution as it is to be made."""

    state: str
    audience: str
    time: str

    @property
    def readers(self) -> Roles:
        """Give who reads it."""
        if self.state not in OPEN:
            return frozenset({OWNER}) | BESIDE.get(self.state, frozenset())
        return readers_of(self.audience, group=NOBODY, author=OWNER, in_time=not self.time)


def furnish(world: World) -> None:
    """Make them all."""
    world.values["followed"] += ["restitutions.restitution"]
    world.values.setdefault("told about", []).append("restitutions.restitution")
    for made in _every() if world.is_full else (Made(*few) for few in FEW):
        _restitution(world, made)
    choice = Choice(person_id=world.people[OWNER].id, host="tube.example", chosen_at=now())
    session.add(choice)
    session.flush()
    world.add(Thing("restitutions.choice", choice.id, frozenset({OWNER})))
    world.add_key(SCOPE, Key("1.unknown", lives=False))


def add_private(world: World) -> None:
    """Add what those outside may not know of.

    None that is withdrawn: its owner is told, and their feed, which opens to whoever has its address, says so.
    """
    for state, audience in (
        ("published", "self"),
        ("film", "network"),
        ("to_confirm", "intranet"),
    ):
        _restitution(world, Made(state, audience, ""))


def _every() -> Iterator[Made]:
    yield from (Made(state, audience, "") for state, audience in product(STATES, AUDIENCES))
    yield from (Made("published", audience, time) for audience, time in product(AUDIENCES, TIMES))


def _restitution(world: World, made: Made) -> None:
    at, owner = now(), world.people[OWNER]
    number = len(world.things.get("restitutions.restitution", ())) + 1
    address = ADDRESSES.get(made.state, LINK)
    row = make_link(owner, address, title=f"Restitution {number}", audience=made.audience, captions="no", at=at)
    say_more(owner, row, summary="Ce qui s’est dit", chapters=[(5, "Le début")])
    if made.state not in {"to_confirm", "to_check"}:
        give_words(owner, row)
    _put(world, row, made)
    hides = frozenset({ANIMATOR}) if made.state == "hidden" else ANIMATORS & made.readers
    facts = {"owns": frozenset({OWNER}), "hides": hides}
    thing = world.add(
        Thing("restitutions.restitution", row.id, made.readers, f"{made.state}, {made.audience}", facts=facts)
    )
    if made.state == "film":
        world.keep_file(row.subject, made.readers)
    if made.state != "unavailable":  # of one, nobody is named
        _filmed(world, row, made, thing)


def _filmed(world: World, row: Restitution, made: Made, thing: Thing) -> None:
    """Name somebody without account, who agreed on paper; of what waits, a colleague too, and neither has answered.

    Of what waits somebody is named too who agreed to fewer readers, and is asked anew.
    """
    at, actor = now(), viewer_of(world.people[OWNER].id)
    adder = world.one("portal.user", actor.person_id)
    waits = made.state == "to_clear"
    consent = add_consent(actor, row, "Bo Lang", None if waits else local_day(at), at=at)
    session.flush()
    token = str(consent_token(consent))
    if made.state == "withdrawn":
        take_back(None, consent, at=at)
    own = world.add(Thing("restitutions.consent", consent.id, frozenset({OWNER}), made.state))
    if made.state in {"published", "to_clear", "withdrawn"} and not made.time:
        world.add_key(SCOPE, Key(token, things=(thing, own, adder), shows=SHOWN_BY_THE_CODE))
    if made.state == "published":
        gone = add_consent(actor, row, "Zoé M.", local_day(at), at=at)
        remove(actor, gone, "Coupée au montage", at=at)
        world.add(Thing("restitutions.consent", gone.id, frozenset({OWNER}), "no longer named"))
    if waits:
        asked = add_consent(actor, row, at=at, person_id=world.people[MEMBER].id)
        world.add(Thing("restitutions.consent", asked.id, frozenset({OWNER}), "asked"))
        world.add(Thing("restitutions.asked", asked.id, frozenset({MEMBER}), "asked"))
        anew = add_consent(actor, row, "Zoé M.", local_day(at), at=at)
        anew.agreed_audience = "self"
        session.flush()
        again = world.add(Thing("restitutions.consent", anew.id, frozenset({OWNER}), "asked anew"))
        world.add_key(SCOPE, Key(str(consent_token(anew)), things=(thing, again, adder), shows=SHOWN_BY_THE_CODE))


def _put(world: World, row: Restitution, made: Made) -> None:
    """Bring it to its state; a withdrawn one comes there by its consent."""
    at = now()
    row.provider_title = "Chez lui" if row.provider else ""
    row.visible_from = at + timedelta(days=9) if made.time == "not yet" else None
    row.visible_until = at - timedelta(hours=1) if made.time == "no more" else None
    if made.state == "unavailable":
        row.status, row.failures = Status.UNAVAILABLE, MOST_FAILURES
    if made.state == "hidden":
        hide(viewer_of(world.people[ANIMATOR].id), row, at=at)
    if made.state == "film":
        row.stand_at(None)
        row.provider, row.original = FILE, ""
    session.flush()
