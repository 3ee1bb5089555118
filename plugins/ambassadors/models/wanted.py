"""Tables of the board « On cherche »: what somebody could take on, by the time it needs (C44)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from portal.api import Audienced, Personal, Subject, local_day, person_id

from plugins.ambassadors.models.vocabulary import Base

BOARD = Subject("ambassadors.board", 1)  # there is one
MAX_TITLE = 120
MAX_DETAILS = 600
MAX_PLACE = 120
KEEP_DAYS = 365
WORDED = ("title", "folded", "details", "place")


class Wanted(Audienced, Base):
    """Something to take on. `author_id` posted it.

    :ivar minutes: the time it needs: 15, 60 or 240
    :ivar brevity: what the board is ordered by, the shortest first like the newest first
    :ivar is_without_computer: one needs neither a computer nor an e-mail address for it
    :ivar tag_id: the role of the vocabulary it is, if any
    :ivar until_at: from then on it is no longer looked for
    :ivar closed_at: when its author closed it
    :ivar is_found: closed because somebody came
    """

    __tablename__ = "ambassadors_wanted"
    __plain__ = ("audience",)
    __personal__ = {
        "author_id": Personal("author_id", "posted what is looked for", KEEP_DAYS, "delete", since="until_at"),
        **{name: Personal("author_id", "what is looked for", None, "delete") for name in WORDED},
    }
    __table_args__ = (sa.Index("ix_ambassadors_wanted_posted", "posted_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(MAX_TITLE))
    folded: Mapped[str] = mapped_column(sa.Text)
    details: Mapped[str] = mapped_column(sa.Text)
    minutes: Mapped[int] = mapped_column()
    brevity: Mapped[int] = column_property(-minutes)
    is_without_computer: Mapped[bool]
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    tag_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ambassadors_tag.id", ondelete="SET NULL"), index=True)
    posted_at: Mapped[datetime]
    until_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    is_found: Mapped[bool] = mapped_column(default=False)

    @property
    def subject(self) -> Subject:
        """Give it as others speak of it."""
        return Subject("ambassadors.wanted", self.id)

    @property
    def last_on(self) -> date:
        """Give the last day on which it is looked for."""
        return local_day(self.until_at) - timedelta(days=1)


class Reply(Base):
    """« Je peux »: read by whoever posted it and by whoever said so, nobody else.

    :ivar reach: how to reach them, in their words
    """

    __tablename__ = "ambassadors_reply"
    __personal__ = {
        "person_id": Personal("person_id", "says they can take it on", KEEP_DAYS, "delete", since="said_at"),
        "reach": Personal("person_id", "how to reach who can take it on", None, "delete"),
    }
    __table_args__ = (sa.UniqueConstraint("wanted_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    wanted_id: Mapped[int] = mapped_column(sa.ForeignKey("ambassadors_wanted.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = person_id()
    reach: Mapped[str] = mapped_column(sa.Text)
    said_at: Mapped[datetime]
