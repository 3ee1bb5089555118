"""What other plugins say of the reviewed subject: its title, whose work it is."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.api import Audience, Subject, Viewer, ask_plugins, cards_of, session

from plugins.regards.models.board import Board, Seat

# The least that a reader of each audience is: any agent; any member of any lab.
READERS: dict[str, Viewer] = {
    Audience.NETWORK: Viewer(is_agent=True, lab_ids=frozenset({0})),
    Audience.INTRANET: Viewer(is_agent=True),
}


def team_of(subject: Subject) -> frozenset[int] | None:
    """Give who is reviewed when peers leave regards on `subject`; None if nobody answers for it, or its plugin is off.

    Rule: C36 SPEC 2.
    """
    answers: list[frozenset[int]] = ask_plugins("regards_team", subject=subject)
    return frozenset().union(*answers) if answers else None


def is_off(subject: Subject) -> bool:
    """Tell whether nobody says whose work `subject` is at the moment: nothing is written about it (C36 SPEC 2)."""
    return team_of(subject) is None


def seats_of(board_id: int) -> frozenset[int]:
    """Give the team as it was last said."""
    return frozenset(session.scalars(sa.select(Seat.person_id).where(Seat.board_id == board_id)))


def seats_in(boards: Iterable[Board]) -> dict[int, set[int]]:
    """Give the team of each round as it was last said."""
    found: dict[int, set[int]] = {board.id: set() for board in boards}
    for board_id, person_id in session.execute(
        sa.select(Seat.board_id, Seat.person_id).where(Seat.board_id.in_(found))
    ):
        found[board_id].add(person_id)
    return found


def barred_from(board: Board) -> frozenset[int]:
    """Give who may not write: the team as it is now and as it was last said, so that leaving it opens nothing at once.

    Rule: C36 SPEC 2 and 3.
    """
    return seats_of(board.id) | (team_of(board.reviewed) or frozenset())


def shared_titles(boards: Iterable[Board]) -> dict[int, str]:
    """Say what each round is about, if whoever its audience lets read it may read that too."""
    found: dict[int, str] = {}
    by_audience: dict[str, list[Board]] = {}
    for board in boards:
        by_audience.setdefault(board.audience, []).append(board)
    for audience, some in by_audience.items():
        cards = cards_of((board.reviewed for board in some), READERS[audience])
        found |= {board.id: cards[board.reviewed].title for board in some if board.reviewed in cards}
    return found
