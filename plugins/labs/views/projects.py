"""Pages of the light projects: the list, one project, opening one, the cheerful graveyard (C02)."""

from __future__ import annotations

from operator import attrgetter

from flask import url_for

from portal.api import (
    Subject,
    Table,
    actions_of,
    export_links,
    exported,
    form_page,
    function_choices,
    history_of,
    listing,
    local_day,
    message,
    now,
    page,
    people,
    readers_sentence,
    reading,
    requires,
    sections_of,
    see,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.labs import permissions
from plugins.labs.forms.projects import CLAUSES, STATES, ProjectFilters, ProjectForm
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.models.project import Project
from plugins.labs.queries.labs import one_lab, open_labs
from plugins.labs.queries.projects import (
    instants_that_stopped,
    past_changes,
    stopped_between,
    waiting_change,
)
from plugins.labs.services.projects import open_project
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.days import today, year_span
from plugins.labs.views.loaders import one_project

_ = texts("labs")
SETTLED = {
    "applied": _.later("agreed by both, in force"),
    "refused": _.later("refused"),
    "withdrawn": _.later("taken back"),
}


def _leads(projects):
    return people(project.lead_id for project in projects)


@blueprint.get("/projects")
@signed_in()
def projects():
    """List the projects one may read, newest first, whatever became of them (C02 SPEC 5)."""
    filters = ProjectFilters()
    search = filters.search
    asked = reading(viewer(), at=now(), **search.values)
    found = listing(search.statement, asked, order_by=[Project.opened_at, Project.id])
    exports = export_links("labs.projects_export", "q", "state", "lab")
    return page(
        "labs/projects.html",
        page=found,
        filters=filters,
        exports=exports,
        states=STATES.items(),
        lab_choices=[("", _("all")), *((lab.id, lab.name) for lab in open_labs())],
        leads=_leads(found.items),
    )


COLUMNS: Table = {
    "title": (_.later("The project"), attrgetter("title")),
    "lab": (_.later("Lab"), attrgetter("lab.name")),
    "clause": (_.later("Clause"), lambda project: CLAUSES[project.clause]),
    "expected_by": (_.later("Who expects it"), attrgetter("expected_by")),
    "expected_what": (_.later("What is expected"), attrgetter("expected_what")),
    "expected_on": (_.later("By what day"), attrgetter("expected_on")),
    "opened": (_.later("Opened on"), lambda project: local_day(project.opened_at)),
    "ended": (_.later("Ended on"), lambda project: local_day(project.closed_at) if project.closed_at else None),
    "outcome": (_.later("How it ended"), lambda project: OUTCOMES.get(project.outcome)),
    "learnt": (_.later("What was learnt"), attrgetter("learnt")),
}


@blueprint.get("/projects.<any(csv, json):fmt>")
@signed_in()
def projects_export(fmt):
    """Give the same rows as the list, each with its own end, without any sum."""
    search = ProjectFilters().search
    newest = search.statement.order_by(Project.opened_at.desc(), Project.id.desc())
    found = session.scalars(newest, reading(viewer(), at=now(), **search.values))
    return exported(fmt, "projects", COLUMNS, found)


@blueprint.get("/projects/<int:project_id>")
@signed_in(project=one_project)
def project(project):
    """Show one project, its clause first (C02)."""
    subject = Subject("labs.project", project.id)
    return page(
        "labs/project.html",
        project=project,
        sections=sections_of(subject),
        offers=actions_of(subject),
        past=history_of(subject),
        **_facts(project),
    )


def _facts(project):
    change = waiting_change(project.id)
    return {
        "lab": project.lab,
        "clauses": CLAUSES,
        "outcomes": OUTCOMES,
        "settled": SETTLED,
        "change": change,
        "former_clauses": past_changes(project.id),
        "names": people({project.lead_id, *([project.guarantor_id] if project.guarantor_id else [])}),
        "readers": readers_sentence(project.audience, project.reader_group_id),
        "may_steer": viewer().person_id in {project.lead_id, project.guarantor_id},
        "is_mine_to_answer": change is not None and _waits_for_me(project, change),
        "today": today(),
    }


def _waits_for_me(project, change):
    agreed_at = {project.lead_id: change.lead_agreed_at, project.guarantor_id: change.guarantor_agreed_at}
    return viewer().is_signed_in and agreed_at.get(viewer().person_id, now()) is None


@blueprint.route("/<int:lab_id>/projects/new", methods=["GET", "POST"])
@requires(permissions.PROJECT, lab=one_lab)
def new_project(lab):
    """Open a project; whoever opens it leads it."""
    form = ProjectForm()
    form.audience.for_group(lab.group_id)
    if form.submitted():
        with form.attempt():
            project = open_project(viewer(), lab, **form.values, at=now(), today=today())
            message(_("The project is open. It owes what its clause says, and nothing more."))
            return see("labs.project", project_id=project.id)
    functions = [name for _number, name in function_choices()]
    cancel_url = url_for("labs.show", lab_id=lab.id)
    context = {"lab": lab, "functions": functions, "cancel_url": cancel_url, "details_open": form.is_expecting}
    return form_page("labs/new_project.html", form, **context)


@blueprint.get("/projects/graveyard")
@signed_in()
def graveyards():
    """Lead to the last year in which something was stopped, or to this one."""
    years = _years()
    return see("labs.graveyard", year=years[0] if years else today().year)


def _years():
    found = instants_that_stopped(viewer(), at=now())
    return sorted({local_day(instant).year for instant in found}, reverse=True)


@blueprint.get("/projects/graveyard/<int(min=2000, max=2999):year>")
@signed_in()
def graveyard(year):
    """Show what was stopped in a year, and what it saved: words, never sums (law 3)."""
    stopped = _stopped(year)
    exports = export_links("labs.graveyard_export", year=year)
    return page("labs/graveyard.html", year=year, years=_years(), stopped=stopped, exports=exports)


def _stopped(year):
    since, until = year_span(year)
    return stopped_between(viewer(), since=since, until=until, at=now())


@blueprint.get("/projects/graveyard/<int(min=2000, max=2999):year>.<any(csv, json):fmt>")
@signed_in()
def graveyard_export(year, fmt):
    """Give the same projects as the page."""
    table: Table = {**COLUMNS, "saved": (_("What stopping it saved"), attrgetter("saved"))}
    return exported(fmt, f"graveyard-{year}", table, _stopped(year))
