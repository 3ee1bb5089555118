"""What days bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.plugins.programmes.furnishing import COMES, RUNS, add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import AGENTS, NAMED, OF_NETWORK, OWNER, PLUGIN_ADMINS, SUPERIOR, Marker, Roles, Thing, World

ARGUMENTS = {
    "programme_id": "programmes.programme",
    "slot_id": "programmes.slot",
    "stand_id": "programmes.stand",
}
ASKS = {
    OPEN: "agenda_feed day_calendar projected_qr projected_turns projected_wall public_day slot_calendar visit",
    "programmes.come": "come stay_away",
    "programmes.hold": "pack stand_change stand_holder stand_holder_remove",
    "programmes.make": "make",
    "programmes.organise": "add cancel change copy delay delay_undo new_stand organiser_drop organisers packs posters"
    " screen screen_close screen_open slot_change slot_fill slot_host_drop slot_hosts slot_put_back"
    " slot_take_off stand_close stand_close_page stand_order stand_reopen turn_give turn_more"
    " turn_next turn_stop turns turns_wall_close turns_wall_open",
    "programmes.subscribe": "feed_close feed_open",
}
ON_SCREENS = "programmes.come"
MAY: dict[str, Any] = {
    "programmes.come": AGENTS,
    "programmes.hold": "holds",
    "programmes.make": OF_NETWORK | PLUGIN_ADMINS,
    "programmes.organise": "organises",
    "programmes.subscribe": AGENTS,
}
# The slots of a day stand around the hour the world was made at, eight hours on: ten hours later nothing does.
FREE = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=10)
APART = {"starts": f"{FREE:%H:%M}", "ends": f"{FREE + timedelta(minutes=5):%H:%M}", "reveals": "", "seats": "3"}
SENT = {
    "programmes.stand_order": {"to": "1"},
    "programmes.add": {"kind": "plenary", "track": "", **APART},
    "programmes.make": {"audience": "intranet"},
    "programmes.slot_change": {"reveals": "", "seats": "3"},
}
DAY, KEPT = "only from the day of the fair on", "a closed stand is not written any more"
TURNED_AWAY = {
    "programmes.add": "not to a day that was called off",
    "programmes.new_stand": "not to a day that was called off",
    "programmes.pack": DAY,
    "programmes.packs": DAY,
    "programmes.stand_change": KEPT,
    "programmes.stand_holder": KEPT,
}
STANDS = "a day has sixty stands at most (MAX_STANDS): test_packs.py counts what one more costs"
BOUNDED = {"programmes.packs": STANDS, "programmes.posters": STANDS}
UNDONE = {"programmes.delay": "one confirms what one previewed: the digest of the day as it stands"}
HIDDEN = {
    "programmes_programme.folded": "read to find, never shown",
}
KIND = "a word of the code"
EXEMPT = {
    "programmes_programme.audience": KIND,
    "programmes_slot.kind": KIND,
    "programmes_slot.uid": "drawn by the code, never typed",
}


def _of_programme(row: Any, world: World) -> Thing:
    return world.one("programmes.programme", row.programme_id)


def _of_slot(row: Any, world: World) -> tuple[Thing, Roles]:
    """Say who reads the words: of a surprise before its time, who organises the day or runs it (C34 SPEC 2)."""
    thing = world.one("programmes.slot", row.id)
    return thing, thing.facts["reads the words"]


READERS = {
    "programmes_programme": lambda row, world: world.one("programmes.programme", row.id),
    "programmes_track": _of_programme,
    "programmes_slot": _of_slot,
    "programmes_stand": lambda row, world: world.one("programmes.stand", row.id),
}
ORGANISE = frozenset({OWNER, NAMED})
WALLS = frozenset(
    {
        "programmes.projected_turns",
        "programmes.projected_wall",
        "programmes.public_day",
        "programmes.turns_on_wall",
        "programmes.visit",
        "programmes.wall",
    }
)


def narrowed(marker: Marker, endpoint: str, world: World) -> Roles | None:
    """Say who comes upon a name on the page of a day or a slot: of somebody who only comes, who organises or runs it.

    The directory names everybody to every agent; on a wall stands no name at all.
    """
    if not marker.column.startswith("users.") or not endpoint.startswith("programmes."):
        return None
    own = world.role_of(marker.row[0])
    if endpoint in WALLS:
        return own
    return own | ORGANISE | RUNS if own and own <= COMES & {SUPERIOR} else None


__all__ = ["add_private", "furnish"]
