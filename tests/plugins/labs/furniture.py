"""What labs bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from typing import Any

from tests.plugins.labs.furnishing import add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import (
    ADMINS,
    AGENTS,
    Roles,
    Thing,
    World,
)

ARGUMENTS = {
    "lab_id": "labs.lab",
    "ephemeral_id": "labs.ephemeral",
    "project_id": "labs.project",
    "vote_id": "labs.vote",
    "margin_id": "labs.margin",
}
ASKS = {
    OPEN: "door_join guest_door guest_in guest_out projected_qr projected_tell_qr projected_wall",
    "labs.animate": "add animate margin new_margin remove restore settings sponsors unsponsor",
    "labs.create": "animator close close_page create reopen",
    "labs.join": "ephemeral_cancel ephemeral_cancel_now ephemeral_correct ephemeral_extend ephemeral_give_back"
    " ephemeral_join ephemeral_leave",
    "labs.open": "open_ephemeral",
    "labs.project": "new_project",
    "labs.steer": "agree_to_clause clause end guarantor lead refuse_clause reword stop stop_vouching_page",
    "labs.tell": "ephemeral_tell",
    "labs.vote": "call cast",
}
ON_SCREENS = "labs.open labs.join labs.tell labs.vote"
MAY: dict[str, Any] = {
    "labs.open": "members",
    "labs.join": AGENTS,
    "labs.tell": AGENTS,
    "labs.vote": "members",
    "labs.project": "members",
    "labs.steer": "steers",
    "labs.animate": "animates",
    "labs.create": ADMINS,
}
ACTS = {
    "labs.ephemeral_cancel": "opened",
    "labs.ephemeral_cancel_now": "opened",
    "labs.ephemeral_correct": "opened",
    "labs.ephemeral_extend": "takes part",
    "labs.ephemeral_give_back": "opened",
    "labs.ephemeral_tell": "was in",
    "labs.reword": "leads",
    "labs.end": "leads",
    "labs.lead": "leads or animates",
    "labs.guarantor": "names the guarantor",
    "labs.clause": "vouches or leads",
    "labs.agree_to_clause": "vouches or leads",
    "labs.refuse_clause": "vouches or leads",
    "labs.stop": "vouches",
    "labs.leave": "members",
}
SILENT = {"labs.leave": "leaving what one is not in changes nothing"}
CODE, STATE = "the code dies with the lab", "only in one state of the lab"
TURNED_AWAY = {
    "labs.ephemeral_qr": CODE,
    "labs.projected_qr": CODE,
    "labs.ephemeral_cancel": STATE,
    "labs.ephemeral_correct": STATE,
    "labs.ephemeral_extend": STATE,
    "labs.ephemeral_tell": STATE,
    "labs.door_join": "the opener let no guests in, or nobody is signed in",
}
SENT = {"labs.clause": {"clause": "none"}}
UNDONE = {
    "labs.animator": "somebody animates each lab already",
    "labs.call": "a vote is open in each lab already",
}
HIDDEN = dict.fromkeys(
    ("labs_lab.folded", "labs_ephemeral.folded", "labs_project.folded"), "read to find and to order, never shown"
)
KIND = "a word of the code"
EXEMPT = {
    "labs_ballot": "numbers",
    "labs_participant": "numbers",
    "labs_sponsor": "numbers",
    "labs_vote": KIND,
    "labs_ephemeral.audience": KIND,
    "labs_ephemeral.outcome": KIND,
    "labs_former_telling.outcome": KIND,
    "labs_project.audience": KIND,
    "labs_project.clause": KIND,
    "labs_project.outcome": KIND,
    "labs_clause_change.clause": KIND,
    "labs_clause_change.settled_as": KIND,
    "labs_guest.key": "drawn by the portal; it is the way back of one guest",
}


def _of_ephemeral(row: Any, world: World) -> Thing:
    return world.one("labs.ephemeral", row.ephemeral_id)


def _of_guest(row: Any, world: World) -> tuple[Thing, Roles]:
    """Say who sees the names of those who came: members of the lab, the opener, whoever is in it (law 2, P19)."""
    thing = _of_ephemeral(row, world)
    return thing, thing.readers & (thing.facts["members"] | thing.facts["takes part"])


READERS = {
    "labs_lab": lambda row, world: (world.one("labs.lab", row.id), AGENTS),
    "labs_margin": lambda _row, _world: AGENTS,
    "labs_margin_wording": lambda _row, _world: AGENTS,
    "labs_ephemeral": lambda row, world: world.one("labs.ephemeral", row.id),
    "labs_wording": _of_ephemeral,
    "labs_former_telling": _of_ephemeral,
    "labs_guest": _of_guest,
    "labs_project": lambda row, world: world.one("labs.project", row.id),
    "labs_clause_change": lambda row, world: world.one("labs.project", row.project_id),
}

__all__ = ["add_private", "furnish"]
