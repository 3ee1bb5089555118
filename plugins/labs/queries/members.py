"""Who belongs to a lab: members in alphabetical order, never in any other (law 3)."""

from __future__ import annotations

from portal.api import Person, Viewer, group_animators, group_members

from plugins.labs.models.lab import Lab


def members_of(lab: Lab) -> list[Person]:
    """List the members of a lab, animators included, alphabetical."""
    return group_members(lab.group_id)


def animators_of(lab: Lab) -> list[Person]:
    """List the animators of a lab, alphabetical."""
    return group_animators(lab.group_id)


def is_last_animator(lab: Lab, viewer: Viewer) -> bool:
    """Tell whether nobody else animates the lab."""
    return [animator.id for animator in animators_of(lab)] == [viewer.person_id]
