"""Opening a round on something that is reviewed, and knowing who is reviewed and what it is called (C36)."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from operator import attrgetter

import sqlalchemy as sa

from portal.api import (
    Audience,
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Subject,
    Viewer,
    fold,
    publish,
    record,
    session,
    texts,
)

from plugins.regards.models.board import LEVELS, MAX_OCCASION, Board, Seat
from plugins.regards.queries.boards import hidden_board_on, readable_board
from plugins.regards.queries.cards import is_begun
from plugins.regards.queries.reviewed import seats_in, shared_titles, team_of
from plugins.regards.services.due import date_code, set_due
from plugins.regards.services.facts import hold, must_be_hidden, must_run

_ = texts("regards")

_PERSON = sa.table("users", sa.column("id"))
# Two who open a round on one thing at once wait in line: its team is one, so is the least of its numbers.
_IN_LINE = sa.select(_PERSON.c.id).where(_PERSON.c.id == sa.bindparam("person")).with_for_update(key_share=True)


def open_board(actor: Viewer, reviewed: Subject, *, occasion: str, audience: str, at: datetime) -> Board:
    """Open a round of regards; one that is open on the same subject is given back, as of a second click.

    Whether the actor may read what is reviewed is asked before.
    Rule: C36 SPEC 6 (its ring is the network by default).

    :raises Forbidden: the actor belongs to no lab, or would open it wider than the network without being reviewed
    :raises Conflict: nobody answers for this subject, or a round is open on it for another occasion
    :raises Invalid: no occasion, one that is too long, or an audience of another sort
    """
    if actor.person_id is None or not actor.lab_ids:
        raise Forbidden(_("Rounds are opened by the members of the labs. Ask one of them."))
    team = team_of(reviewed)
    if not team:
        raise Conflict(_("Nobody says whose work this is: it cannot be reviewed."))
    words = _checked(occasion)
    if audience not in LEVELS:
        raise Invalid(_("Choose who can read."), field="audience")
    if audience != Audience.NETWORK and actor.person_id not in team:
        raise Forbidden(_("Only the reviewed team may let more people read what was said of its work. Ask them."))
    session.execute(_IN_LINE, {"person": min(team)})
    again = hidden_board_on(reviewed, at=at)
    if again is not None:
        if readable_board(actor, again.id, at=at) is None:
            raise Conflict(_("A round is open on it already, that you do not read. Wait until it is revealed."))
        if again.occasion == words:
            return again
        raise Conflict(_("A round is open on it already: “%(occasion)s”. Reveal it first.", occasion=again.occasion))
    return _open(actor.person_id, reviewed, words, audience, at)


def correct_occasion(actor: Viewer, board: Board, *, occasion: str, at: datetime) -> None:
    """Correct the occasion of a round; the same words change nothing.

    :raises Forbidden: the actor neither opened it nor is reviewed there
    :raises Invalid: no occasion, or one that is too long
    """
    hold(board)
    must_run(actor, board)
    words = _checked(occasion)
    if words == board.occasion:
        return
    record("regards.board_corrected", board.subject, actor=actor, at=at)
    board.occasion, board.folded = words, fold(board.subject_title, words)
    session.flush()


def _checked(occasion: str) -> str:
    words = " ".join(occasion.split())
    if not words or len(words) > MAX_OCCASION:
        raise Invalid(_("Say on which occasion, in %(most)s signs at most.", most=MAX_OCCASION), field="occasion")
    return words


def _open(author_id: int, reviewed: Subject, occasion: str, audience: str, at: datetime) -> Board:
    board = Board(subject_kind=reviewed.kind, subject_id=reviewed.id, occasion=occasion, audience=audience)
    board.author_id, board.opened_at, board.folded = author_id, at, fold(occasion)
    session.add(board)
    session.flush()
    follow_reviewed([board], at=at)
    set_due(board, at=at)
    publish(Event("regards.board_opened", board.subject, author_id, at, {"on": str(reviewed)}))
    return board


def take_board_back(actor: Viewer, board: Board, *, at: datetime) -> None:
    """Take back a round opened by mistake: nothing is lost, for nobody has written in it.

    :raises Forbidden: the actor neither opened it nor is reviewed there
    :raises Conflict: it is revealed, or somebody has begun a card
    """
    hold(board)
    must_run(actor, board)
    must_be_untouched(board, at=at)
    date_code(board, at=at)
    record("regards.board_taken_back", board.subject, actor=actor, at=at)
    session.execute(sa.delete(Seat).where(Seat.board_id == board.id))
    session.delete(board)
    session.flush()


def must_be_untouched(board: Board, *, at: datetime) -> None:
    """Go on only with a round in which nobody has written.

    :raises Conflict: it is revealed, or somebody has begun a card
    """
    must_be_hidden(board, at=at)
    if is_begun(board.id):
        raise Conflict(_("Somebody has begun a card in this round: it is no longer taken back."))


def follow_reviewed(boards: Sequence[Board], *, at: datetime) -> None:
    """Write down who is reviewed by now and what it is called; while a plugin is off, nothing it said changes.

    Each round is held, in the order of their numbers, before anything is written: see `hold`.
    """
    for board in sorted(boards, key=attrgetter("id")):
        hold(board)
    titles, seats = shared_titles(boards), seats_in(boards)
    for board in boards:
        team = team_of(board.reviewed)
        if team is None:
            continue
        board.subject_title = titles.get(board.id)
        board.folded = fold(board.subject_title, board.occasion)
        joined, left = _moves(board, seats[board.id], team, at)
        session.execute(sa.delete(Seat).where(Seat.board_id == board.id, Seat.person_id.in_(left)))
        session.add_all(Seat(board_id=board.id, person_id=number) for number in sorted(joined))
    session.flush()


def those_behind(boards: Sequence[Board], *, at: datetime) -> list[Board]:
    """List the rounds of which the team, or the title, is no longer what was written down."""
    titles, seats = shared_titles(boards), seats_in(boards)
    said = [(board, team) for board in boards if (team := team_of(board.reviewed)) is not None]
    return [
        board
        for board, team in said
        if board.subject_title != titles.get(board.id) or any(_moves(board, seats[board.id], team, at))
    ]


def _moves(board: Board, seated: Set[int], team: frozenset[int], at: datetime) -> tuple[Set[int], Set[int]]:
    """Give who has joined; and who has left, once all is revealed: before, leaving would let them write and read.

    Rule: C36 SPEC 2 and 3.
    """
    is_shown = board.shown_since(at) is not None
    return team - seated, seated - team if is_shown else frozenset()
