"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role.

The manifest is their only source; these are its names for code. Services ask the same facts again, because a service
may be called without any page.
"""

from __future__ import annotations

from typing import Any

from portal.api import Viewer

OPEN = "regards.open"
WRITE = "regards.write"
RUN = "regards.run"
ANSWER = "regards.answer"


def may(viewer: Viewer, permission: str, _target: Any) -> bool:
    """Tell whether the facts allow `permission`; what needs a round or a team is asked by the services."""
    return permission != OPEN or bool(viewer.lab_ids)
