"""Writing a card, for a lab or in one's own name; typing those that were written on paper (C36 SPEC 1 to 4)."""

from __future__ import annotations

from portal.api import form_page, message, now, requires, see, texts, viewer

from plugins.regards import permissions
from plugins.regards.forms.cards import OwnCardForm, PaperForm
from plugins.regards.queries.cards import OWN_NAME, group_names, own_card, said_of, typed_by
from plugins.regards.services.facts import must_take_cards
from plugins.regards.services.writing import type_card, untype_card, write_card
from plugins.regards.views.acts import url_of
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import board_to_type, seat, typed_card

_ = texts("regards")


@blueprint.route("/<int:board_id>/card/<int:as_id>", methods=["GET", "POST"])
@requires(permissions.WRITE, seat=seat)
def card(seat):
    """Write a card, or go on with it, until the reveal."""
    board, as_id = seat.board, seat.as_id
    written = own_card(board.id, as_id, viewer())
    said = said_of(written)
    form = OwnCardForm(data=said).shown_with(said)
    if form.submitted():
        with form.attempt():
            typed = {"words": form.words, "is_draft": form.is_draft, "seen": form.seen.data}
            write_card(viewer(), board, as_id=as_id, **typed, at=now())
            message(
                _("Your draft is kept: only you read it.")
                if form.is_draft
                else _("Your card is handed in. Until the reveal you may change it.")
            )
            return see("regards.board", board_id=board.id)
    elif not form.errors:
        must_take_cards(board, at=now())
    context = {
        "board": board,
        "written": written,
        "lab": None if as_id == OWN_NAME else group_names(viewer()).get(as_id),
    }
    return form_page("regards/card.html", form, cancel_url=url_of(board), **context)


@blueprint.route("/<int:board_id>/paper", methods=["GET", "POST"])
@requires(permissions.RUN, board=board_to_type)
def paper(board):
    """Type paper cards: Enter keeps one and gives the next, empty."""
    form = PaperForm()
    if form.submitted():
        with form.attempt():
            type_card(viewer(), board, key=form.key.data, words=form.words, signed=form.signed.data, at=now())
            return see("regards.paper", board_id=board.id)
    elif not form.errors:
        must_take_cards(board, at=now())
    form.draw()
    typed = typed_by(board, viewer())
    return form_page("regards/paper.html", form, board=board, typed=typed, back_url=url_of(board))


@blueprint.post("/<int:board_id>/paper/<int:card_id>/undo")
@requires(permissions.RUN, found=typed_card)
def paper_undo(found):
    """Take back a card that was typed by mistake."""
    board, card = found
    untype_card(viewer(), board, card, at=now())
    message(_("This card is taken back."))
    return see("regards.paper", board_id=board.id)
