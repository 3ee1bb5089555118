"""What is done with a round: opening it, revealing it, choosing who reads it (C36 SPEC 3 and 6)."""

from __future__ import annotations

from flask import url_for

from portal.api import Form, day, form_page, message, now, requires, see, texts, viewer

from plugins.regards import permissions
from plugins.regards.forms.boards import AudienceForm, OccasionForm, OpeningForm
from plugins.regards.models.board import Board
from plugins.regards.queries.cards import handed_in
from plugins.regards.queries.reviewed import team_of
from plugins.regards.services.facts import is_of_team, must_be_hidden
from plugins.regards.services.opening import correct_occasion, must_be_untouched, open_board, take_board_back
from plugins.regards.services.revealing import open_to, reveal
from plugins.regards.views.blueprint import blueprint
from plugins.regards.views.loaders import board_to_run, reviewed

_ = texts("regards")


def url_of(board: Board) -> str:
    """Give the address of the page of a round."""
    return url_for("regards.board", board_id=board.id)


@blueprint.route("/on/<reviewed_kind>/<int:reviewed_id>", methods=["GET", "POST"], endpoint="open_round")
@requires(permissions.OPEN, card=reviewed)
def open_form(card):
    """Open a round: both fields are filled in beforehand (law 1)."""
    form = OpeningForm(data={"occasion": _("Round of %(day)s", day=day(now())), "audience": "network"})
    if viewer().person_id not in (team_of(card.subject) or ()):
        del form.audience
    if form.submitted():
        with form.attempt():
            board = open_board(viewer(), card.subject, **{"audience": "network"} | form.data, at=now())
            message(_("The round is open. What is written stays hidden until it is revealed, together."))
            return see("regards.board", board_id=board.id)
    return form_page("regards/open.html", form, card=card, cancel_url=card.url)


@blueprint.route("/<int:board_id>/occasion", methods=["GET", "POST"])
@requires(permissions.RUN, board=board_to_run)
def occasion(board):
    """Correct the occasion of a round."""
    form = OccasionForm(obj=board)
    if form.submitted():
        with form.attempt():
            correct_occasion(viewer(), board, occasion=form.occasion.data, at=now())
            message(_("The occasion is corrected."))
            return see("regards.board", board_id=board.id)
    return form_page("regards/occasion.html", form, board=board, cancel_url=url_of(board))


@blueprint.route("/<int:board_id>/reveal", methods=["GET", "POST"], endpoint="reveal")
@requires(permissions.RUN, board=board_to_run)
def reveal_page(board):
    """Ask before all is revealed: writing closes, and nothing hides it again."""
    form = Form()
    if form.submitted():
        with form.attempt():
            reveal(viewer(), board, at=now())
            message(_("All is revealed. The team may now reply to each line."))
            return see("regards.board", board_id=board.id)
    else:
        must_be_hidden(board, at=now())
    context = {"board": board, "handed_in": handed_in(board, viewer())}
    return form_page("regards/reveal.html", form, cancel_url=url_of(board), **context)


@blueprint.route("/<int:board_id>/back", methods=["GET", "POST"])
@requires(permissions.RUN, board=board_to_run)
def take_back(board):
    """Ask before a round that was opened by mistake is taken back."""
    form = Form()
    if form.submitted():
        with form.attempt():
            take_board_back(viewer(), board, at=now())
            message(_("The round is taken back."))
            return see("regards.index")
    else:
        must_be_untouched(board, at=now())
    return form_page("regards/take_back.html", form, board=board, cancel_url=url_of(board))


@blueprint.route("/<int:board_id>/audience", methods=["GET", "POST"])
@requires(permissions.RUN, board=board_to_run)
def audience(board):
    """Choose who reads a round: narrower at once, wider by the reviewed team."""
    form = AudienceForm(obj=board)
    if not is_of_team(viewer(), board):
        form.narrow_to(board.audience)
    if form.submitted():
        with form.attempt():
            open_to(viewer(), board, audience=form.audience.data, at=now())
            message(_("It is noted: this is who reads it from now on."))
            return see("regards.board", board_id=board.id)
    return form_page("regards/audience.html", form, board=board, cancel_url=url_of(board))
