"""A card, a request, an opening and a draft of each state and audience, for the review."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from portal.api import Audience, Person, add_member, create_group, now, session, show_token
from portal.people.sessions import viewer_of

from plugins.ambassadors.models.card import BRING, FREE, PASSION, ROLE, SEEK, TUESDAY, Draft
from plugins.ambassadors.models.mirror import SITE, Cell, Mirror, Mix, Workforce
from plugins.ambassadors.models.request import NO, YES, HelpRequest
from plugins.ambassadors.models.wanted import BOARD, Reply, Wanted
from plugins.ambassadors.services.board_walls import WALL_SCOPE, open_wall
from plugins.ambassadors.services.cards import Words, hide_or_show, write_card
from plugins.ambassadors.services.engagement import pause
from tests.plugins.ambassadors.factories import make_tag
from tests.review.world import (
    ADMIN,
    AGENT,
    AGENTS,
    ANIMATOR,
    KIOSK,
    MEMBER,
    NAMED,
    NETWORK,
    OF_LAB,
    OWNER,
    PLUGIN_ADMIN,
    SUPERIOR,
    Key,
    Roles,
    Thing,
    World,
    readers_of,
)

LAB, NET, ALL, SELF = Audience.LAB, Audience.NETWORK, Audience.INTRANET, Audience.SELF
EVERY = (BRING, SEEK, PASSION, ROLE, FREE)
SHOWN, EXPIRED, PAUSED = "shown", "expired", "paused"
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Told:
    """A card of the world: who reads each of its fields; hidden, its owner alone."""

    audiences: tuple[Audience, ...]
    state: str = SHOWN
    kinds: tuple[str, ...] = field(default=EVERY)


# Of every audience, by who belongs to the lab that reads, by who does not, by who is only on a shared screen.
CARDS = {
    OWNER: Told((ALL, LAB, NET, SELF, LAB)),
    AGENT: Told((NET, ALL, SELF, LAB, ALL)),
    KIOSK: Told((LAB, NET, ALL, ALL, NET)),
    NETWORK: Told((ALL, SELF, LAB, NET, ALL)),
    SUPERIOR: Told((SELF, SELF, SELF, SELF, SELF)),
    MEMBER: Told((ALL, ALL, ALL, ALL, ALL), PAUSED),
    ANIMATOR: Told((LAB, NET, ALL, SELF, ALL), EXPIRED),
}
SECRET = {PLUGIN_ADMIN: Told((SELF, SELF, LAB, SELF, LAB), EXPIRED)}
LIVING, CLOSED, PAST, FOUND = "living", "closed", "past", "found"


def furnish(world: World) -> None:
    """Make the vocabulary, the cards, what waits to be confirmed, the requests, the board, the mirror."""
    world.values["card readers"] = [{}]
    group = create_group("lab", "Labo des cartes")
    for role in sorted(OF_LAB):
        add_member(group, world.people[role].id, at=now())
    world.values["reading group"] = [group]
    world.add(Thing("ambassadors.lab", group, OF_LAB))
    _words(world)
    for role, told in CARDS.items():
        _card(world, role, told)
    _drafts(world)
    _requests(world)
    _board(world)
    _mirror(world)


def add_private(world: World) -> None:
    """Add what nobody else may know of: a card hidden for all, a request between two, an answer to an opening."""
    for role, told in SECRET.items():
        _card(world, role, told)
    _request(world, NAMED, OWNER, "waiting")
    wanted = next(thing for thing in world.things["ambassadors.wanted"] if thing.note == f"{LIVING} {ALL}")
    _reply(world, wanted, NAMED)


def _words(world: World) -> None:
    world.values["tags"] = [
        make_tag("Dessin", synonyms="dessiner", esco_uri="http://data.europa.eu/esco/skill/0", cnfpt_code="A1"),
        make_tag("Couture", family="Fabriquer"),
        make_tag("Vapeur", kind="role"),
    ]
    for tag_id in world.values["tags"][:2]:
        world.add(Thing("ambassadors.tag", tag_id, AGENTS))


def _card(world: World, role: str, told: Told) -> None:
    """Write a card as its owner; a field of it is one word, so that one stem finds it."""
    person, group, at = world.people[role], world.values["reading group"][0], now()
    written = YEAR if told.state == EXPIRED else timedelta()
    talent, _other, duty = world.values["tags"]
    ticked = {BRING: (talent,), SEEK: (talent,), ROLE: (duty,)}
    words = {
        kind: Words(
            kind,
            ticked.get(kind, ()),
            audience,
            minutes=60 if kind == FREE else None,
            days=TUESDAY if kind == FREE else 0,
        )
        for kind, audience in zip(told.kinds, told.audiences, strict=True)
    }
    write_card(_viewer(person), words, reader_group_id=group, at=at - written)
    if told.state == PAUSED:
        pause(_viewer(person), at=at)
    hide_or_show(person.id, at=at)
    readers = {kind: _readers(role, audience, told) for kind, audience in zip(told.kinds, told.audiences, strict=True)}
    world.values["card readers"][0][person.id] = readers
    others = frozenset().union(*readers.values()) - {role}
    world.add(Thing("ambassadors.card", person.id, others, f"{told.state}, of {role}"))


def _readers(role: str, audience: Audience, told: Told) -> Roles:
    return readers_of(audience, group=OF_LAB, author=role, in_time=told.state == SHOWN)


def _viewer(person: Person):
    return viewer_of(person.id)


def _drafts(world: World) -> None:
    for role in (ADMIN, AGENT):
        draft = dict.fromkeys(("bring", "seek", "passion", "role", "free"), "dessin")
        group = world.values["reading group"][0]
        session.add(Draft(person_id=world.people[role].id, reader_group_id=group, typed_at=now(), **draft))
    session.flush()


def _requests(world: World) -> None:
    for state in ("waiting", "yes", "no", "withdrawn", "late"):
        _request(world, OWNER, AGENT, state)
        _request(world, AGENT, NETWORK, state)
    _request(world, AGENT, MEMBER, "waiting")
    _request(world, KIOSK, OWNER, "yes")


def _request(world: World, asker: str, asked: str, state: str) -> None:
    at = now()
    closes_at = at - timedelta(days=1) if state == "late" else at + timedelta(days=9)
    answered = {"answer": {"yes": YES, "no": NO}.get(state, ""), "answered_at": at if state in {"yes", "no"} else None}
    request = HelpRequest(
        asker_id=world.people[asker].id,
        person_id=world.people[asked].id,
        words="tenir une échelle",
        asked_at=at - timedelta(days=5),
        closes_at=closes_at,
        withdrawn_at=at if state == "withdrawn" else None,
        reach="au 12 34" if state == "yes" else None,
        **answered,
    )
    session.add(request)
    session.flush()
    facts = {"asked": frozenset({asker}), "was asked": frozenset({asked})}
    both = frozenset({asker, asked})
    world.add(Thing("ambassadors.request", request.id, both, f"{state}, {asker} to {asked}", facts=facts))


def _board(world: World) -> None:
    for state in (LIVING, CLOSED, PAST, FOUND):
        for audience in (LAB, NET, ALL, SELF) if state == LIVING or world.is_full else (ALL, LAB):
            wanted = _wanted(world, state, audience)
            if audience == ALL:
                _reply(world, wanted, AGENT)
    open_wall(_viewer(world.people[OWNER]), at=now())
    world.add_key(WALL_SCOPE, Key(show_token(WALL_SCOPE, BOARD) or "", owner=OWNER))


def _wanted(world: World, state: str, audience: Audience) -> Thing:
    at = now()
    wanted = Wanted(
        author_id=world.people[OWNER].id,
        reader_group_id=world.values["reading group"][0],
        audience=audience,
        title=f"Tenir la caisse, {state}",
        folded="tenir la caisse",
        details="une heure assise",
        place="Hall",
        minutes=15,
        is_without_computer=True,
        tag_id=world.values["tags"][2],
        posted_at=at - timedelta(days=3),
        until_at=at - timedelta(days=1) if state == PAST else at + timedelta(days=20),
        closed_at=at if state in {CLOSED, FOUND} else None,
        is_found=state == FOUND,
    )
    session.add(wanted)
    session.flush()
    readers = readers_of(audience, group=OF_LAB, author=OWNER)
    facts = {"posted": frozenset({OWNER}), "may answer": readers - {OWNER}}
    return world.add(Thing("ambassadors.wanted", wanted.id, readers, f"{state} {audience}", facts=facts))


def _reply(world: World, wanted: Thing, role: str) -> None:
    session.add(Reply(wanted_id=wanted.id, person_id=world.people[role].id, reach="au 12 34", said_at=now()))
    session.flush()


def _mirror(world: World) -> None:
    """Publish a quarter of the lab; let two people declare where they work."""
    at, group = now(), world.values["reading group"][0]
    session.add(Workforce(year=at.year, dimension=SITE, value="Dépôt", heads=40))
    for role in (OWNER, AGENT):
        session.add(Mix(person_id=world.people[role].id, category="C", site="Dépôt", declared_at=at))
    mirror = Mirror(group_id=group, quarter_on=at.date().replace(day=1), heads=15)
    session.add(mirror)
    session.flush()
    session.add(Cell(mirror_id=mirror.id, dimension=SITE, value="Dépôt", heads=10, of_heads=15))
    session.flush()


__all__ = ["add_private", "furnish"]
