"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role."""

from __future__ import annotations

from portal.api import Viewer

ADD = "restitutions.add"
WITHDRAW = "restitutions.withdraw"


def may(viewer: Viewer, permission: str, target: object | None) -> bool:
    """Tell whether the facts allow it: one changes what is one's own; who animates a group takes down, and no more."""
    owner_id = getattr(target, "author_id", None)
    is_own = owner_id is None or owner_id == viewer.person_id
    return is_own or (permission == WITHDRAW and bool(viewer.animated_ids))
