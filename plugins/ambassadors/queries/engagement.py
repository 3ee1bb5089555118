"""Which level of engagement somebody chose (C22). Nothing here counts, compares or orders people by it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import READER, Audience, Viewer, fold, reading, session, setting

from plugins.ambassadors.models.engagement import LEVELS, PAUSED, Engagement, LevelChange

PLUGIN = "ambassadors"
_OF = sa.select(Engagement).where(Engagement.author_id == sa.bindparam("person"))
_OPEN = sa.select(Engagement.level).where(
    Engagement.author_id == sa.bindparam("person"),
    Engagement.readable(),
    Engagement.author_id != READER,
    Engagement.audience != Audience.SELF,
    Engagement.level.not_in(("", PAUSED)),
)
_PAST = (
    sa.select(LevelChange)
    .where(LevelChange.person_id == READER)
    .order_by(LevelChange.changed_at.desc(), LevelChange.id.desc())
)


def engagement_of(person_id: int) -> Engagement | None:
    """Give the engagement of a person, whoever asks: for services, and for the page of its owner."""
    return session.scalar(_OF, {"person": person_id})


def is_paused(person_id: int) -> bool:
    """Tell whether a person pauses: nobody asks them anything, and their card is not found (C22 SPEC 5)."""
    found = engagement_of(person_id)
    return found is not None and found.level == PAUSED


def level_words() -> dict[str, str]:
    """Give the levels as the collectivity calls them, alphabetical: none is above another (C22 SPEC 1 and 4)."""
    said = {level: str(setting(PLUGIN, f"label_{level}")) for level in LEVELS}
    return dict(sorted(said.items(), key=lambda pair: fold(pair[1])))


def shown_level(viewer: Viewer, person_id: int, *, at: datetime) -> str:
    """Name the level of somebody who lets `viewer` know it; empty otherwise, and of who chose none or pauses."""
    level = session.scalar(_OPEN, reading(viewer, at=at, person=person_id))
    return level_words()[level] if level else ""


def own_past(viewer: Viewer) -> list[LevelChange]:
    """List the levels a person chose, newest first: theirs alone to read (C22 SPEC 4)."""
    return list(session.scalars(_PAST, {"reader_id": viewer.person_id}))
