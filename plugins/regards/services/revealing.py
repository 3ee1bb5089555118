"""The common reveal, and who may read a round (C36 SPEC 3 and 6)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Conflict, Event, Forbidden, Invalid, Viewer, publish, record, record_passage, session, texts

from plugins.regards.models.board import LEVELS, Board
from plugins.regards.queries.cards import handed_in
from plugins.regards.services.due import date_code
from plugins.regards.services.facts import hold, is_of_team, must_run
from plugins.regards.services.opening import follow_reviewed

_ = texts("regards")


def reveal(actor: Viewer, board: Board, *, at: datetime) -> None:
    """Reveal all lines to all who read the round; writing closes. It cannot be undone; doing it twice changes nothing.

    Rule: C36 SPEC 3.

    :raises Forbidden: the actor neither opened the round nor is reviewed there
    :raises Conflict: no card was handed in
    """
    hold(board)
    must_run(actor, board)
    if board.shown_since(at) is not None:
        return
    if not handed_in(board, actor).cards:
        raise Conflict(_("No card has been handed in yet: there is nothing to reveal."))
    board.revealed_by_id = actor.person_id
    note_reveal(board, since=at, actor_id=actor.person_id)


def note_reveal(board: Board, *, since: datetime, actor_id: int | None) -> None:
    """Write down once, with its true instant, that a round is revealed."""
    board.revealed_at = since
    session.flush()
    date_code(board, at=since)
    if record_passage(board.subject, "revealed", since):
        publish(Event("regards.board_revealed", board.subject, actor_id, since))


def open_to(actor: Viewer, board: Board, *, audience: str, at: datetime) -> None:
    """Choose who reads a round: narrower at once; wider takes somebody of the reviewed team.

    Rule: C36 SPEC 6.

    :raises Forbidden: the actor neither opened it nor is reviewed there, or would widen it without being reviewed
    :raises Invalid: an audience of another sort
    """
    hold(board)
    must_run(actor, board)
    if audience not in LEVELS:
        raise Invalid(_("Choose who can read."), field="audience")
    if audience == board.audience:
        return
    levels = [str(level) for level in LEVELS]
    if levels.index(audience) > levels.index(board.audience) and not is_of_team(actor, board):
        raise Forbidden(_("Only the reviewed team may let more people read what was said of its work. Ask them."))
    facts = {"from": board.audience, "to": audience}
    board.audience = audience
    session.flush()
    follow_reviewed([board], at=at)
    record("regards.board_audience", board.subject, actor=actor, at=at, facts=facts)
