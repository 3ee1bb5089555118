"""What copils bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from holidays import country_holidays

from portal.content.clock import real_now

from tests.plugins.copils.furnishing import ANNOUNCERS, GATHERED, INVITED, MEMBERS, add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import AGENTS, EVERYBODY, NAMED, NETWORK, SUPERIOR, Marker, Roles, Thing, World

ARGUMENTS = {
    "copil_id": "copils.copil",
    "question_id": "copils.question",
    "commitment_id": "copils.commitment",
}
ASKS = {
    OPEN: "open_wall projected_qr projected_wall public_board",
    "copils.announce": "announce hall_close hall_door hall_open",
    "copils.answer": "answer correct",
    "copils.ask": "accept_question ask ask_alone decline_voice invite_voice leave_voice move_question_to part_question"
    " give_origin_back question_back refuse_question reword together voice withdraw",
    "copils.confirm": "known_by_page verdict_page",
    "copils.facilitate": "cancel close_copil close_page close_room_wall give_back live mask move open_room_wall pause"
    " facilitator presence room turn",
    "copils.keep": "postpone_page say_done_page take_on_post",
}
ON_SCREENS = "copils.ask copils.confirm"
MAY: dict[str, Any] = {
    "copils.announce": ANNOUNCERS,
    "copils.answer": "answers",
    "copils.ask": "field",
    "copils.confirm": "witnesses",
    "copils.facilitate": "facilitates",
    "copils.keep": "owns",
}
MAY_AT = {"copils.facilitator": "hands over"}
OF_ASKERS = ("ask_alone", "give_origin_back", "invite_voice", "leave_voice", "question_back", "reword", "withdraw")
ACTS = {
    "copils.take_on_post": "holds",
    "copils.accept_question": "asks the other",
    "copils.decline_voice": "was invited",
    "copils.part_question": "asks one of the two",
    "copils.refuse_question": "asks one of the two",
    "copils.together": "asks it or with it",
    **dict.fromkeys((f"copils.{name}" for name in OF_ASKERS), "asks"),
}
SILENT = dict.fromkeys(
    ("copils.part_question", "copils.refuse_question"), "of two questions that are not together, nothing changes"
)
STOPPED = {"copils.accept_question": "« nothing is proposed » is said to all who read the question"}
STATE = "only in one state of the copil, or of the question"
HOLIDAYS = country_holidays("FR")
AHEAD = (real_now().date() + timedelta(days=days) for days in range(70, 80))
WORKED = next(
    day for day in AHEAD if day.weekday() < 5 and day not in HOLIDAYS
)  # else the form asks whether it is meant
TURNED_AWAY = {"copils.answer": STATE, "copils.correct": STATE}
SENT = {
    "copils.announce": {"facilitator": "Superior", "function_ids": "1"},
    "copils.answer": {"function_id": "1"},
    "copils.correct": {"function_id": "1", "text": "autrement"},
    "copils.mask": {"name": "signatures"},
    "copils.move": {"held_at": f"{WORKED}T10:00"},
    "copils.move_question_to": {"to": "2"},
    "copils.presence": {f"seat_{number}": "present" for number in range(1, 99)},
}
HIDDEN = {
    "copils_commitment.folded": "read to find and to order, never shown",
}
KIND = "a word of the code"
EXEMPT = {
    "copils_asker": "numbers",
    "copils_handed_on": "numbers",
    "copils_masking": "numbers",
    "copils_copil.audience": KIND,
    "copils_copil.announced_as": "a digest of what was announced",
    "copils_commitment.audience": KIND,
    "copils_commitment.holder_told": "noted by the sweep for itself",
    "copils_commitment.kind": KIND,
    "copils_decider": KIND,
    "copils_former_answer.answer": KIND,
    "copils_question.answer": KIND,
    "copils_turn": KIND,
}


def _question(row: Any, world: World) -> Thing:
    return world.one("copils.question", getattr(row, "question_id", row.id))


def _words(row: Any, world: World) -> tuple[Thing, Roles]:
    """Say who reads the words: of a question that was returned or withdrawn, those who ask it alone."""
    thing = _question(row, world)
    return thing, thing.facts["reads the words"]


def _of_copil(row: Any, world: World) -> Thing:
    return world.one("copils.copil", row.copil_id)


def _of_commitment(row: Any, world: World) -> Thing:
    return world.one("copils.commitment", row.commitment_id)


def _function(row: Any, world: World) -> Roles:
    """Say who reads the name of a function: all, once it promised something in public (C07); never who holds it."""
    return EVERYBODY if row.id in world.values["promising"] else AGENTS


READERS = {
    "copils_copil": lambda row, world: world.one("copils.copil", row.id),
    "copils_former_day": _of_copil,
    "copils_question": _words,
    "copils_question.return_reason": _question,
    "copils_former_answer": _question,
    "copils_commitment": lambda row, world: world.one("copils.commitment", row.id),
    "copils_former_due": _of_commitment,
    "copils_refusal": _of_commitment,
    "functions.name": _function,
    "functions.body": _function,
}
WALLS = frozenset({"copils.hall", "copils.open_wall", "copils.wall", "copils.projected_wall", "copils.sheet"})
TOLD = frozenset({"core.home", "core.my_news"})
UNNAMED = {NAMED: MEMBERS, SUPERIOR: MEMBERS, NETWORK: GATHERED | {INVITED}}


def narrowed(marker: Marker, endpoint: str, world: World) -> Roles | None:
    """Say who comes upon the name of somebody on a page where a copil is told: of a collective, its members (SPEC 11).

    The directory names everybody to every agent; on a wall stands no name at all.
    """
    if not marker.column.startswith("users.") or not (endpoint in TOLD or endpoint.startswith("copils.")):
        return None
    own = world.role_of(marker.row[0])
    return own if endpoint in WALLS else next((UNNAMED[role] for role in own & UNNAMED.keys()), None)


__all__ = ["add_private", "furnish"]
