"""Pages of the permanent labs: the list, one lab, its creation, its settings, its end, its poster."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from flask import Response, url_for

from portal.api import (
    Subject,
    Table,
    absolute_url,
    actions_of,
    can,
    export_links,
    exported,
    form_page,
    history_of,
    listing,
    member_counts,
    message,
    now,
    page,
    people,
    qr_svg,
    requires,
    sections_of,
    see,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.labs import permissions
from plugins.labs.forms.labs import LabFilters, LabForm, SettingsForm
from plugins.labs.models.lab import Lab
from plugins.labs.queries.labs import labs_matching, margins_of, one_lab, sponsors_of
from plugins.labs.queries.members import animators_of, members_of
from plugins.labs.queries.projects import projects_of_lab
from plugins.labs.queries.votes import removal_among, running_among, votes_of
from plugins.labs.services.labs import close_lab, create_lab, reopen_lab, set_up_lab
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.days import today
from plugins.labs.views.ephemerals import ephemerals_of_lab
from plugins.labs.views.offers import main_and_others

_ = texts("labs")
COLUMNS: Table = {
    "name": (_.later("Name"), attrgetter("name")),
    "place": (_.later("Usual place"), attrgetter("place")),
    "state": (_.later("State"), lambda lab: _("closed") if lab.closed_at else _("alive")),
}


def _chosen(filters: LabFilters) -> dict[str, Any]:
    return {"words": filters.q.data, "of": viewer() if filters.mine.data else None}


@blueprint.get("/")
@signed_in()
def index():
    """List the labs of the collectivity, alphabetical."""
    filters = LabFilters()
    labs = listing(labs_matching(**_chosen(filters)), order_by=[Lab.folded, Lab.id], ascending=True)
    exports = export_links("labs.index_export", "q", "mine")
    return page(
        "labs/index.html",
        page=labs,
        filters=filters,
        exports=exports,
        sizes=member_counts(lab.group_id for lab in labs.items),
        mine=viewer().group_ids,
        can_create=can(viewer(), permissions.CREATE),
    )


@blueprint.get("/labs.<any(csv, json):fmt>")
@signed_in()
def index_export(fmt):
    """Give the same rows as the list."""
    labs = session.scalars(labs_matching(**_chosen(LabFilters())).order_by(Lab.folded, Lab.id))
    return exported(fmt, "labs", COLUMNS, labs)


@blueprint.get("/<int:lab_id>")
@signed_in(lab=one_lab)
def show(lab):
    """Show one lab: what may still change in it first, whoever reads."""
    subject = Subject("labs.lab", lab.id)
    return page(
        "labs/show.html",
        lab=lab,
        sections=sections_of(subject),
        past=history_of(subject),
        **main_and_others(actions_of(subject)),
        **_facts(lab),
    )


def _facts(lab: Lab) -> dict[str, Any]:
    at = now()
    votes = votes_of(lab.id, at=at)
    projects = projects_of_lab(viewer(), lab.id, at=at)
    return {
        "lines": margins_of(lab.id),
        "removed": removal_among(votes, lab),
        "running": running_among(votes),
        "votes": [tally for tally in votes if tally.is_over],
        "members": members_of(lab),
        "animators": animators_of(lab),
        "sponsors": sponsors_of(lab.id, at=at),
        "projects": projects,
        "leads": people(project.lead_id for project in projects),
        "ephemerals": ephemerals_of_lab(lab.id),
        "today": today(),
        "is_animator": lab.group_id in viewer().animated_ids,
        "is_member": lab.group_id in viewer().group_ids,
    }


@blueprint.route("/new", methods=["GET", "POST"])
@requires(permissions.CREATE)
def create():
    """Create a lab in five fields (law 1)."""
    form = LabForm()
    if form.submitted():
        with form.attempt():
            lab = create_lab(viewer(), **form.values, at=now(), today=today())
            who = form.values["animator"].name
            message(_("The lab “%(name)s” exists. %(who)s animates it.", name=lab.name, who=who))
            return see("labs.show", lab_id=lab.id)
    return form_page("labs/create.html", form, cancel_url=url_for("labs.index"))


@blueprint.route("/<int:lab_id>/settings", methods=["GET", "POST"])
@requires(permissions.ANIMATE, lab=one_lab)
def settings(lab):
    """Let an animator set the name, the place, the longest duration."""
    form = SettingsForm(obj=lab)
    form.offer_durations(lab.max_minutes)
    if form.submitted():
        with form.attempt():
            set_up_lab(viewer(), lab, **form.data, at=now())
            message(_("The settings are saved."))
            return see("labs.show", lab_id=lab.id)
    return form_page("labs/settings.html", form, lab=lab, cancel_url=url_for("labs.show", lab_id=lab.id))


@blueprint.get("/<int:lab_id>/close")
@requires(permissions.CREATE, lab=one_lab)
def close_page(lab):
    """Ask before a lab is closed."""
    return page("labs/close.html", lab=lab, cancel_url=url_for("labs.show", lab_id=lab.id))


@blueprint.post("/<int:lab_id>/close")
@requires(permissions.CREATE, lab=one_lab)
def close(lab):
    """Close a lab."""
    close_lab(viewer(), lab, at=now())
    message(_("The lab is closed. Its pages stay readable, and you can open it again."))
    return see("labs.show", lab_id=lab.id)


@blueprint.post("/<int:lab_id>/reopen")
@requires(permissions.CREATE, lab=one_lab)
def reopen(lab):
    """Take the closing of a lab back."""
    reopen_lab(viewer(), lab, at=now())
    message(_("The lab is open again."))
    return see("labs.show", lab_id=lab.id)


def _door_url(lab: Lab) -> str:
    return absolute_url("labs.open_ephemeral", lab_id=lab.id)


@blueprint.get("/<int:lab_id>/qr.svg")
@signed_in(lab=one_lab)
def qr(lab) -> Response:
    """Draw the code of the wall: whoever scans it opens an ephemeral lab here."""
    return qr_svg(_door_url(lab))


@blueprint.get("/<int:lab_id>/poster")
@signed_in(lab=one_lab)
def poster(lab):
    """Print the sheet that hangs on the wall of the lab."""
    return page("labs/poster.html", lab=lab, door=_door_url(lab), printed_at=now(), poster=True)
