"""What ambassadors bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from typing import Any

from tests.plugins.ambassadors.furnishing import CARDS, add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import AGENTS, ANIMATOR, NETWORK, OF_NETWORK, OWNER, PLUGIN_ADMINS, Roles, Thing, World

ARGUMENTS = {
    "ambassadors.card person_id": "ambassadors.card",
    "ambassadors.ask_person person_id": "ambassadors.card",
    "ambassadors.mirror group_id": "ambassadors.lab",
    "request_id": "ambassadors.request",
    "tag_id": "ambassadors.tag",
    "wanted_id": "ambassadors.wanted",
}
ASKS = {
    OPEN: "open_board_wall",
    "ambassadors.ask": "answer_opening ask_person reach request requests say_no say_yes unanswer_opening"
    " withdraw_request",
    "ambassadors.assess": "impact_assessment",
    "ambassadors.card": "come_back_to_level confirm delete level mine mix mix_take_back pause_level stay_at_level"
    " throw_draft_away write",
    "ambassadors.mirror": "mirror mirrors",
    "ambassadors.type": "typing",
    "ambassadors.want": "board_close board_door board_open change_opening close_opening post_opening"
    " post_opening_again",
    "ambassadors.words": "apply_words begin_words import_words_page move_word words words_export",
    "ambassadors.workforce": "workforce",
}
ON_SCREENS = "ambassadors.ask ambassadors.card"
MAY: dict[str, Any] = {
    "ambassadors.ask": AGENTS,
    "ambassadors.assess": PLUGIN_ADMINS,
    "ambassadors.card": AGENTS,
    "ambassadors.mirror": OF_NETWORK,
    "ambassadors.type": frozenset({ANIMATOR, OWNER, NETWORK}),
    "ambassadors.want": OF_NETWORK,
    "ambassadors.words": PLUGIN_ADMINS,
    "ambassadors.workforce": PLUGIN_ADMINS,
}
ACTS = {
    "ambassadors.answer_opening": "may answer",
    "ambassadors.confirm": frozenset(CARDS),
    "ambassadors.change_opening": "posted",
    "ambassadors.close_opening": "posted",
    "ambassadors.post_opening_again": "posted",
    "ambassadors.reach": "was asked",
    "ambassadors.say_no": "was asked",
    "ambassadors.say_yes": "was asked",
    "ambassadors.typing": frozenset({ANIMATOR, OWNER}),  # for the lab that the form names; the other one is not theirs
    "ambassadors.withdraw_request": "asked",
}
SENT = {
    "ambassadors.apply_words": {"text": "famille;mot\nPeindre;aquarelle"},
    "ambassadors.mix": {"category": "A", "gender": "", "site": "", "workplace": ""},
    "ambassadors.workforce": {"category": "A : 3", "direction": "", "site": "", "workplace": "", "year": "2026"},
}
UNDONE = {"ambassadors.begin_words": "there are words already"}
HIDDEN = {
    "ambassadors_entry_word.stem": "read to find, never shown",
    "ambassadors_tag.folded": "read to find and to order, never shown",
    "ambassadors_tag_word.stem": "read to find, never shown",
    "ambassadors_wanted.folded": "read to find and to order, never shown",
}
KIND = "a word of the code"
EXEMPT = {
    "ambassadors_cell": "values of closed lists",
    "ambassadors_drawing": "numbers and digests",
    "ambassadors_engagement": KIND,
    "ambassadors_entry.audience": KIND,
    "ambassadors_entry.kind": KIND,
    "ambassadors_level_change": KIND,
    "ambassadors_mix.category": KIND,
    "ambassadors_mix.gender": KIND,
    "ambassadors_mix.workplace": KIND,
    "ambassadors_request.answer": KIND,
    "ambassadors_tag.kind": KIND,
    "ambassadors_wanted.audience": KIND,
    "ambassadors_workforce.dimension": KIND,
}
# What finds « canari », under its stem.
STEM = "canar"
SHAPES = dict.fromkeys(("ambassadors_entry_word.stem", "ambassadors_tag_word.stem"), lambda _old, _word: STEM)


def _own(row: Any, world: World) -> Roles:
    return world.role_of(row.person_id)


def _of_entry(row: Any, world: World) -> tuple[Thing, Roles]:
    readers = world.values["card readers"][0][row.author_id][row.kind]
    return world.one("ambassadors.card", row.author_id), readers


def _of_reply(row: Any, world: World) -> Roles:
    wanted = world.one("ambassadors.wanted", row.wanted_id)
    return world.role_of(row.person_id) | wanted.facts["posted"]


READERS = {
    "ambassadors_draft": _own,
    "ambassadors_entry": _of_entry,
    "ambassadors_entry_word": lambda _row, _world: frozenset(),
    "ambassadors_mix": _own,
    "ambassadors_reply": _of_reply,
    "ambassadors_request": lambda row, world: world.one("ambassadors.request", row.id),
    "ambassadors_tag": lambda _row, _world: AGENTS,
    "ambassadors_tag_word": lambda _row, _world: frozenset(),
    "ambassadors_wanted": lambda row, world: world.one("ambassadors.wanted", row.id),
    "ambassadors_workforce": lambda _row, _world: AGENTS,
}

__all__ = ["add_private", "furnish"]
