"""Rounds hidden and revealed, of every audience, on both labs of the world, for the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from portal.api import Subject, issue_token, link, now, session, show_token
from portal.people.sessions import viewer_of

from plugins.labs.models.lab import Lab
from plugins.regards.models.card import PAPER, PERSON, QUESTION, RISKY, VISITOR, Line
from plugins.regards.services.answering import note_taken_up
from plugins.regards.services.due import VISITOR_SCOPE
from plugins.regards.services.lines import Words
from plugins.regards.services.wall import WALL, WALL_SCOPE, open_wall
from tests.plugins.programmes.furnishing_fair import HOLDS
from tests.plugins.regards.factories import line_ids, make_board, make_card
from tests.review.world import (
    AGENT,
    AGENTS,
    ANIMATOR,
    LEAVER,
    NAMED,
    NETWORK,
    NOBODY,
    OF_LAB,
    OWNER,
    Key,
    Roles,
    Thing,
    World,
    readers_of,
)

HIDDEN, REVEALED = "hidden", "revealed"
TIMES = ("not yet", "no more")
OURS, THEIRS, PROJECT, STAND = "our lab", "their lab", "our project", "a stand"
# what is reviewed, state, audience, time: each of them at least once
FEW = (
    (THEIRS, HIDDEN, "network", ""),
    (OURS, REVEALED, "network", ""),
    (PROJECT, HIDDEN, "intranet", ""),
    (THEIRS, REVEALED, "intranet", ""),
    (OURS, REVEALED, "intranet", "not yet"),
    (THEIRS, REVEALED, "network", "no more"),
    (STAND, HIDDEN, "network", ""),
)
SHOWN_BY_THE_CODE = frozenset({"regards_board.subject_title", "regards_board.occasion"})


@dataclass(frozen=True)
class Round:
    """A round, who is reviewed there, who opened it, who reads it."""

    thing: Thing
    team: Roles
    opener: str
    is_shown: bool
    is_private: bool
    takes_visitors: bool

    @property
    def peers(self) -> Roles:
        """Give those who write in it, or did: the other lab of the world."""
        return OF_LAB if self.opener == OWNER else frozenset({NETWORK})


def furnish(world: World) -> None:
    """Make the rounds and all that is in them."""
    world.values["followed"] += ["regards.board", "regards.question"]
    world.values["told about"] += ["regards.board", "regards.question"]
    world.values["as_id"] = [0]
    world.values["reviewed_kind"] = ["labs.lab"]
    world.add(Thing(WALL.kind, WALL.id, AGENTS))
    for what, state, audience, time in _every() if world.is_full else FEW:
        _round(world, what, state, audience, time)
    _take_up(world)
    for role in (OWNER, NETWORK, LEAVER):
        who = viewer_of(world.people[role].id)
        if who.lab_ids:
            open_wall(who, at=now())
        text = show_token(WALL_SCOPE, WALL, person_id=who.person_id)
        world.add_key(WALL_SCOPE, Key(text or "1.x", lives=role != LEAVER, owner=role))


def _take_up(world: World) -> None:
    """Let an ephemeral lab and a question of a copil take up two questions that are read by the network."""
    at, shown = now(), [thing for thing in world.things["regards.question"] if thing.readers]
    lab = next(thing for thing in world.things["labs.ephemeral"] if thing.facts["opened"] == {OWNER})
    asked = next(thing for thing in world.things["copils.question"] if thing.facts["asks"] == {OWNER})
    for question, made, kind in zip(shown, (lab, asked), ("labs.takes_up", "copils.takes_up"), strict=False):
        link(kind, made.subject, question.subject, actor=None, at=at)
        note_taken_up(question.id, made.subject, actor_id=None, at=at)


def _every() -> Any:
    """Give each reviewed thing each round it may have; on our lab none is hidden, so that one may be opened there."""
    yield from product((OURS,), (REVEALED,), ("network", "intranet"), [""])
    yield from product((THEIRS, PROJECT, STAND), (HIDDEN, REVEALED), ("network", "intranet"), [""])
    yield from product((OURS,), (REVEALED,), ("network",), TIMES)
    yield from product((THEIRS, PROJECT), (HIDDEN, REVEALED), ("network",), TIMES)


def add_private(world: World) -> None:
    """Add rounds that nobody outside both labs may know of; a code for visitors would tell everybody of one."""
    _round(world, OURS, HIDDEN, "network", "", is_private=True)
    _round(world, THEIRS, REVEALED, "network", "", is_private=True)


def _reviewed(world: World, what: str) -> tuple[Subject, Roles]:
    """Give what is reviewed, and who is reviewed there: of a project its lab, who leads it, who vouches for it.

    The stand is of a day to come: there alone visitors have a place.
    """
    ours, theirs = world.things["labs.lab"][:2]
    project = next(thing for thing in world.things["labs.project"] if "public" in thing.note)
    stand = next(thing for thing in world.things["programmes.stand"] if thing.note == "kept, public ahead")
    found = {
        OURS: (ours.subject, OF_LAB),
        THEIRS: (theirs.subject, frozenset({NETWORK})),
        PROJECT: (project.subject, OF_LAB | {NAMED}),
        STAND: (stand.subject, HOLDS),
    }
    return found[what]


def _round(world: World, what: str, state: str, audience: str, time: str, *, is_private: bool = False) -> None:
    at, people = now(), world.people
    (reviewed, team), opener = _reviewed(world, what), OWNER if what == THEIRS else NETWORK
    columns: dict[str, Any] = {"audience": audience, "reveal_due_at": at + timedelta(days=2)}
    columns |= {"revealed_at": at, "revealed_by_id": people[opener].id} if state == REVEALED else {}
    columns |= {"visible_from": at + timedelta(days=9)} if time == "not yet" else {}
    columns |= {"visible_until": at - timedelta(hours=1)} if time == "no more" else {}
    seats = [people[role] for role in sorted(team)]
    number = make_board(people[opener], reviewed, seats, title="Ce qui est relu", **columns)
    readers = readers_of(audience, group=NOBODY, author=opener, in_time=not time) | team
    runs = team | {opener}
    animators = readers & {ANIMATOR, OWNER, NETWORK}
    facts = {
        "writes": (readers & AGENTS) - team,
        "runs": runs,
        "types": (animators | {opener}) - team,
    }
    note = " ".join(filter(None, (what, state, audience, time)))
    thing = world.add(Thing("regards.board", number, readers, note, facts=facts))
    takes_visitors = what == STAND and state == HIDDEN
    _cards(world, Round(thing, team, opener, state == REVEALED, is_private, takes_visitors))


def _cards(world: World, made: Round) -> None:
    """Put a card of each origin in it, and a draft; the words of each differ, so that each stands somewhere."""
    people, peers = world.people, made.peers
    lab = world.things["labs.lab"][0 if made.opener == OWNER else 1]
    group = session.get_one(Lab, lab.id).group_id
    author = min(peers)
    key = f"{made.thing.id:022d}"
    _card(world, made, "lab", peers, author_id=people[author].id, group_id=group)
    _card(world, made, "name", {made.opener}, origin=PERSON, author_id=people[made.opener].id)
    _card(world, made, "draft", {AGENT}, origin=PERSON, author_id=people[AGENT].id, is_draft=True)
    _card(
        world,
        made,
        "paper",
        {made.opener},
        origin=PAPER,
        author_id=people[made.opener].id,
        signed="Mairie",
        key=key + "p",
    )
    _card(world, made, "visitor", NOBODY, origin=VISITOR, signed="Claire", key=key)
    if made.is_private:
        return
    if made.is_shown:
        _masked(world, made)
    if made.takes_visitors:
        for lives in (True, False):  # the code of a round that was revealed a week ago opens nothing at all
            text = issue_token(VISITOR_SCOPE, subject=made.thing.subject, expires_at=None if lives else now())
            shows = SHOWN_BY_THE_CODE if lives else frozenset()
            world.add_key(VISITOR_SCOPE, Key(text, lives=lives, things=(made.thing,), shows=shows, beside={"key": key}))


def _card(world: World, made: Round, said: str, authors: Any, *, is_draft: bool = False, **columns: Any) -> None:
    number = make_card(
        made.thing.id,
        Words((f"{said}, une envie",), (f"{said}, une crainte",), (f"{said}, une question ?",)),
        is_draft=is_draft,
        **columns,
    )
    theirs = frozenset(authors) - (NOBODY if is_draft else made.team)  # a draft is told by the export of its author
    shown = made.is_shown and not is_draft
    # what one has typed is among one's own data, whoever reads the round by now
    readers = made.thing.readers | world.role_of(columns.get("author_id")) if shown else theirs
    signs = made.thing.readers if shown else theirs if said == "paper" else NOBODY
    facts = {"signs": signs}
    world.add(Thing("regards.card", number, readers, f"{said} in {made.thing.note}", facts=facts))
    if said == "paper":
        typist = (frozenset(authors) & made.thing.readers) - made.team
        within, typed = {"board_id": made.thing.id}, {"typed": typist}
        world.add(Thing("regards.paper", number, typist, made.thing.note, facts=typed, within=within))
    _lines(world, made, number, authors if said in {"lab", "name"} else NOBODY, is_shown=shown)


def _masked(world: World, made: Round) -> None:
    """Mask what a visitor said: the round says why, and nothing what."""
    number = make_card(made.thing.id, Words(("envie tue",), ("crainte tue",), ("question tue ?",)), origin=VISITOR)
    mask = {"masked_at": now(), "masked_by_id": world.people[made.opener].id, "mask_reason": "nomme quelqu’un"}
    session.execute(sa.update(Line).where(Line.card_id == number).values(**mask))
    world.add(Thing("regards.card", number, NOBODY, f"masked in {made.thing.note}"))
    runs = {"runs": (made.team | {made.opener}) & made.thing.readers}
    world.add(Thing("regards.masked", line_ids(number)[RISKY], made.thing.readers, made.thing.note, facts=runs))


def _lines(world: World, made: Round, card_id: int, authors: Any, *, is_shown: bool) -> None:
    at, ids = now(), line_ids(card_id)
    for lens in (RISKY, QUESTION):
        readers = made.thing.readers if is_shown else NOBODY
        facts = {"answers": made.team & readers, "follows up": (made.team | frozenset(authors)) & readers}
        facts["runs"] = (made.team | {made.opener}) & readers
        if lens == QUESTION:
            asked = {"answers": facts["follows up"]}
            world.add(Thing("regards.question", ids[lens], readers, made.thing.note, facts=asked))
        world.add(Thing("regards.line", ids[lens], readers, made.thing.note, facts=facts))
    if is_shown:
        line, by = session.get_one(Line, ids[QUESTION]), world.people[min(made.team)].id
        line.reply, line.replied_by_id, line.replied_at = "bientôt", by, at
        if card_id % 2 or made.is_private:  # none more on the walls that the labs opened
            line.mark, line.note, line.marked_by_id, line.marked_at = "lit", "trouvé", by, at
        session.flush()
