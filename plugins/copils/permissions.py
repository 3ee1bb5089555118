"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role.

The manifest is their only source; these are its names for code. Services ask the same facts again, because a service
may be called without any page.
"""

from __future__ import annotations

from typing import Any

from portal.api import Role, Viewer

ANNOUNCE = "copils.announce"
ASK = "copils.ask"
FACILITATE = "copils.facilitate"
ANSWER = "copils.answer"
KEEP = "copils.keep"
CONFIRM = "copils.confirm"

CONVENERS = frozenset({Role.PLUGIN_ADMIN, Role.ADMIN})


def may(viewer: Viewer, permission: str, target: Any) -> bool:
    """Tell whether the facts allow `permission`; what needs a question or a commitment is asked by the services.

    Who animates a group here, or administers the plugins, convenes a copil: it takes an agreement with the deciders.
    """
    if permission == ANNOUNCE:
        return bool(viewer.animated_ids) or viewer.role in CONVENERS
    return True
