"""What restitutions bring to the review: who may do what with them, and who reads what they say."""

from __future__ import annotations

from typing import Any

from tests.plugins.restitutions.factories import CAPTIONS, LINK
from tests.plugins.restitutions.furnishing import add_private, furnish
from tests.review.furniture import OPEN
from tests.review.world import AGENTS, OWNER, Roles, Thing, World

ARGUMENTS = {
    "choice_id": "restitutions.choice",
    "consent_id": "restitutions.consent",
    "restitution_id": "restitutions.restitution",
    "restitutions.own_answer consent_id": "restitutions.asked",
}
ASKS = {
    OPEN: "consent",
    "restitutions.add": "add change_restitution confirm_address consent_sheet correct_address correct_name filmed"
    " nobody remove_name send somebody take_captions take_consent_back",
    "restitutions.hide": "hide_restitution show_restitution",
    "restitutions.withdraw": "withdraw_restitution",
}
MAY: dict[str, Any] = {"restitutions.add": "owns", "restitutions.hide": "hides", "restitutions.withdraw": "owns"}
MAY_AT: dict[str, Any] = {
    "restitutions.add": AGENTS,
    "restitutions.send": AGENTS,
    "restitutions.consent_sheet": AGENTS,
    "restitutions.correct_name": AGENTS,
    "restitutions.remove_name": AGENTS,
    "restitutions.take_consent_back": AGENTS,
}
STATE = "not once it was taken down"
STANDING = ("captions", "qr", "sheet", "words", "withdraw_restitution")
OWN = ("change_restitution", "correct_address", "take_captions")
TURNED_AWAY = dict.fromkeys((f"restitutions.{name}" for name in (*STANDING, *OWN)), STATE)
SENT = {
    "restitutions.add": {"address": "https://vimeo.com/76979871"},
    "restitutions.correct_address": {"address": LINK},
    "restitutions.filmed": {"person": "", "given_on": "2018-01-26"},
    "restitutions.own_answer": {"answer": "no", "sure": "1"},
    "restitutions.take_captions": {"file": "", "typed": CAPTIONS},
    "restitutions.change_restitution": {"chapters": "1:30 Ce qui a marché"},
}
UNDONE = {"restitutions.send": "the file that is sent here is no video"}
CACHED = {"restitutions.captions": "private, no-cache"}
HIDDEN = {
    "restitutions_cue.folded": "read to find, never shown",
    "restitutions_restitution.folded": "read to find, never shown",
}
KIND = "a word of the code"
CODES = ("audience", "provider", "language", "captions", "transcript", "status", "session_kind")
EXEMPT = {
    "restitutions_choice": "the host of a frame, from the manifest or the settings",
    **dict.fromkeys((f"restitutions_restitution.{name}" for name in CODES), KIND),
    "restitutions_consent.agreed_audience": KIND,
    **dict.fromkeys(
        (f"restitutions_restitution.{name}" for name in ("host", "key", "secret")),
        "what an address was read to, each of a closed alphabet",
    ),
}


def _of_restitution(row: Any, world: World) -> Thing:
    return world.one("restitutions.restitution", row.restitution_id)


def _consent(row: Any, world: World) -> Thing:
    return world.one("restitutions.consent", row.id)


def _own(row: Any, world: World) -> tuple[Thing, Roles]:
    """Say who reads an address as it was pasted: whoever did."""
    return world.one("restitutions.restitution", row.id), frozenset({OWNER})


READERS = {
    "restitutions_chapter": _of_restitution,
    "restitutions_consent": _consent,
    "restitutions_cue": _of_restitution,
    "restitutions_restitution": lambda row, world: world.one("restitutions.restitution", row.id),
    "restitutions_restitution.original": _own,
}

__all__ = ["add_private", "furnish"]
