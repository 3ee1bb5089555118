"""Who writes what is theirs."""

from __future__ import annotations

from portal.api import Forbidden, Viewer


def owner_of(actor: Viewer) -> int:
    """Give the person who acts.

    :raises Forbidden: nobody is there
    """
    if actor.person_id is None:
        raise Forbidden
    return actor.person_id
