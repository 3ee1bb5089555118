"""Tables of a slot: what happens, from when to when, who runs it, who comes (C34).

What a *surprise* hides until its time is hidden by `queries.shown`, and by nothing else: never hand a `Slot` to a
template, an export or a feed.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Personal, Subject, person_id

from plugins.programmes.models.programme import KEEP_DAYS, MAX_PLACE, Base, Programme, of_programme

MAX_SLOT = 120
MAX_WORDS = 2000

KINDS = PLENARY, WORKSHOP, BREAK, PARTY, UNEXPECTED, SURPRISE = (
    "plenary",
    "workshop",
    "break",
    "party",
    "unexpected",
    "surprise",
)


def of_slot() -> Mapped[int]:
    """Give the column of what belongs to a slot."""
    return mapped_column(sa.ForeignKey("programmes_slot.id", ondelete="CASCADE"), index=True)


class Slot(Base):
    """One line of the programme (C34 SPEC 1).

    :ivar kind: one of `KINDS`; *unexpected* stays empty until the day (C09 SPEC 6)
    :ivar ends_at: None for an open end, « à partir de 17 h 30 »
    :ivar is_fixed: stays where it is when the day runs late: lunch
    :ivar track_id: None for what everybody does together
    :ivar reveals_at: when a *surprise* says what it is (C34 SPEC 2); None for every other kind
    :ivar seats: how many may sign up; None for as many as come
    :ivar takes_names: people sign up
    :ivar uid: of its event in calendars, for ever (C34 SPEC 4, RFC 5545 §3.8.4.7)
    :ivar sequence: one more at each change (RFC 5545 §3.8.7.4)
    :ivar changed_at: its DTSTAMP
    :ivar cancelled_at: it was taken off the programme; it stays for calendars to be told
    """

    __tablename__ = "programmes_slot"
    __plain__ = ("kind", "title", "words", "place", "uid")
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    kind: Mapped[str] = mapped_column(sa.String(10))
    title: Mapped[str] = mapped_column(sa.String(MAX_SLOT), default="")
    words: Mapped[str] = mapped_column(sa.Text(), default="")
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    is_fixed: Mapped[bool] = mapped_column(default=False)
    track_id: Mapped[int | None] = mapped_column(sa.ForeignKey("programmes_track.id", ondelete="SET NULL"), index=True)
    reveals_at: Mapped[datetime | None]
    takes_names: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]
    uid: Mapped[str] = mapped_column(sa.String(40), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    programme: Mapped[Programme] = relationship(viewonly=True)

    @property
    def subject(self) -> Subject:
        """Give the slot as others speak of it."""
        return Subject("programmes.slot", self.id)


class Host(Base):
    """Somebody who runs a slot."""

    __tablename__ = "programmes_host"
    __personal__ = {
        "person_id": Personal(
            "person_id",
            "runs a moment of the day",
            KEEP_DAYS,
            "delete",
            since="slot_id.programme_id.over_at",
            at_end="delete",
        )
    }
    __table_args__ = (sa.UniqueConstraint("slot_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = of_slot()
    person_id: Mapped[int] = person_id()


class SignUp(Base):
    """Somebody who comes to a slot; their own may not overlap (C34 SPEC 3)."""

    __tablename__ = "programmes_sign_up"
    __personal__ = {
        "person_id": Personal(
            "person_id",
            "signed up for a moment of the day",
            KEEP_DAYS,
            "delete",
            since="slot_id.programme_id.over_at",
            at_end="delete",
        )
    }
    __table_args__ = (sa.UniqueConstraint("slot_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = of_slot()
    person_id: Mapped[int] = person_id()
    signed_at: Mapped[datetime]
