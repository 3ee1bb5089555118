"""What each role must meet at each door, found without asking the portal: from the world and the furniture.

The order is that of the policy: who is signed in, what they may read, what they may do, what belongs together.
"""

from __future__ import annotations

from tests.review.doors import Door
from tests.review.furniture import OPEN, Furniture
from tests.review.world import AGENTS, World

TO_SIGN_IN, REFUSED, ABSENT = frozenset({401}), frozenset({403}), frozenset({404})
# A page, another page.
OPENED = frozenset({200, 204, 302, 303, 304})
# « Somebody was faster », a form that says what is missing.
STOPPED = frozenset({409, 422})
LET_IN = OPENED | STOPPED
TURNED_AWAY = LET_IN | {403, 404}


def expected(door: Door, role: str, world: World, furniture: Furniture) -> frozenset[int]:
    """Give the answers that a role may get at a door."""
    if door.key is not None:
        return _let_in(door, furniture) if door.key.lives else ABSENT
    asked = furniture.asked_at(door.endpoint)
    if asked != OPEN and role not in AGENTS:
        return TO_SIGN_IN
    unread = [thing for thing in door.things if role not in thing.readers]
    if any(not thing.is_known for thing in unread):
        return ABSENT
    if unread or (asked in furniture.may and not furniture.holds(role, asked, door.things, at=door.endpoint)):
        return ABSENT | REFUSED if unread else REFUSED
    if door.crossed:
        return ABSENT
    return _let_in(door, furniture)


def is_let_in(door: Door, role: str, world: World, furniture: Furniture) -> bool:
    """Tell whether a role gets past the policy of a door."""
    return bool(expected(door, role, world, furniture) & LET_IN)


def may_act(door: Door, role: str, world: World, furniture: Furniture) -> bool:
    """Tell whether what a role sends to a door may change anything: past the policy there are facts."""
    if not is_let_in(door, role, world, furniture):
        return False
    who = furniture.acts.get(door.endpoint)
    return who is None or furniture.allows(who, role, door.things)


def _let_in(door: Door, furniture: Furniture) -> frozenset[int]:
    if door.endpoint in furniture.turned_away or door.endpoint in furniture.acts:
        return TURNED_AWAY
    return OPENED if door.method == "GET" else LET_IN
