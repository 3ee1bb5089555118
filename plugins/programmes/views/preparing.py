"""Making a day, changing it, calling it off, making it again; who organises it (C34)."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for

from portal.api import form_page, message, now, people, requires, see, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.forms.days import CancelForm, ChangeDayForm, CopyForm, DayForm, NamingForm
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.programmes import organiser_ids
from plugins.programmes.services.days import cancel_day, change_day, copy_day, said_of
from plugins.programmes.services.naming import drop_organiser, name_organiser
from plugins.programmes.services.programmes import make_programme
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.loaders import own_programme

_ = texts("programmes")

# An Interlabos recurs with the seasons.
AGAIN_AFTER = timedelta(days=91)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(permissions.MAKE)
def make():
    """Make a day in five fields; lunch and the unexpected are put in it."""
    form = DayForm()
    form.offer(viewer())
    if form.submitted():
        with form.attempt():
            programme = make_programme(viewer(), form.day(form.lab_group_id), at=now())
            message(_("The day is there, with its lunch and a slot for the unexpected. Add what else happens."))
            return _back(programme)
    return form_page("programmes/make.html", form, cancel_url=url_for("programmes.programmes"))


def _back(programme: Programme):
    return see("programmes.programme", programme_id=programme.id)


def _form(template, form, programme, **context):
    return form_page(
        f"programmes/{template}.html",
        form,
        programme=programme,
        cancel_url=url_for("programmes.programme", programme_id=programme.id),
        **context,
    )


@blueprint.route("/<int:programme_id>/change", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def change(programme):
    """Change what a day says of itself, or its date."""
    form = ChangeDayForm(obj=programme).shown_with(said_of(programme))
    form.audience.for_group(programme.reader_group_id)
    form.narrow(viewer(), has_lab=programme.reader_group_id is not None, kept=programme.audience)
    if form.submitted():
        with form.attempt():
            was = (programme.held_on, programme.place)
            day = form.day(programme.reader_group_id)
            closed_to = change_day(viewer(), programme, day, seen=form.seen.data, at=now())
            message(_changed(is_told=was != (programme.held_on, programme.place), closed_to=closed_to))
            return _back(programme)
    return _form("change", form, programme)


def _changed(*, is_told: bool, closed_to: int) -> str:
    """Say who was told what."""
    said = _("The day is changed; those whom it concerns are told.") if is_told else _("The day is changed.")
    if not closed_to:
        return said
    closed = _.plural(
        "%(num)s person who had signed up may no longer read it: they are told, and their seat is free.",
        "%(num)s people who had signed up may no longer read it: they are told, and their seats are free.",
        closed_to,
    )
    return f"{said} {closed}"


@blueprint.route("/<int:programme_id>/cancel", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def cancel(programme):
    """Ask before a day is called off."""
    form = CancelForm()
    if form.submitted():
        with form.attempt():
            cancel_day(viewer(), programme, reason=form.reason.data or "", at=now())
            message(_("The day is called off; those whom it concerns are told."))
            return _back(programme)
    return _form("cancel", form, programme)


@blueprint.route("/<int:programme_id>/copy", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def copy(programme):
    """Make a day again on another date."""
    form = CopyForm(title=programme.title, held_on=programme.held_on + AGAIN_AFTER)
    if form.submitted() and form.held_on.data:
        with form.attempt():
            title = form.title.data or ""
            made = copy_day(viewer(), programme, held_on=form.held_on.data, title=title, at=now())
            message(_("The day is made again, with its hours and its tracks. Change what differs."))
            return _back(made)
    return _form("copy", form, programme)


@blueprint.route("/<int:programme_id>/organisers", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def organisers(programme):
    """Name somebody who organises the day too."""
    form = NamingForm()
    if form.submitted() and form.person.data:
        with form.attempt():
            name_organiser(viewer(), programme, form.person.data, at=now())
            message(_("%(name)s organises the day.", name=form.person.data.name))
            return see("programmes.organisers", programme_id=programme.id)
    named = people(organiser_ids(programme))
    return _form("organisers", form, programme, named=list(named.values()))


@blueprint.post("/<int:programme_id>/organisers/<int:person_id>/drop")
@requires(permissions.ORGANISE, programme=own_programme)
def organiser_drop(programme, person_id):
    """Let somebody organise it no more."""
    drop_organiser(viewer(), programme, person_id, at=now())
    message(_("They organise the day no more."))
    return see("programmes.organisers", programme_id=programme.id)
