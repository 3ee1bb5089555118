"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role.

The manifest is their only source; these are its names for code. Services ask the same facts again, because a service
may be called without any page.
"""

from __future__ import annotations

from portal.api import Viewer

CARD = "ambassadors.card"
ASK = "ambassadors.ask"
WANT = "ambassadors.want"
TYPE = "ambassadors.type"
WORDS = "ambassadors.words"
MIRROR = "ambassadors.mirror"
WORKFORCE = "ambassadors.workforce"
ASSESS = "ambassadors.assess"


def may(viewer: Viewer, permission: str, target: object | None) -> bool:
    """Tell whether the facts allow `permission`; no role opens a card (C08 SPEC 1, P19)."""
    posted_by = getattr(target, "author_id", None)
    if permission == WANT and posted_by is not None and posted_by == viewer.person_id:
        return True  # whoever left the lab closes what they posted there
    if permission in {WANT, MIRROR}:
        return bool(viewer.lab_ids)
    if permission == TYPE:
        return bool(viewer.lab_ids & viewer.animated_ids)
    return True
