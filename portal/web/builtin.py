"""What the core itself answers to the hooks: it has no door of its own."""

from __future__ import annotations

import pluggy

from portal.people.leaving import leave_due
from portal.people.permissions import MANAGE_PLUGINS, MANAGE_SCREENS
from portal.texts import CORE, texts
from portal.values import Job, NavItem

_ = texts(CORE)
hookimpl = pluggy.HookimplMarker("portal")


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the group « Administrer »."""
    return [
        NavItem("administer", _.later("Plugins"), "core.plugins_page", MANAGE_PLUGINS, order=10),
        NavItem("administer", _.later("Shared screens"), "core.screens", MANAGE_SCREENS, order=20),
    ]


@hookimpl
def portal_jobs() -> list[Job]:
    """Let those leave whose planned day has come."""
    return [Job("leaving", every_minutes=1, run=leave_due)]
