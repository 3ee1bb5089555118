"""Pages of a slot: what it says, adding and changing one, taking it off and putting it back, who runs it (C34)."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request, url_for

from portal.api import (
    Person,
    actions_of,
    can,
    form_page,
    history_of,
    message,
    now,
    page,
    people,
    requires,
    sections_of,
    see,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.programmes import permissions
from plugins.programmes.forms.days import NamingForm
from plugins.programmes.forms.slots import KIND_NOTES, KIND_WORDS, ChangeSlotForm, FillForm, SlotForm
from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import Slot
from plugins.programmes.queries.hours import free_from
from plugins.programmes.queries.people import coming_counts, coming_ids, host_ids, hosts_of
from plugins.programmes.queries.programmes import is_organiser, tracks_of
from plugins.programmes.queries.shown import known, shown
from plugins.programmes.queries.slots import rows_of
from plugins.programmes.services.coming import UNSAID, Elsewhere, is_over
from plugins.programmes.services.facts import must_be_held
from plugins.programmes.services.naming import drop_host, name_host
from plugins.programmes.services.programmes import hour_at
from plugins.programmes.services.slot_plans import plan_of
from plugins.programmes.services.slots import add_slot, change_slot, fill_slot, filling_of, put_back, take_off
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.loaders import one_slot, own_programme, own_slot

_ = texts("programmes")


@blueprint.get("/slots/<int:slot_id>")
@signed_in(slot=one_slot)
def slot(slot):
    """Show one slot, as it may be read now."""
    return slot_page(slot)


def slot_page(slot: Slot, *, elsewhere: Elsewhere | None = None) -> Response:
    """Answer the page of a slot; with what stands in the way of a sign-up, if anything does."""
    programme = session.get_one(Programme, slot.programme_id)
    found, knows = list(actions_of(slot.subject)), _knows(slot, programme)
    told = known(slot, at=now()) if knows else shown(slot, at=now())
    count = coming_counts([slot.id]).get(slot.id, 0)
    over = is_over(programme, slot, at=now())
    closed = over or slot.cancelled_at or programme.cancelled_at
    return page(
        "programmes/slot.html",
        status=elsewhere.status if elsewhere else 200,
        elsewhere=elsewhere,
        programme=programme,
        slot=told,
        kinds=KIND_WORDS,
        track=next((track.name for track in tracks_of(programme) if track.id == slot.track_id), ""),
        hosts=_hosts(slot) if knows else hosts_of([told]).get(slot.id, []),
        is_over=over,
        reveals_at=slot.reveals_at if knows else None,
        left=None if closed or slot.seats is None else max(slot.seats - count, 0),
        coming=list(people(coming_ids(slot.id)).values()) if slot.takes_names and knows else None,
        main=[action for action in found if action.kind == "main" and not elsewhere],
        offers=[action for action in found if action.kind != "main"],
        sections=sections_of(slot.subject),
        past=history_of(slot.subject, without=UNSAID),
    )


def _knows(slot: Slot, programme: Programme) -> bool:
    """Tell whether somebody reads who comes and what a surprise is: they organise the day, or run the slot.

    Not on a shared screen, which others look at.
    """
    who = viewer()
    if who.permissions is not None:
        return False
    if who.person_id in host_ids(slot.id):
        return True
    return can(who, permissions.ORGANISE) and is_organiser(who, programme)


def _hosts(slot: Slot) -> list[Person]:
    return list(people(host_ids(slot.id)).values())


def _back(slot: Slot):
    return see("programmes.programme", programme_id=slot.programme_id, _anchor=f"slot-{slot.id}")


def _form(template, form, programme, cancel_url, **context):
    return form_page(
        f"programmes/{template}.html",
        form,
        programme=programme,
        tracks=[track.name for track in tracks_of(programme)],
        notes=KIND_NOTES,
        cancel_url=cancel_url,
        **context,
    )


@blueprint.route("/<int:programme_id>/slots/new", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def add(programme):
    """Put a slot on the programme; it begins where the others leave off, unless one says otherwise."""
    must_be_held(programme)
    form = SlotForm(starts=hour_at(free_from(rows_of(programme))))
    if form.submitted():
        with form.attempt():
            made = add_slot(viewer(), programme, form.plan, at=now())
            message(_("It is on the programme."))
            return _back(made)
    cancel_url = url_for("programmes.programme", programme_id=programme.id)
    return _form("slot_form", form, programme, cancel_url, details_open=form.is_folded_wrong)


@blueprint.route("/slots/<int:slot_id>/change", methods=["GET", "POST"])
@requires(permissions.ORGANISE, slot=own_slot)
def slot_change(slot):
    """Change a slot; one that was taken off is put back first, on its page."""
    if slot.cancelled_at is not None and request.method == "GET":
        message(_("This slot was taken off the programme. Put it back first."), "wait")
        return see("programmes.slot", slot_id=slot.id)
    programme = session.get_one(Programme, slot.programme_id)
    values = asdict(plan_of(slot, programme))
    form = ChangeSlotForm(data=values).shown_with(values)
    if form.submitted():
        with form.attempt():
            change_slot(viewer(), slot, form.plan, seen=form.seen.data, at=now())
            message(_("The slot is changed; if it moved, those whom it concerns are told."))
            return _back(slot)
    is_open = form.is_folded_wrong or any(values[name] for name in ("words", "track", "is_fixed", "takes_names"))
    cancel_url = url_for("programmes.slot", slot_id=slot.id)
    return _form("slot_form", form, programme, cancel_url, details_open=is_open, slot=shown(slot, at=now()))


@blueprint.route("/slots/<int:slot_id>/fill", methods=["GET", "POST"])
@requires(permissions.ORGANISE, slot=own_slot)
def slot_fill(slot):
    """Say on the day what the unexpected is."""
    form = FillForm(obj=slot).shown_with(filling_of(slot))
    if form.submitted():
        with form.attempt():
            said = {name: form[name].data or "" for name in ("title", "words", "place")}
            fill_slot(viewer(), slot, **said, seen=form.seen.data, at=now())
            message(_("The unexpected is on the programme."))
            return _back(slot)
    programme = session.get_one(Programme, slot.programme_id)
    return _form("slot_fill", form, programme, url_for("programmes.slot", slot_id=slot.id))


@blueprint.post("/slots/<int:slot_id>/take-off")
@requires(permissions.ORGANISE, slot=own_slot)
def slot_take_off(slot):
    """Take a slot off the programme; it can be put back."""
    take_off(viewer(), slot, at=now())
    message(_("It is off the programme; those whom it concerns are told. You can put it back here."))
    return see("programmes.slot", slot_id=slot.id)


@blueprint.post("/slots/<int:slot_id>/put-back")
@requires(permissions.ORGANISE, slot=own_slot)
def slot_put_back(slot):
    """Put it back."""
    put_back(viewer(), slot, at=now())
    message(_("It is on the programme again."))
    return see("programmes.slot", slot_id=slot.id)


@blueprint.route("/slots/<int:slot_id>/hosts", methods=["GET", "POST"])
@requires(permissions.ORGANISE, slot=own_slot)
def slot_hosts(slot):
    """Say who runs a slot."""
    form = NamingForm()
    if form.submitted() and form.person.data:
        with form.attempt():
            name_host(viewer(), slot, form.person.data, at=now())
            message(_("%(name)s runs it.", name=form.person.data.name))
            return see("programmes.slot_hosts", slot_id=slot.id)
    programme = session.get_one(Programme, slot.programme_id)
    cancel_url = url_for("programmes.slot", slot_id=slot.id)
    return _form("slot_hosts", form, programme, cancel_url, slot=shown(slot, at=now()), named=_hosts(slot))


@blueprint.post("/slots/<int:slot_id>/hosts/<int:person_id>/drop")
@requires(permissions.ORGANISE, slot=own_slot)
def slot_host_drop(slot, person_id):
    """Say that somebody runs it no more."""
    drop_host(viewer(), slot, person_id, at=now())
    message(_("They run it no more."))
    return see("programmes.slot_hosts", slot_id=slot.id)
