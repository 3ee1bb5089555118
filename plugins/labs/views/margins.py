"""Pages of the block « what may still change », and of the functions that carry a lab (C42)."""

from __future__ import annotations

from flask import url_for

from portal.api import form_page, function_choices, message, now, requires, see, texts, viewer

from plugins.labs import permissions
from plugins.labs.forms.labs import MarginForm, SponsorForm
from plugins.labs.models.lab import Lab
from plugins.labs.queries.labs import margins_of, one_lab, one_margin, sponsors_of
from plugins.labs.services.labs import add_sponsor, remove_sponsor
from plugins.labs.services.margins import add_margin, restore_margins, reword_margin
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.days import today

_ = texts("labs")


def _page(lab: Lab) -> str:
    return url_for("labs.show", lab_id=lab.id)


@blueprint.route("/<int:lab_id>/margins/new", methods=["GET", "POST"])
@requires(permissions.ANIMATE, lab=one_lab)
def new_margin(lab):
    """Add a line to the block."""
    form = MarginForm()
    if form.submitted():
        with form.attempt():
            add_margin(viewer(), lab, **form.data, at=now(), today=today())
            message(_("The line is on the page of the lab."))
            return see("labs.show", lab_id=lab.id)
    return form_page(
        "labs/margin.html", form, lab=lab, margin=None, number=len(margins_of(lab.id)) + 1, cancel_url=_page(lab)
    )


@blueprint.route("/<int:lab_id>/margins/<int:margin_id>", methods=["GET", "POST"])
@requires(permissions.ANIMATE, lab=one_lab)
def margin(lab, margin_id):
    """Reword a line, or look at it again on another day."""
    line = one_margin(lab.id, margin_id)
    form = MarginForm(obj=line)
    if form.submitted():
        with form.attempt():
            reword_margin(viewer(), lab, margin=line, **form.data, at=now(), today=today())
            message(_("The line is saved. What it said before stays readable."))
            return see("labs.show", lab_id=lab.id)
    return form_page("labs/margin.html", form, lab=lab, margin=line, number=line.position, cancel_url=_page(lab))


@blueprint.post("/<int:lab_id>/margins/restore")
@requires(permissions.ANIMATE, lab=one_lab)
def restore(lab):
    """Put the block back after a vote removed it."""
    restore_margins(viewer(), lab, at=now())
    message(_("“What may still change” is back on the page."))
    return see("labs.show", lab_id=lab.id)


@blueprint.route("/<int:lab_id>/sponsors", methods=["GET", "POST"])
@requires(permissions.ANIMATE, lab=one_lab)
def sponsors(lab):
    """Say which functions carry the lab."""
    form = SponsorForm()
    present = sponsors_of(lab.id, at=now())
    shown = {card.id for card in present}
    form.offer((number, name) for number, name in function_choices() if number not in shown)
    if form.submitted():
        with form.attempt():
            add_sponsor(viewer(), lab, function_id=form.function.data, at=now())
            message(_("This function carries the lab."))
            return see("labs.sponsors", lab_id=lab.id)
    return form_page("labs/sponsors.html", form, lab=lab, sponsors=present, cancel_url=_page(lab))


@blueprint.post("/<int:lab_id>/sponsors/<int:function_id>/remove")
@requires(permissions.ANIMATE, lab=one_lab)
def unsponsor(lab, function_id):
    """Say that a function no longer carries the lab."""
    remove_sponsor(viewer(), lab, function_id=function_id, at=now())
    message(_("This function no longer carries the lab."))
    return see("labs.sponsors", lab_id=lab.id)
