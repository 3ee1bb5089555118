"""What the permanent labs and the projects put on « Aujourd'hui », on the pages of subjects, in links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer, can, local_midnight, now, session, texts

from plugins.labs import permissions
from plugins.labs.models.lab import Lab, Vote
from plugins.labs.models.project import Project
from plugins.labs.queries.labs import lab_by_id, margins_to_review
from plugins.labs.queries.members import animators_of
from plugins.labs.queries.projects import (
    changes_waiting_for,
    readable_project,
    results_expected_of,
    waiting_change,
)
from plugins.labs.queries.votes import votes_waiting_for
from plugins.labs.views.days import today

_ = texts("labs")


def lab_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give the votes, the changes of clause and the margins that wait for this person, and the results promised."""
    if not viewer.is_signed_in:
        return []
    return [*_votes(viewer), *_changes(viewer), *_margins(viewer), *_results(viewer)]


def _votes(viewer: Viewer) -> Iterator[HomeItem]:
    for lab, vote in votes_waiting_for(viewer, at=now()):
        url = url_for("labs.vote", lab_id=lab.id, vote_id=vote.id)
        title = _("A vote of “%(lab)s” waits for your voice", lab=lab.name)
        yield HomeItem("todo", title, url, due_at=vote.ends_at, action=(_("Give my voice"), url))


def _changes(viewer: Viewer) -> Iterator[HomeItem]:
    for project, _change in changes_waiting_for(viewer):
        url = url_for("labs.project", project_id=project.id)
        title = _("“%(title)s”: a change of clause waits for your agreement", title=project.title)
        yield HomeItem("todo", title, url, action=(_("Answer"), url))


def _margins(viewer: Viewer) -> Iterator[HomeItem]:
    for lab, margin in margins_to_review(viewer, by=today()):
        url = url_for("labs.margin", lab_id=lab.id, margin_id=margin.id)
        title = _("Can this still change in “%(lab)s”?", lab=lab.name)
        due_at = local_midnight(margin.review_on)
        yield HomeItem("todo", title, url, lines=(margin.text,), due_at=due_at, action=(_("Look again"), url))


def _results(viewer: Viewer) -> Iterator[HomeItem]:
    for project in results_expected_of(viewer):
        if project.expected_on is None:
            continue
        is_late = project.expected_on < today()
        state = (_("the day has passed"), "late") if is_late else (_("to come"), "wait")
        yield HomeItem(
            "promised",
            project.expected_what,
            url_for("labs.project", project_id=project.id),
            lines=(_("Expected by %(who)s", who=project.expected_by), project.title),
            due_at=local_midnight(project.expected_on),
            state=state,
        )


def lab_card(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name a lab, a project or a vote for somebody who may read it."""
    if not viewer.is_agent:
        return None
    makers = {"labs.lab": _lab_card, "labs.project": _project_card, "labs.vote": _vote_card}
    make = makers.get(subject.kind)
    return make(subject.id, viewer) if make else None


def _lab_card(lab_id: int, viewer: Viewer) -> SubjectCard | None:
    lab = lab_by_id(lab_id)
    return SubjectCard(lab.name, url_for("labs.show", lab_id=lab.id)) if lab else None


def _project_card(project_id: int, viewer: Viewer) -> SubjectCard | None:
    project = readable_project(viewer, project_id, at=now())
    return SubjectCard(project.title, url_for("labs.project", project_id=project.id)) if project else None


def _vote_card(vote_id: int, viewer: Viewer) -> SubjectCard | None:
    vote = session.get(Vote, vote_id)
    if vote is None:
        return None
    lab = lab_by_id(vote.lab_id)
    url = url_for("labs.vote", lab_id=vote.lab_id, vote_id=vote.id)
    return SubjectCard(_("Vote of “%(lab)s”", lab=lab.name if lab else ""), url)


def lab_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what this person may do with a lab or a project, in the same place as what other plugins add."""
    if subject.kind == "labs.lab":
        lab = lab_by_id(subject.id)
        return list(_on_lab(lab, viewer)) if lab else []
    if subject.kind == "labs.project":
        project = readable_project(viewer, subject.id, at=now())
        return list(_on_project(project, viewer)) if project else []
    return []


def _on_lab(lab: Lab, viewer: Viewer) -> Iterator[Action]:
    is_alive = lab.closed_at is None
    if is_alive and can(viewer, permissions.PROJECT, lab):
        yield Action(_("Open a project"), url_for("labs.new_project", lab_id=lab.id), order=20)
    if is_alive and can(viewer, permissions.ANIMATE, lab):
        yield Action(_("Settings"), url_for("labs.settings", lab_id=lab.id), order=60)
        yield Action(_("Who carries it"), url_for("labs.sponsors", lab_id=lab.id), order=61)
    if viewer.is_signed_in and lab.group_id in viewer.group_ids:
        yield Action(_("Leave the lab"), url_for("labs.leave_page", lab_id=lab.id), kind="quiet", order=90)
    if can(viewer, permissions.CREATE, lab):
        yield from _of_administrators(lab)


def _of_administrators(lab: Lab) -> Iterator[Action]:
    if lab.closed_at is not None:
        yield Action(_("Open the lab again"), url_for("labs.reopen", lab_id=lab.id), method="post", order=95)
        return
    if not animators_of(lab):
        yield Action(_("Name an animator"), url_for("labs.animator", lab_id=lab.id), order=94)
    yield Action(_("Close the lab"), url_for("labs.close_page", lab_id=lab.id), kind="quiet", order=96)


def _on_project(project: Project, viewer: Viewer) -> Iterator[Action]:
    is_lead, is_guarantor = (viewer.person_id == who for who in (project.lead_id, project.guarantor_id))
    number: dict[str, Any] = {"project_id": project.id}
    if is_lead and project.closed_at is not None:
        yield Action(_("Correct what was learnt"), url_for("labs.end", **number), kind="quiet", order=30)
    if project.closed_at is not None or not can(viewer, permissions.STEER, project):
        return
    if is_lead:
        yield Action(_("End the project"), url_for("labs.end", **number), order=20)
        yield Action(_("Reword"), url_for("labs.reword", **number), order=30)
    yield Action(_("Hand the project over"), url_for("labs.lead", **number), kind="quiet", order=50)
    if (is_lead or is_guarantor) and project.guarantor_id and waiting_change(project.id) is None:
        yield Action(_("Propose another clause"), url_for("labs.clause", **number), kind="quiet", order=40)
    if is_guarantor or (is_lead and project.guarantor_id is None):
        yield Action(_("Name a guarantor"), url_for("labs.guarantor", **number), kind="quiet", order=60)
    if is_guarantor:
        yield Action(_("Stop vouching"), url_for("labs.stop_vouching_page", **number), kind="quiet", order=70)
