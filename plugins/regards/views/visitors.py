"""The code of a stand: somebody without account leaves a card from their phone (C35 SPEC 2, C36)."""

from __future__ import annotations

from flask import Response, request, url_for

from portal.api import (
    NotFound,
    TooMany,
    absolute_url,
    edition,
    message,
    now,
    page,
    qr_uri,
    resolve,
    see,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.regards.forms.cards import VisitorForm
from plugins.regards.models.board import Board
from plugins.regards.models.card import Card
from plugins.regards.queries.boards import board_by_id
from plugins.regards.queries.reviewed import is_off
from plugins.regards.services.due import VISITOR_SCOPE, visitor_token
from plugins.regards.services.facts import OFF, must_not_be_reviewed, must_take_cards
from plugins.regards.services.writing import leave_card, take_card_back
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import GONE, left_card, one_board, scanned

_ = texts("regards")


def _token() -> str:
    return str((request.view_args or {})["token"])


def door_of(board: Board) -> str | None:
    """Give the address that the code of a round opens; None if it opens nothing."""
    found = visitor_token(board) if board.takes_visitors(now()) else None
    return absolute_url("regards.visit", token=found) if found else None


@blueprint.get("/v/<token>")
@token(VISITOR_SCOPE, gone=GONE, board=scanned)
def visit(board):
    """Show a visitor three lenses; nothing else is asked. Once it is over, what happened, and what they may read."""
    if not _takes_cards(board):
        return _too_late(board, None, 404)
    must_not_be_reviewed(viewer(), board)
    return _form(board, VisitorForm(), 200)


def _takes_cards(board: Board | None) -> bool:
    return board is not None and board.takes_visitors(now()) and not is_off(board.reviewed)


def _too_late(board: Board | None, form: VisitorForm | None, status: int) -> Response:
    off = OFF if board and is_off(board.reviewed) else None
    reviewed = resolve(board.reviewed) if board else None
    return page("regards/too_late.html", status=status, board=board, form=form, off=off, reviewed=reviewed, at=now())


@blueprint.post("/v/<token>")
@token(VISITOR_SCOPE, gone=GONE, board=scanned)
def leave(board):
    """Keep the card of a visitor, or give their words back: whatever happened meanwhile, none is lost."""
    form, status = VisitorForm(), 422
    if board is not None:
        must_not_be_reviewed(viewer(), board)
        number = board.id
        if form.submitted():
            card, status = _left(board, form)
            if card is not None:
                return see("regards.thanks", token=_token(), key=card.key)
        board = board_by_id(number)
    return _form(board, form, status) if _takes_cards(board) else _too_late(board, form, 409)


def _left(board: Board, form: VisitorForm) -> tuple[Card | None, int]:
    """Keep a card; or None, with the status of the page that says why not."""
    typed = {"key": form.key.data, "words": form.words, "signed": form.signed.data}
    card, status = None, 422
    try:
        with form.attempt():
            card = leave_card(board, network=edition(request.remote_addr, str(board.id)), **typed, at=now())
    except TooMany as refusal:
        form.refuse(refusal)
        status = refusal.status
    return card, status


def _form(board: Board, form: VisitorForm, status: int) -> Response:
    form.draw()
    return page("regards/visit.html", status=status, board=board, form=form)


@blueprint.get("/v/<token>/thanks/<key>")
@token(VISITOR_SCOPE, gone=GONE, found=left_card)
def thanks(found):
    """Thank a visitor: write another, or take this one back."""
    board, card = found
    return page(
        "regards/thanks.html",
        board=board,
        again_url=url_for("regards.visit", token=_token()),
        undo_url=url_for("regards.thanks_undo", token=_token(), key=card.key),
        is_kept=card.handed_in_at is not None,
    )


@blueprint.post("/v/<token>/thanks/<key>/undo")
@token(VISITOR_SCOPE, gone=GONE, found=left_card)
def thanks_undo(found):
    """« It was not me »."""
    board, card = found
    take_card_back(board, card, at=now())
    message(_("What you wrote is erased."))
    return see("regards.visit", token=_token())


@blueprint.get("/<int:board_id>/code")
@signed_in(board=one_board)
def code(board):
    """Print the sheet with the code that visitors scan."""
    must_take_cards(board, at=now())
    door = door_of(board)
    if door is None:
        raise NotFound(_("Visitors do not write in this round, or no longer."))
    return page(
        "regards/code.html",
        board=board,
        door=door,
        picture=qr_uri(door),
        poster=True,
        printed_at=now(),
    )
