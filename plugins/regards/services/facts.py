"""The facts that services ask again: a service may be called without any page, a permission alone is a role."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import InvalidRequestError

from portal.api import Conflict, Forbidden, Viewer, session, texts

from plugins.regards.models.board import Board
from plugins.regards.models.card import Card, Line
from plugins.regards.queries.reviewed import barred_from, is_off, seats_of, team_of

_ = texts("regards")

OFF = _.later("What is reviewed here is not switched on at the moment: nothing can be written about it.")


def hold(board: Board) -> None:
    """Read a round anew and keep others from changing it, its cards and lines, until the end of the transaction.

    Whatever is written of a round holds the round first: two who act wait in line, never in a ring.

    :raises Conflict: it was taken back meanwhile
    """
    try:
        session.refresh(board, with_for_update=True)
    except InvalidRequestError as error:
        raise Conflict(_("Meanwhile this round was taken back: it was opened by mistake.")) from error


def card_anew(card_id: int | None) -> Card | None:
    """Read a card again once its round is held: what was loaded before may have changed; None if it is gone."""
    found = sa.select(Card).where(Card.id == card_id).execution_options(populate_existing=True)
    return session.scalar(found)


def must_be_hidden(board: Board, *, at: datetime) -> None:
    """Go on only before the reveal: then writing closes (C36 SPEC 3).

    :raises Conflict: it is revealed
    """
    if board.shown_since(at) is not None:
        raise Conflict(_("This round is revealed: nothing is written in it any more. Its questions live on."))


def must_be_revealed(board: Board, *, at: datetime) -> None:
    """Go on only after the reveal.

    :raises Conflict: its lines are still hidden
    """
    if board.shown_since(at) is None:
        raise Conflict(_("This round is not revealed yet."))


def must_be_said(line: Line, *, at: datetime) -> None:
    """Read a line anew, and go on only once it is revealed, and while nobody masks it.

    :raises Conflict: it is hidden, or masked
    """
    must_be_revealed(line.board, at=at)
    session.refresh(line)
    if line.masked_at is not None:
        raise Conflict(_("Meanwhile this line was masked: its round says why."))


def must_take_cards(board: Board, *, at: datetime) -> None:
    """Go on only before the reveal, and while somebody says whose work it is: else its team could write.

    :raises Conflict: it is revealed, or the plugin of what is reviewed is off
    """
    must_be_hidden(board, at=at)
    if is_off(board.reviewed):
        raise Conflict(str(OFF))


def must_be_a_peer(actor: Viewer, board: Board) -> int:
    """Give the actor's id, if they are not of the reviewed team, whatever else they belong to.

    Rule: C36 SPEC 2.

    :raises Forbidden: nobody is signed in, or it is their own work
    """
    if actor.person_id is None:
        raise Forbidden(_("Sign in to leave a review."))
    must_not_be_reviewed(actor, board)
    return actor.person_id


def must_not_be_reviewed(actor: Viewer, board: Board) -> None:
    """Go on, unless it is the work of their team, by whichever door they came.

    Rule: C36 SPEC 2.

    :raises Forbidden: it is their own work
    """
    if actor.person_id in barred_from(board):
        raise Forbidden(_("This is the work of your team: others review it, and you reply once it is revealed."))


def is_of_team(actor: Viewer, board: Board) -> bool:
    """Tell whether the work under review is theirs; while its plugin is off, as it was last said."""
    team = team_of(board.reviewed)
    return actor.person_id in (seats_of(board.id) if team is None else team)


def must_be_of_team(actor: Viewer, board: Board) -> int:
    """Give the actor's id, if they are reviewed here.

    :raises Forbidden: it is the work of others
    """
    if actor.person_id is None or not is_of_team(actor, board):
        raise Forbidden(_("Only the reviewed team may do that."))
    return actor.person_id


def must_run(actor: Viewer, board: Board) -> int:
    """Give the actor's id, if they opened the round or are reviewed there.

    :raises Forbidden: neither
    """
    if actor.person_id is not None and may_run(actor, board):
        return actor.person_id
    raise Forbidden(_("Only the person who opened this round and the reviewed team may do that."))


def may_run(actor: Viewer, board: Board) -> bool:
    """Tell whether they opened the round, or are reviewed there."""
    return actor.person_id == board.author_id or is_of_team(actor, board)


def must_type(actor: Viewer, board: Board) -> int:
    """Give the actor's id, if they may type the paper cards.

    Rule: C36 SPEC 2: who is reviewed types nothing, even if they opened the round.

    :raises Forbidden: it is the work of their team, or they neither opened the round nor animate a lab
    """
    if actor.person_id is not None and may_type(actor, board):
        return actor.person_id
    raise Forbidden(
        _("Only the person who opened this round, or whoever animates another lab, may type its cards; never its team.")
    )


def may_type(actor: Viewer, board: Board) -> bool:
    """Tell whether they may type the paper cards: they opened the round or animate a lab, and are not reviewed."""
    is_trusted = actor.person_id == board.author_id or bool(actor.animated_ids)
    return is_trusted and actor.person_id not in barred_from(board)
