"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role.

The manifest is their only source; these are its names for code. Services ask the same facts again, because a service
may be called without any page.
"""

from __future__ import annotations

from typing import Any

from portal.api import Role, Viewer

MAKE = "programmes.make"
ORGANISE = "programmes.organise"
COME = "programmes.come"
HOLD = "programmes.hold"
SUBSCRIBE = "programmes.subscribe"

CONVENERS = frozenset({Role.PLUGIN_ADMIN, Role.ADMIN})


def may(viewer: Viewer, permission: str, target: Any) -> bool:
    """Tell whether the facts allow `permission`; what needs a programme or a stand is asked by loaders and services.

    A day is prepared by somebody of a lab, or by who administers the plugins where no lab exists yet.
    """
    if permission == MAKE:
        return bool(viewer.lab_ids) or viewer.role in CONVENERS
    return True
