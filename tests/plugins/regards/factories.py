"""Rounds for the tests of regards, with sensible defaults. Call them inside `with writing():`; they give ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from portal.api import Person, Subject, fold, now, session
from portal.people.sessions import viewer_of

from plugins.regards.models.board import Board, Seat
from plugins.regards.models.card import GROUP, LENSES, Card, Line
from plugins.regards.services.lines import Words, write_lines

START = datetime(2026, 9, 7, 8, tzinfo=UTC)
WORDS = Words(("Des labos d’un après-midi",), ("Le portage politique flottant",), ("Où trouver des ambassadeurs ?",))
TYPED = {lens: WORDS.of(lens)[0] for lens in LENSES}


def make_board(
    opener: Person, reviewed: Subject, team: Iterable[Person | int] = (), *, title: str | None = None, **columns: Any
) -> int:
    """Make a round that was opened now; nothing is due yet."""
    defaults: dict[str, Any] = {"occasion": "Interlabos de septembre", "audience": "network", "opened_at": now()}
    board = Board(subject_kind=reviewed.kind, subject_id=reviewed.id, **defaults | columns)
    board.author_id, board.subject_title, board.folded = opener.id, title, fold(title, board.occasion)
    session.add(board)
    session.flush()
    ids = {person if isinstance(person, int) else person.id for person in team}
    session.add_all(Seat(board_id=board.id, person_id=number) for number in ids)
    session.flush()
    return board.id


def make_card(board_id: int, words: Words = WORDS, *, is_draft: bool = False, **columns: Any) -> int:
    """Make a card with its lines, handed in now."""
    at = now()
    defaults: dict[str, Any] = {"origin": GROUP, "begun_at": at, "handed_in_at": None if is_draft else at}
    card = Card(board_id=board_id, **defaults | columns)
    session.add(card)
    session.flush()
    write_lines(card, words, by=card.author_id)
    return card.id


def line_ids(card_id: int) -> dict[str, int]:
    """Give the first line of each lens of a card."""
    found: dict[str, int] = {}
    for line in session.query(Line).filter(Line.card_id == card_id).order_by(Line.id):
        found.setdefault(line.lens, line.id)
    return found


def viewer_for(person: Person) -> Any:
    """Give the viewer a person is now."""
    return viewer_of(person.id)
