"""What rounds of regards bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from typing import Any

from tests.plugins.regards.furnishing import add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import OF_NETWORK, Roles, Thing, World

ARGUMENTS = {
    "board_id": "regards.board",
    "card_id": "regards.paper",
    "regards.mark question_id": "regards.question",
    "regards.question question_id": "regards.question",
    "regards.reopen question_id": "regards.question",
    "line_id": "regards.line",
    "regards.unmask line_id": "regards.masked",
    "reviewed_id": "labs.lab",
}
ASKS = {
    OPEN: "leave open_questions_wall thanks thanks_undo visit",
    "regards.answer": "mark reopen reply",
    "regards.open": "door door_close door_open open_round",
    "regards.run": "audience mask occasion paper paper_undo reveal take_back unmask",
    "regards.write": "card",
}
ON_SCREENS = "regards.answer regards.write"
MAY: dict[str, Any] = {
    "regards.answer": "answers",
    "regards.open": OF_NETWORK,
    "regards.run": "runs",
    "regards.write": "writes",
}
MAY_AT = {"regards.paper": "types", "regards.paper_undo": "typed"}
STATE = "only before the reveal"
REVIEWED = "not to who is reviewed, though they scanned the code (C36 SPEC 2)"
TURNED_AWAY = {
    "regards.card": STATE,
    "regards.code": STATE,
    "regards.paper": STATE,
    "regards.reveal": STATE,
    "regards.take_back": "only before anybody has begun a card",
    "regards.leave": REVIEWED,
    "regards.visit": REVIEWED,
}
BEGUN = {"regards.take_back": "a card was begun in every round"}
UNDONE = UNREACHED = BEGUN
HIDDEN = dict.fromkeys(("regards_board.folded", "regards_line.folded"), "read to find and to order, never shown")
KIND = "a word of the code"
EXEMPT = {
    "regards_seat": "numbers",
    "regards_board.audience": KIND,
    "regards_board.subject_kind": KIND,
    "regards_card.origin": KIND,
    "regards_card.key": "drawn by the portal",
    "regards_card.network": "a digest of an address",
    "regards_line.became_kind": KIND,
    "regards_line.lens": KIND,
    "regards_line.mark": KIND,
    "regards_line.sign": "a digest of what the line says",
}


def _board(row: Any, world: World) -> Thing:
    return world.one("regards.board", getattr(row, "board_id", row.id))


def _card(row: Any, world: World) -> Thing:
    return world.one("regards.card", getattr(row, "card_id", row.id))


def _signed(row: Any, world: World) -> tuple[Thing, Roles]:
    thing = _card(row, world)
    return thing, thing.facts["signs"]


READERS = {
    "regards_board": lambda row, world: world.one("regards.board", row.id),
    "regards_card.signed": _signed,
    "regards_line": _card,
    "regards_line.mask_reason": lambda row, world: world.one("regards.board", row.board_id),
}

__all__ = ["add_private", "furnish"]
