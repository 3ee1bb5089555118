"""Whose work a lab, a project or an ephemeral lab is, for whoever has it reviewed by peers (C36 SPEC 2)."""

from __future__ import annotations

from portal.api import Subject, group_members, session

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.lab import Lab
from plugins.labs.models.project import Project
from plugins.labs.queries.ephemerals import participant_ids


def team_of(subject: Subject) -> frozenset[int]:
    """Give the members of a lab; of a project those of its lab too; of an ephemeral lab who opened it and is in it."""
    if subject.kind == "labs.lab":
        return _members(session.get(Lab, subject.id))
    if subject.kind == "labs.project":
        project = session.get(Project, subject.id)
        named = {project.lead_id, project.guarantor_id} - {None} if project else set()
        return _members(project.lab if project else None) | frozenset(number for number in named if number)
    if subject.kind == "labs.ephemeral":
        ephemeral = session.get(Ephemeral, subject.id)
        return frozenset([ephemeral.author_id, *participant_ids(ephemeral)]) if ephemeral else frozenset()
    return frozenset()


def _members(lab: Lab | None) -> frozenset[int]:
    return frozenset(member.id for member in group_members(lab.group_id)) if lab else frozenset()
