"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.api import (
    Forbidden,
    Grant,
    NotFound,
    Subject,
    SubjectCard,
    Viewer,
    cards_of,
    now,
    texts,
)

from plugins.regards.models.board import Board
from plugins.regards.models.card import PAPER, Card, Line
from plugins.regards.queries.boards import board_by_id, readable_board
from plugins.regards.queries.cards import OWN_NAME, card_by_id, card_by_key
from plugins.regards.queries.lines import line_to_mask, readable_line, readable_question
from plugins.regards.queries.reviewed import team_of
from plugins.regards.services.answering import may_follow_up
from plugins.regards.services.facts import must_be_a_peer, must_be_of_team, must_run, must_type

_ = texts("regards")

GONE = _.later(
    "This code no longer opens anything: the lines have been revealed, or the fair is over. Thank you for coming."
)
NO_ROUND = _.later("There is no round of reviews at this address, or it is not open to you.")


def one_board(viewer: Viewer, *, board_id: int) -> Board:
    """Give the round of a page.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_board(viewer, board_id, at=now())
    if found is None:
        raise NotFound(str(NO_ROUND))
    return found


def reviewed(viewer: Viewer, *, reviewed_kind: str, reviewed_id: int) -> SubjectCard:
    """Name what somebody is about to have reviewed.

    :raises NotFound: absent, not theirs to read, or nobody says whose work it is
    """
    subject = Subject(reviewed_kind, reviewed_id)
    card = cards_of([subject], viewer).get(subject)
    if card is None or not team_of(subject):
        raise NotFound(_("There is nothing to review at this address, or it is not open to you."))
    return card


@dataclass(frozen=True, slots=True)
class Seat:
    """A round, and in whose name somebody writes there: a lab, or `OWN_NAME`."""

    board: Board
    as_id: int


def seat(viewer: Viewer, *, board_id: int, as_id: int) -> Seat:
    """Give the round somebody is about to write in, and in whose name.

    :raises Forbidden: it is the work of their team (C36 SPEC 2), or they do not belong to this lab
    """
    board = one_board(viewer, board_id=board_id)
    must_be_a_peer(viewer, board)
    if as_id != OWN_NAME and as_id not in viewer.lab_ids:
        raise Forbidden(_("You write for a lab you belong to, or in your own name."))
    return Seat(board, as_id)


def board_to_run(viewer: Viewer, *, board_id: int) -> Board:
    """Give a round that somebody opened, or is reviewed in.

    :raises Forbidden: it is for others to run
    """
    board = one_board(viewer, board_id=board_id)
    must_run(viewer, board)
    return board


def board_to_type(viewer: Viewer, *, board_id: int) -> Board:
    """Give a round whose paper cards somebody may type.

    :raises Forbidden: they neither opened it nor animate the reviewed team
    """
    board = one_board(viewer, board_id=board_id)
    must_type(viewer, board)
    return board


def typed_card(viewer: Viewer, *, board_id: int, card_id: int) -> tuple[Board, Card]:
    """Give a paper card that somebody typed.

    :raises NotFound: there is none, or somebody else typed it; said as of a round that is not theirs to read
    """
    board = one_board(viewer, board_id=board_id)
    card = card_by_id(board.id, card_id)
    if card is None or card.origin != PAPER or card.author_id != viewer.person_id:
        raise NotFound(str(NO_ROUND))
    must_type(viewer, board)
    return board, card


def visited(viewer: Viewer, *, grant: Grant) -> Board:
    """Give the round whose code was scanned.

    :raises NotFound: it takes visitors no more
    """
    board = scanned(viewer, grant=grant)
    if board is None or not board.takes_visitors(now()):
        raise NotFound(str(GONE))
    return board


def scanned(viewer: Viewer, *, grant: Grant) -> Board | None:
    """Give the round whose code was scanned, even if it takes visitors no more; None if it was taken back."""
    return board_by_id(grant.subject.id) if grant.subject else None


def left_card(viewer: Viewer, *, grant: Grant, key: str) -> tuple[Board, Card]:
    """Give the card that a visitor has just left.

    :raises NotFound: there is none
    """
    board = visited(viewer, grant=grant)
    card = card_by_key(board.id, key)
    if card is None:
        raise NotFound(_("This card is no longer there."))
    return board, card


def one_question(viewer: Viewer, *, question_id: int) -> Line:
    """Give the question of a page.

    :raises NotFound: absent, hidden, or not theirs to read
    """
    found = readable_question(viewer, question_id, at=now())
    if found is None:
        raise NotFound(_("There is no question at this address, or it is not open to you."))
    return found


def question_to_follow_up(viewer: Viewer, *, question_id: int) -> Line:
    """Give a question that somebody may follow up.

    :raises Forbidden: they are not of the reviewed team, and did not ask it
    """
    line = one_question(viewer, question_id=question_id)
    if not may_follow_up(viewer, line):
        raise Forbidden(_("Only the reviewed team and those who asked this question may do that."))
    return line


def line_to_reply_to(viewer: Viewer, *, line_id: int) -> Line:
    """Give a line that somebody of the reviewed team is about to reply to.

    :raises NotFound: absent, hidden, or not theirs to read
    :raises Forbidden: it is about the work of others
    """
    line = readable_line(viewer, line_id, at=now())
    if line is None:
        raise NotFound(_("There is no line at this address, or it is not open to you."))
    must_be_of_team(viewer, line.board)
    return line


def line_to_run(viewer: Viewer, *, line_id: int) -> Line:
    """Give a revealed line, masked or not, of a round that somebody runs.

    :raises NotFound: absent, hidden, or not theirs to read
    :raises Forbidden: the round is for others to run
    """
    line = line_to_mask(viewer, line_id, at=now())
    if line is None:
        raise NotFound(_("There is no line at this address, or it is not open to you."))
    must_run(viewer, line.board)
    return line
