"""That somebody did something here, so that nobody asks them whether they are still there (C22 SPEC 6)."""

from __future__ import annotations

from datetime import datetime

from portal.api import session

from plugins.ambassadors.queries.engagement import engagement_of


def note_activity(person_id: int, *, at: datetime) -> None:
    """Note that a person who chose a level is active; the last time only, for themself and the clock."""
    found = engagement_of(person_id)
    if found is not None:
        found.active_at, found.asked_at = at, None
        session.flush()
