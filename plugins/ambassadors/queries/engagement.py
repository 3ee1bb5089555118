"""Which level of engagement somebody chose (C22). Nothing here counts, compares or orders people by it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import session

from plugins.ambassadors.models.engagement import PAUSED, Engagement

_OF = sa.select(Engagement).where(Engagement.author_id == sa.bindparam("person"))


def engagement_of(person_id: int) -> Engagement | None:
    """Give the engagement of a person, whoever asks: for services, and for the page of its owner."""
    return session.scalar(_OF, {"person": person_id})


def is_paused(person_id: int) -> bool:
    """Tell whether a person pauses: nobody asks them anything, and their card is not found (C22 SPEC 5)."""
    found = engagement_of(person_id)
    return found is not None and found.level == PAUSED
