"""What the core itself answers to the hooks: it has no door of its own."""

from __future__ import annotations

import pluggy

from portal.people.permissions import MANAGE_PLUGINS, MANAGE_SCREENS
from portal.texts import CORE, texts
from portal.values import NavItem

_ = texts(CORE)
hookimpl = pluggy.HookimplMarker("portal")


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the group « Administrer »."""
    return [
        NavItem("administer", _.later("Plugins"), "core.plugins_page", MANAGE_PLUGINS, order=10),
        NavItem("administer", _.later("Shared screens"), "core.screens", MANAGE_SCREENS, order=20),
    ]
