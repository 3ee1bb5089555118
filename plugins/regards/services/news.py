"""Who is told what becomes of a round and of its questions (G9). Nobody is told who handed a card in."""

from __future__ import annotations

from collections.abc import Callable, Set

from portal.api import Event, Viewer, followers, members_by_group, notify, session, texts

from plugins.regards.models.board import Board
from plugins.regards.models.card import Card, Line
from plugins.regards.queries.cards import author_ids, cards_of_board
from plugins.regards.queries.lines import cards_saying, question_by_id
from plugins.regards.queries.reviewed import seats_of
from plugins.regards.services.answering import note_given_back, note_taken_up

_ = texts("regards")

OF_MASK = {
    "regards.line_masked": _.later("A line of your card was masked, and the round says why: %(title)s"),
    "regards.line_unmasked": _.later("A line of your card is shown again: %(title)s"),
}
OF_QUESTION = {
    "regards.question_marked": _.later("Something new about a question: “%(title)s”"),
    "regards.question_reopened": _.later("A question is open again: “%(title)s”"),
    "regards.question_became": _.later("A question has been taken up: “%(title)s”"),
}


def hear(event: Event) -> None:
    """Tell whom it concerns; note who takes a question up, or gives it back."""
    if event.name.endswith(".question_taken_up"):
        _of_ours(event, note_taken_up)
    elif event.name.endswith(".question_given_back"):
        _of_ours(event, note_given_back)
    elif event.name.startswith("regards."):
        _tell(event)


def _of_ours(event: Event, note: Callable[..., None]) -> None:
    if event.facts.get("kind") == "regards.question":
        note(int(str(event.facts["id"])), event.subject, actor_id=event.actor_id, at=event.at)


def _tell(event: Event) -> None:
    if event.name == "regards.board_opened":
        _tell_opened(event)
    elif event.name == "regards.board_revealed":
        _tell_revealed(event)
    elif event.name == "regards.line_replied":
        _tell_replied(event)
    elif event.name in OF_MASK:
        _tell_of_mask(event)
    elif event.name in OF_QUESTION:
        _tell_of_question(event)


def _tell_opened(event: Event) -> None:
    board = session.get_one(Board, event.subject.id)
    team = seats_of(board.id)
    _notify(team, event, _.later("Your team is reviewed: you read all once it is revealed, and reply: %(title)s"))
    others = set(followers(board.reviewed)) - team
    _notify(others, event, _.later("Peers are invited to leave their regards: %(title)s"))


def _tell_revealed(event: Event) -> None:
    board = session.get_one(Board, event.subject.id)
    told = {board.author_id, *seats_of(board.id), *_authors(cards_of_board(board.id)), *followers(event.subject)}
    _notify(told, event, _.later("All is revealed: %(title)s"))


def _tell_replied(event: Event) -> None:
    line = session.get_one(Line, int(str(event.facts["line"])))
    told = {*_authors(cards_saying(line)), *followers(event.subject)}
    _notify(told, event, _.later("The reviewed team has replied: “%(title)s”"))


def _tell_of_mask(event: Event) -> None:
    line = session.get_one(Line, int(str(event.facts["line"])))
    _notify(_authors(cards_saying(line)), event, OF_MASK[event.name])


def _tell_of_question(event: Event) -> None:
    line = question_by_id(event.subject.id)
    if line is None:
        return
    told = {*seats_of(line.board_id), *_authors(cards_saying(line)), *followers(event.subject)}
    _notify(told, event, OF_QUESTION[event.name])


def _authors(cards: list[Card]) -> set[int]:
    """Give who wrote these cards: all members of a lab wrote its card."""
    found = author_ids(cards)
    members = members_by_group(found["groups"])
    return found["people"] | {person.id for group in members.values() for person in group}


def _notify(told: Set[int], event: Event, text: object) -> None:
    notify(told, event.subject, text, at=event.at, actor=Viewer(person_id=event.actor_id))
