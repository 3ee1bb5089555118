"""The table of contents of `programmes`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import SubjectType, Viewer, hookimpl, texts

from plugins.programmes import permissions
from plugins.programmes.views.blueprint import blueprint

_ = texts("programmes")


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("programmes.programme", _.later("Programme of a day"), can_follow=True),
        SubjectType("programmes.slot", _.later("Slot")),
        SubjectType("programmes.stand", _.later("Stand")),
    ]


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)
