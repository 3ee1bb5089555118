"""Acts of the lead and the guarantor of a project: words, clause, lead, guarantor, end (C02)."""

from __future__ import annotations

from flask import url_for

from portal.api import form_page, function_choices, message, now, page, requires, see, texts, viewer

from plugins.labs import permissions
from plugins.labs.forms.labs import PersonForm
from plugins.labs.forms.projects import CLAUSES, ClauseForm, EndForm, RewordForm
from plugins.labs.services.clauses import agree, propose_clause, refuse
from plugins.labs.services.projects import (
    end_of,
    end_project,
    hand_over,
    name_guarantor,
    reword_project,
    stop_vouching,
)
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.days import today
from plugins.labs.views.loaders import one_project

_ = texts("labs")


def _back(project):
    return see("labs.project", project_id=project.id)


def _form(template, form, project, **context):
    return form_page(
        template,
        form,
        project=project,
        lab=project.lab,
        clauses=CLAUSES,
        cancel_url=url_for("labs.project", project_id=project.id),
        **context,
    )


@blueprint.route("/projects/<int:project_id>/words", methods=["GET", "POST"])
@requires(permissions.STEER, project=one_project)
def reword(project):
    """Change the words of a project, and who can read it."""
    form = RewordForm(obj=project)
    form.audience.for_group(project.reader_group_id)
    if viewer().person_id != project.author_id:
        del form.audience
    if form.submitted():
        with form.attempt():
            reword_project(viewer(), project, **form.values, at=now())
            message(_("The project is saved."))
            return _back(project)
    return _form("labs/reword_project.html", form, project)


@blueprint.route("/projects/<int:project_id>/end", methods=["GET", "POST"])
@requires(permissions.STEER, project=one_project)
def end(project):
    """End a project with one sentence learnt, or correct that sentence."""
    form = EndForm(obj=project if project.closed_at else None).shown_with(end_of(project))
    if form.submitted():
        with form.attempt():
            end_project(viewer(), project, **form.data, at=now())
            message(_("It is written. Thank you for what you leave to the others."))
            return _back(project)
    return _form("labs/end_project.html", form, project)


@blueprint.route("/projects/<int:project_id>/clause", methods=["GET", "POST"])
@requires(permissions.STEER, project=one_project)
def clause(project):
    """Propose another clause to the other of the two."""
    form = ClauseForm(obj=project)
    if form.submitted():
        with form.attempt():
            reason, clause = form.reason.data or "", form.clause_value
            propose_clause(viewer(), project, clause=clause, reason=reason, at=now(), today=today())
            message(_("The change is proposed. It takes effect when both of you have agreed."))
            return _back(project)
    functions = [name for _number, name in function_choices()]
    return _form("labs/clause.html", form, project, functions=functions, details_open=form.is_expecting)


@blueprint.post("/projects/<int:project_id>/clause/agree")
@requires(permissions.STEER, project=one_project)
def agree_to_clause(project):
    """Agree to the change that waits."""
    agree(viewer(), project, at=now())
    message(_("Your agreement is noted."))
    return _back(project)


@blueprint.post("/projects/<int:project_id>/clause/refuse")
@requires(permissions.STEER, project=one_project)
def refuse_clause(project):
    """Refuse the change that waits, or take it back."""
    refuse(viewer(), project, at=now())
    message(_("The clause stays as it is."))
    return _back(project)


@blueprint.route("/projects/<int:project_id>/lead", methods=["GET", "POST"])
@requires(permissions.STEER, project=one_project)
def lead(project):
    """Hand the project over to another member of the lab."""
    form = PersonForm()
    if form.submitted():
        with form.attempt():
            hand_over(viewer(), project, lab=project.lab, lead=form.who, at=now())
            message(_("%(name)s leads the project.", name=form.who.name))
            return _back(project)
    return _form("labs/lead.html", form, project)


@blueprint.route("/projects/<int:project_id>/guarantor", methods=["GET", "POST"])
@requires(permissions.STEER, project=one_project)
def guarantor(project):
    """Name who vouches for the clause, or hand it on."""
    form = PersonForm()
    if form.submitted():
        with form.attempt():
            name_guarantor(viewer(), project, person=form.who, at=now())
            message(_("%(name)s vouches for the clause.", name=form.who.name))
            return _back(project)
    return _form("labs/guarantor.html", form, project)


@blueprint.get("/projects/<int:project_id>/vouching")
@requires(permissions.STEER, project=one_project)
def stop_vouching_page(project):
    """Ask before somebody stops vouching."""
    cancel_url = url_for("labs.project", project_id=project.id)
    return page("labs/stop_vouching.html", project=project, cancel_url=cancel_url)


@blueprint.post("/projects/<int:project_id>/vouching")
@requires(permissions.STEER, project=one_project)
def stop(project):
    """Stop vouching; one may then no longer read what the audience does not open."""
    stop_vouching(viewer(), project, at=now())
    message(_("You no longer vouch for “%(title)s”.", title=project.title))
    return see("labs.projects")
