"""Signing up for a slot and off again: one click, from the page of the day or of the slot (C34 SPEC 3)."""

from __future__ import annotations

from portal.api import message, now, requires, see, session, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.forms.slots import StayAwayFilters
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.shown import shown
from plugins.programmes.queries.slots import readable_slot
from plugins.programmes.services.coming import Elsewhere, is_over, sign_off, sign_up
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.loaders import one_slot, signed_slot
from plugins.programmes.views.slots import slot_page

_ = texts("programmes")


@blueprint.post("/slots/<int:slot_id>/come")
@requires(permissions.COME, slot=one_slot)
def come(slot):
    """Sign up."""
    try:
        sign_up(viewer(), slot, at=now())
    except Elsewhere as refusal:
        return slot_page(slot, elsewhere=refusal)
    message(_("You are expected. If something comes up, sign off: somebody else takes your seat."))
    return see("programmes.programme", programme_id=slot.programme_id, _anchor=f"slot-{slot.id}")


@blueprint.post("/slots/<int:slot_id>/stay-away")
@requires(permissions.COME, slot=signed_slot)
def stay_away(slot):
    """Sign off, for something else perhaps."""
    sign_off(viewer(), slot, at=now())
    then = StayAwayFilters().then.data
    if then is not None and readable_slot(viewer(), then, at=now()) is not None:
        message(_("You are signed off from “%(title)s”. You can come here now.", title=shown(slot, at=now()).title))
        return see("programmes.slot", slot_id=then)
    programme = session.get_one(Programme, slot.programme_id)
    again = _("You are signed off. Come back when you like, if there is a seat.")
    message(_("You are no longer on the list.") if is_over(programme, slot, at=now()) else again)
    if readable_slot(viewer(), slot.id, at=now()) is None:  # the day is no longer theirs to read
        return see("programmes.agenda")
    return see("programmes.programme", programme_id=slot.programme_id, _anchor=f"slot-{slot.id}")
