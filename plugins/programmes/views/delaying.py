"""« On est en retard »: what moves and what stays is looked at first, then one click; and one to take it back (C34)."""

from __future__ import annotations

from flask import url_for

from portal.api import Conflict, Invalid, form_page, message, now, requires, see, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.forms.days import DelayFilters, DelayForm
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.shown import shown
from plugins.programmes.queries.slots import rows_of
from plugins.programmes.services.delaying import Move, delay_day, delay_moves, seen_of, undo_delay
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.loaders import own_programme

_ = texts("programmes")

QUICK_MINUTES = (5, 10, 20)


@blueprint.route("/<int:programme_id>/delay", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def delay(programme):
    """Preview a delay, then make it."""
    asked = DelayFilters().minutes
    form = DelayForm(minutes=asked.data)
    if form.submitted():
        with form.attempt():
            made = delay_day(viewer(), programme, form.minutes.data or 0, seen=form.seen.data or "", at=now())
            moved = _(
                "What remains has moved by %(minutes)s min; those whom it concerns are told.", minutes=made.minutes
            )
            forward = _(
                "What remains comes %(minutes)s min earlier; those whom it concerns are told.", minutes=-made.minutes
            )
            message(moved if made.minutes > 0 else forward)
            return see("programmes.programme", programme_id=programme.id)
    if asked.process_errors:
        form.minutes.errors = [_("Write a whole number of minutes, such as 10.")]
    return form_page(
        "programmes/delay.html",
        form,
        programme=programme,
        quick=QUICK_MINUTES,
        typed=asked.raw_data[0] if asked.raw_data else form.minutes.data,
        cancel_url=url_for("programmes.programme", programme_id=programme.id),
        **_preview(programme, form),
    )


def _preview(programme: Programme, form: DelayForm):
    """Give what would move, or say beside the field why nothing may."""
    moves: list[Move] = []
    if form.minutes.data is not None:
        try:
            moves = delay_moves(programme, form.minutes.data, at=now())
        except (Invalid, Conflict) as refusal:
            if not form.errors:
                form.refuse(refusal)
    at, moving = now(), {move.id: move for move in moves if move.is_one}
    stays = [slot for slot in rows_of(programme) if slot.id not in moving and (slot.ends_at or slot.starts_at) > at]
    return {
        "moves": [(shown(move.slot, at=at), move) for move in moving.values()],
        "stays": [shown(slot, at=at) for slot in stays] if moves else [],
        "cut_by": {move.id: shown(move.cut_by, at=at).title for move in moves if move.cut_by},
        "seen": seen_of(moves),
    }


@blueprint.post("/<int:programme_id>/delay/undo")
@requires(permissions.ORGANISE, programme=own_programme)
def delay_undo(programme):
    """Take the last delay back."""
    undo_delay(viewer(), programme, at=now())
    message(_("Everything is back at its hour."))
    return see("programmes.programme", programme_id=programme.id)
