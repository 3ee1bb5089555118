"""What one does with an import: apply, pause, go on, abandon; and the lists as they are now, ready to import."""

from __future__ import annotations

from flask import url_for

from portal.api import (
    Column,
    export,
    message,
    now,
    page,
    requires,
    see,
    texts,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.imports import StartForm
from plugins.directory.models.imports import Kind, State
from plugins.directory.queries.imports import one_import
from plugins.directory.services.imports.applying import apply_batch
from plugins.directory.services.imports.columns import KNOWN
from plugins.directory.services.imports.exporting import people_rows, service_rows
from plugins.directory.services.imports.steering import abandon_import, pause_import, resume_import, start_import
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.imports import show_page

_ = texts("directory")


@blueprint.post("/imports/<int:import_id>/start")
@requires(permissions.IMPORT, row=one_import)
def import_start(row):
    """Apply an import: the first lines at once, the others by the work in the background."""
    form = StartForm()
    if form.submitted():
        with form.attempt():
            start_import(row, lets_leave=form.lets_leave.data, typed=form.typed.data, actor=viewer(), at=now())
            apply_batch(now())
            message(_("The import is applied.") if row.state == State.DONE else _("The import is being applied."))
            return see("directory.import_show", import_id=row.id)
    if row.state != State.STAGED:  # a second click, or somebody was faster
        message(str(form.form_errors[0]), "wait")
        return see("directory.import_show", import_id=row.id)
    return show_page(row, form, status=422)


@blueprint.post("/imports/<int:import_id>/pause")
@requires(permissions.IMPORT, row=one_import)
def import_pause(row):
    """Stop after the batch that runs."""
    pause_import(row, actor=viewer(), at=now())
    message(_("The import is paused: what is done stays done, the rest waits."))
    return see("directory.import_show", import_id=row.id)


@blueprint.post("/imports/<int:import_id>/resume")
@requires(permissions.IMPORT, row=one_import)
def import_resume(row):
    """Go on where it stopped."""
    resume_import(row, actor=viewer(), at=now())
    apply_batch(now())
    return see("directory.import_show", import_id=row.id)


@blueprint.get("/imports/<int:import_id>/abandon")
@requires(permissions.IMPORT, row=one_import)
def import_abandon_page(row):
    """Ask before an import is abandoned."""
    if row.state in {State.DONE, State.ABANDONED}:
        return see("directory.import_show", import_id=row.id)
    return page("directory/import_abandon.html", row=row, cancel_url=url_for("directory.import_show", import_id=row.id))


@blueprint.post("/imports/<int:import_id>/abandon")
@requires(permissions.IMPORT, row=one_import)
def import_abandon(row):
    """End an import where it is."""
    abandon_import(row, actor=viewer(), at=now())
    message(_("The import is abandoned. What it held of people is erased."))
    return see("directory.import_show", import_id=row.id)


@blueprint.get("/imports/now-<any(people, services):kind>.csv")
@requires(permissions.IMPORT)
def import_now(kind):
    """Give the people, or the services, as they are now: a file that imported again changes nothing."""
    names = PEOPLE_NAMES if kind == Kind.PEOPLE else SERVICE_NAMES
    rows = people_rows() if kind == Kind.PEOPLE else service_rows()
    return export("csv", kind, columns=[Column(name, KNOWN[kind][name][0]) for name in names], rows=rows)


PEOPLE_NAMES = ("matricule", "name", "email", "service", "service_code", "job_title", "phone", "superior", "leaves_on")
SERVICE_NAMES = ("code", "name", "parent_code")
