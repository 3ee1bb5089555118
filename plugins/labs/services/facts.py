"""The facts that services ask again: a service may be called without any page, a permission alone is a role."""

from __future__ import annotations

from portal.api import Conflict, Forbidden, Viewer, session, texts

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.lab import Lab, Margin, Vote
from plugins.labs.models.project import Project

_ = texts("labs")


def hold(row: Lab | Project | Ephemeral | Vote | Margin) -> None:
    """Read a row anew and keep others from changing it until the end of the transaction: two may act at once."""
    session.refresh(row, with_for_update=True)


def must_be_member(actor: Viewer, lab: Lab) -> int:
    """Give the actor's id.

    :raises Forbidden: the actor does not belong to the lab
    """
    if actor.person_id is None or lab.group_id not in actor.group_ids:
        raise Forbidden(_("Only the members of this lab may do that. Ask one of its animators to add you."))
    return actor.person_id


def must_be_open(lab: Lab) -> None:
    """Go on only in a lab that has not been closed, and keep it as it is until the end of the transaction.

    :raises Conflict: the lab is closed
    """
    hold(lab)
    if lab.closed_at is not None:
        raise Conflict(_("This lab is closed: its pages stay readable, nothing new starts in it."))


def must_animate(actor: Viewer, lab: Lab) -> None:
    """Go on only for an animator of a lab that is not closed.

    :raises Forbidden: the actor does not animate the lab
    :raises Conflict: the lab is closed
    """
    must_be_animator(actor, lab)
    must_be_open(lab)


def must_be_animator(actor: Viewer, lab: Lab) -> None:
    """Go on only for an animator of the lab, closed or not.

    :raises Forbidden: the actor does not animate the lab
    """
    if lab.group_id not in actor.animated_ids:
        raise Forbidden(_("Only the animators of this lab may do that."))


def must_steer(actor: Viewer, project: Project) -> int:
    """Give the actor's id.

    :raises Forbidden: the actor neither leads the project nor vouches for it
    """
    if actor.person_id is None or actor.person_id not in {project.lead_id, project.guarantor_id}:
        raise Forbidden(_("Only the lead and the guarantor of this project may do that."))
    return actor.person_id


def must_lead(actor: Viewer, project: Project) -> None:
    """Go on only for the lead of the project.

    :raises Forbidden: the actor does not lead the project
    """
    if actor.person_id is None or actor.person_id != project.lead_id:
        raise Forbidden(_("Only the lead of this project may do that."))


def must_be_running(project: Project) -> None:
    """Go on only with a project that has not ended.

    :raises Conflict: the project is closed
    """
    if project.closed_at is not None:
        raise Conflict(_("This project has ended: what it says no longer changes."))


def must_have_opened(actor: Viewer, ephemeral: Ephemeral) -> int:
    """Give the actor's id.

    :raises Forbidden: somebody else opened the lab
    """
    if actor.person_id is None or actor.person_id != ephemeral.author_id:
        raise Forbidden(_("Only the person who opened this lab may do that."))
    return actor.person_id
