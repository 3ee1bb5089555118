"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role.

The manifest is their only source; these are its names for code. Services ask the same facts again, because a service
may be called without any page.
"""

from __future__ import annotations

from typing import Any

from portal.api import Viewer

OPEN = "labs.open"
JOIN = "labs.join"
TELL = "labs.tell"
VOTE = "labs.vote"
PROJECT = "labs.project"
STEER = "labs.steer"
ANIMATE = "labs.animate"
CREATE = "labs.create"

OF_MEMBERS = frozenset({OPEN, VOTE, PROJECT})


def may(viewer: Viewer, permission: str, target: Any) -> bool:
    """Tell whether the facts allow `permission` on `target`; without a target there is nothing to say.

    Rule: C01 SPEC 1 (members of the lab open), G10 (members vote), C02 SPEC 2 (lead and guarantor steer; an animator of
    the lab may find another lead).
    """
    if target is None:
        return True
    if permission in OF_MEMBERS:
        return target.group_id in viewer.group_ids
    if permission == STEER:
        return viewer.person_id in {target.lead_id, target.guarantor_id} or target.group_id in viewer.animated_ids
    return True
