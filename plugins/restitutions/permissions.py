"""Names of the permissions of `plugin.toml`, and the facts each one needs beyond the role: whose session it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from portal.api import Audience, Subject, Viewer, ask_plugins

ADD = "restitutions.add"
HIDE = "restitutions.hide"
WITHDRAW = "restitutions.withdraw"


class Session(NamedTuple):
    """A session, as its plugin speaks of it.

    :ivar group_id: of an audience that speaks of a group
    :ivar runners: ids of who animates it
    """

    audience: str = Audience.INTRANET
    group_id: int | None = None
    runners: frozenset[int] = frozenset()


def session_facts(subject: Subject | None) -> Session:
    """Give who reads a session and who runs it: every agent of none at all, nobody of one that no plugin speaks for."""
    found: Sequence[Any] = ask_plugins("restitutions_readers", subject=subject) if subject else [Session()]
    return Session(*found[0]) if found else Session(Audience.SELF)


def runs(viewer: Viewer, subject: Subject | None) -> bool:
    """Tell whether somebody animates a session."""
    return viewer.person_id is not None and viewer.person_id in session_facts(subject).runners


def may(viewer: Viewer, permission: str, target: Any) -> bool:
    """Tell whether the facts allow it: one changes what is one's own; who animates a group, or the session, hides.

    Whoever hid a restitution alone shows it again.
    """
    if permission == HIDE:
        return _may_hide(viewer, target)
    owner_id = getattr(target, "author_id", None)
    return owner_id is None or owner_id == viewer.person_id


def _may_hide(viewer: Viewer, restitution: Any) -> bool:
    if restitution is None:
        return bool(viewer.animated_ids)
    if restitution.hidden_at is not None:
        return bool(restitution.hidden_by_id == viewer.person_id)
    return bool(viewer.animated_ids) or runs(viewer, restitution.restituted)
