"""Tables of the levels of engagement: where somebody stands, as they chose it, and how they came there (C22)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Audienced, Personal, person_id

from plugins.ambassadors.models.vocabulary import Base

# Not a ladder: no level is above another, and nothing in the product compares them (C22 SPEC 4).
LEVELS = CURIOUS, RELAY, CONTRIBUTOR, AMBASSADOR, ANIMATOR, PAUSED = (
    "curious",
    "relay",
    "contributor",
    "ambassador",
    "animator",
    "paused",
)
WITH_CHARTER = frozenset({AMBASSADOR, ANIMATOR})
QUIET_DAYS = 182
ANSWER_DAYS = 30


class Engagement(Audienced, Base):
    """The level somebody chose. `author_id` is that person; `audience` says who may know it.

    :ivar before: the level they paused from, to come back to it
    :ivar charter_at: when they said they had read the charter (C22 SPEC 3)
    :ivar active_at: the last thing they did here (C22 SPEC 6)
    :ivar asked_at: when they were asked whether they are still there; empty again once they did something
    """

    __tablename__ = "ambassadors_engagement"
    __plain__ = ("audience",)
    __personal__ = {
        "author_id": Personal("author_id", "whose level of engagement it is", None, "delete"),
        "level": Personal("author_id", "the level of engagement they chose", None, "delete"),
        "before": Personal("author_id", "the level of engagement they chose", None, "delete"),
    }
    __table_args__ = (sa.UniqueConstraint("author_id"), sa.Index("ix_ambassadors_engagement_active", "active_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(sa.String(12))
    before: Mapped[str] = mapped_column(sa.String(12), default="")
    chosen_at: Mapped[datetime]
    charter_at: Mapped[datetime | None]
    active_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]


class LevelChange(Base):
    """A level somebody once chose; nobody reads it but them (C22 SPEC 4)."""

    __tablename__ = "ambassadors_level_change"
    __personal__ = {
        "person_id": Personal("person_id", "whose level of engagement it was", 548, "delete", since="changed_at"),
        "level": Personal("person_id", "the level of engagement they chose", None, "delete"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = person_id()
    level: Mapped[str] = mapped_column(sa.String(12))
    changed_at: Mapped[datetime]
