"""Tables of the ephemeral labs: a question, an hour, a sentence learnt (C01).

Nothing here says in which state a lab is: states are derived from the clock (`queries.ephemeral_states`).
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Audience, Audienced, Personal, Subject, person_id

from plugins.labs.models.lab import KEEP_DAYS, Base, Lab

MAX_QUESTION = 240
MAX_PLACE = 160
MAX_REASON = 240
MAX_LEARNT = 1000
MAX_FIRST_NAME = 60
MAX_SERVICE = 120
GUESTS_AN_HOUR = 20
LEVELS = (Audience.LAB, Audience.NETWORK, Audience.INTRANET)


def _of_ephemeral() -> Mapped[int]:
    return mapped_column(sa.ForeignKey("labs_ephemeral.id", ondelete="CASCADE"), index=True)


class Ephemeral(Audienced, Base):
    """An ephemeral lab.

    :ivar folded: the question and what was learnt, without capitals or accents, for search
    :ivar minutes: the duration chosen at the opening; an extension may add as much, once
    :ivar continues_id: the lab this one is the sequel of (« suite de »)
    :ivar resown_from_id: the lab this one is a copy of
    :ivar opening_noted: the sweep, or the opening itself, has published `labs.ephemeral_opened`
    :ivar ending_noted: the sweep has published `labs.ephemeral_closed`, or there is nothing to publish
    """

    __tablename__ = "labs_ephemeral"
    __plain__ = ("audience", "place", "outcome")
    __personal__ = {
        "author_id": Personal("author_id", "opened the lab and chose its audience", None, "pseudonym"),
        "question": Personal("author_id", "says what is worked on", None, "pseudonym"),
        "folded": Personal("author_id", "finds the lab", None, "pseudonym"),
        "extension_reason": Personal("extended_by_id", "says why it lasts longer", None, "pseudonym"),
        "extended_by_id": Personal("extended_by_id", "made the lab last longer", None, "pseudonym"),
        "learnt": Personal("told_by_id", "what was learnt", None, "pseudonym"),
        "told_by_id": Personal("told_by_id", "told the lab", None, "pseudonym"),
    }
    __table_args__ = (
        sa.Index("ix_labs_ephemeral_starting", "opening_noted", "starts_at"),
        sa.Index("ix_labs_ephemeral_ending", "ending_noted", "ends_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_lab.id", ondelete="CASCADE"), index=True)
    question: Mapped[str] = mapped_column(sa.String(MAX_QUESTION))
    folded: Mapped[str] = mapped_column(sa.Text)
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    created_at: Mapped[datetime]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    extended_at: Mapped[datetime | None]
    extended_by_id: Mapped[int | None] = person_id(nullable=True)
    extension_minutes: Mapped[int | None]
    extension_reason: Mapped[str | None] = mapped_column(sa.String(MAX_REASON))
    cancelled_at: Mapped[datetime | None]
    allows_guests: Mapped[bool] = mapped_column(default=False)
    continues_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("labs_ephemeral.id", ondelete="SET NULL"), index=True
    )
    resown_from_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("labs_ephemeral.id", ondelete="SET NULL"), index=True
    )
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    learnt: Mapped[str | None] = mapped_column(sa.String(MAX_LEARNT))
    told_at: Mapped[datetime | None]
    told_by_id: Mapped[int | None] = person_id(nullable=True)
    opening_noted: Mapped[bool] = mapped_column(default=False)
    ending_noted: Mapped[bool] = mapped_column(default=False)
    lab: Mapped[Lab] = relationship(viewonly=True)

    @property
    def group_id(self) -> int | None:
        """Give the core group of its lab: permissions about an ephemeral lab are asked of it."""
        return self.reader_group_id

    @property
    def subject(self) -> Subject:
        """Give the lab as others speak of it."""
        return Subject("labs.ephemeral", self.id)


class Wording(Base):
    """What the question said before a correction (C01 SPEC 9)."""

    __tablename__ = "labs_wording"
    __personal__ = {
        "text": Personal("person_id", "says what was asked before", None, "pseudonym"),
        "person_id": Personal("person_id", "corrected the question", None, "pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    ephemeral_id: Mapped[int] = _of_ephemeral()
    text: Mapped[str] = mapped_column(sa.String(MAX_QUESTION))
    person_id: Mapped[int] = person_id()
    until_at: Mapped[datetime]


class FormerTelling(Base):
    """What the telling said before its author corrected it."""

    __tablename__ = "labs_former_telling"
    __plain__ = ("outcome",)
    __personal__ = {
        "learnt": Personal("person_id", "what was learnt, as first told", None, "pseudonym"),
        "person_id": Personal("person_id", "told the lab", None, "pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    ephemeral_id: Mapped[int] = _of_ephemeral()
    outcome: Mapped[str] = mapped_column(sa.String(20))
    learnt: Mapped[str] = mapped_column(sa.String(MAX_LEARNT))
    person_id: Mapped[int] = person_id()
    until_at: Mapped[datetime]


class Participant(Base):
    """An agent who is, or was for a moment, in a lab; 24 months after its end the row no longer says who (G6).

    :ivar left_at: set when they took their coming back; they then count as never come
    """

    __tablename__ = "labs_participant"
    __personal__ = {
        "person_id": Personal("person_id", "took part in the lab", KEEP_DAYS, "pseudonym", since="ephemeral_id.ends_at")
    }
    __table_args__ = (sa.UniqueConstraint("ephemeral_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    ephemeral_id: Mapped[int] = _of_ephemeral()
    person_id: Mapped[int | None] = person_id(nullable=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Guest(Base):
    """Somebody without an account, who came by the QR code of an open lab (C01 SPEC 8).

    First name and service belong to no account: 24 months after the end of the lab they are emptied, the row stays so
    that sums never change (G6).

    :ivar key: drawn with the form, so that a second click is the same guest; also opens « it was not me »
    """

    __tablename__ = "labs_guest"
    __plain__ = ("key",)
    __personal__ = {
        "first_name": Personal(None, "says who came as a guest", KEEP_DAYS, since="ephemeral_id.ends_at"),
        "service": Personal(None, "says where a guest comes from", KEEP_DAYS, since="ephemeral_id.ends_at"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    ephemeral_id: Mapped[int] = _of_ephemeral()
    key: Mapped[str] = mapped_column(sa.String(43), unique=True)
    first_name: Mapped[str] = mapped_column(sa.String(MAX_FIRST_NAME))
    service: Mapped[str] = mapped_column(sa.String(MAX_SERVICE))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
