"""Subjects of labs as others speak of them: their cards, and what one may do with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for

from portal.api import Action, Subject, SubjectCard, Viewer, can, is_question, now, reading, session, texts

from plugins.labs import permissions
from plugins.labs.models.lab import Lab, Vote
from plugins.labs.models.project import Project
from plugins.labs.queries.ephemerals import ephemerals_for
from plugins.labs.queries.labs import lab_by_id, labs_of
from plugins.labs.queries.members import animators_of
from plugins.labs.queries.projects import ProjectSearch, readable_project, waiting_change
from plugins.labs.views.loaders import glance_for
from plugins.labs.views.offers import lab_offers, offers_of

_ = texts("labs")
Named = tuple[int, str, str]  # number, title, address


def cards_of(kind: str, ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    make = CARDS.get(kind)
    return [SubjectCard(title, url, Subject(kind, number)) for number, title, url in make(ids, viewer)] if make else []


def _ephemerals(ids: Iterable[int], viewer: Viewer) -> Iterator[Named]:
    for found in ephemerals_for(viewer, ids, at=now()):
        yield found.id, found.question, url_for("labs.ephemeral", ephemeral_id=found.id)


def _labs(ids: Iterable[int], viewer: Viewer) -> Iterator[Named]:
    for lab in session.scalars(sa.select(Lab).where(Lab.id.in_(ids))) if viewer.is_agent else ():
        yield lab.id, lab.name, url_for("labs.show", lab_id=lab.id)


def _projects(ids: Iterable[int], viewer: Viewer) -> Iterator[Named]:
    matching = ProjectSearch().statement.where(Project.id.in_(ids))
    asked = reading(viewer, at=now())
    for found in session.scalars(matching, asked) if viewer.is_agent else ():
        yield found.id, found.title, url_for("labs.project", project_id=found.id)


def _votes(ids: Iterable[int], viewer: Viewer) -> Iterator[Named]:
    found = sa.select(Vote.id, Lab).join(Lab, Lab.id == Vote.lab_id).where(Vote.id.in_(ids))
    for number, lab in session.execute(found) if viewer.is_agent else ():
        yield number, _("Vote of “%(lab)s”", lab=lab.name), url_for("labs.vote", lab_id=lab.id, vote_id=number)


CARDS = {"labs.ephemeral": _ephemerals, "labs.lab": _labs, "labs.project": _projects, "labs.vote": _votes}


def actions_on(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what this person may do with a subject of ours, beside what other plugins add; or with an open question."""
    if subject.kind == "labs.ephemeral":
        glance = glance_for(viewer, subject.id)
        return offers_of(glance, viewer) if glance else []
    if subject.kind == "labs.lab":
        lab = lab_by_id(subject.id)
        return [*lab_offers(lab, viewer), *_on_lab(lab, viewer)] if lab else []
    if subject.kind == "labs.project":
        project = readable_project(viewer, subject.id, at=now())
        return list(_on_project(project, viewer)) if project else []
    return list(_on_question(subject, viewer)) if is_question(subject.kind) else []


def _on_question(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Offer to open an ephemeral lab on an open question of another plugin (C36 SPEC 5)."""
    for lab in labs_of(viewer):
        if lab.closed_at is None and can(viewer, permissions.OPEN, lab):
            url = url_for("labs.open_ephemeral", lab_id=lab.id, takes_up=str(subject))
            yield Action(_("Open an ephemeral lab on it (%(lab)s)", lab=lab.name), url, order=30)


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
