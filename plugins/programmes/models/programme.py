"""Tables of a day: whose it is, who runs it, its parallel tracks, and how late it became (C34).

Nothing here says in which state a day is: states are derived from the clock (`queries.hours`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import READER, Audience, Audienced, Personal, Subject, person_id, plugin_base

Base: Any = plugin_base("programmes")

KEEP_DAYS = 730
MAX_TITLE = 160
MAX_PLACE = 160
MAX_TRACK = 60
MAX_REASON = 300
LEVELS = (Audience.LAB, Audience.NETWORK, Audience.INTRANET, Audience.PUBLIC)


def _part(table: str, link: str) -> sa.Select[Any]:
    """Select the days of which `READER` has a part in a slot or in a stand."""
    part = sa.table(f"programmes_{table}", sa.column(f"{link}_id"), sa.column("person_id"))
    thing = sa.table(f"programmes_{link}", sa.column("id"), sa.column("programme_id"))
    joined = sa.select(thing.c.programme_id).join(part, part.c[f"{link}_id"] == thing.c.id)
    return joined.where(part.c.person_id == READER)


def of_programme() -> Mapped[int]:
    """Give the column of what belongs to a programme."""
    return mapped_column(sa.ForeignKey("programmes_programme.id", ondelete="CASCADE"), index=True)


class Programme(Audienced, Base):
    """A day: slots from the first coffee to the carnival. Its audience is that of its slots and of its stands.

    Who was named to organise it, to run a slot or to hold a stand reads it too, like the members of a circle: they were
    chosen by name.
    `reader_group_id` is the lab that hosts it, whatever the audience; None for a day that no lab hosts.

    :ivar author_id: None once it is forgotten who made it
    :ivar held_on: the day, in the zone of the collectivity
    :ivar over_at: the midnight after it, from which counts how long people are kept
    :ivar folded: title and place, as they are searched
    :ivar turn_minutes: how long somebody has the floor at « Montre-moi où en est ton projet » (C35 SPEC 3)
    :ivar cancelled_at: it will not be held; its slots stay, so that calendars can be told
    """

    __tablename__ = "programmes_programme"
    __plain__ = ("audience", "title", "place", "folded", "cancel_reason")
    __personal__ = {"author_id": Personal("author_id", "made the programme", KEEP_DAYS, "pseudonym", since="over_at")}
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(MAX_TITLE))
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    folded: Mapped[str] = mapped_column(sa.Text(), default="")
    author_id: Mapped[int | None] = person_id(nullable=True)  # type: ignore[assignment]  # forgotten in the end
    held_on: Mapped[date] = mapped_column(index=True)
    over_at: Mapped[datetime]
    turn_minutes: Mapped[int] = mapped_column(default=7)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(MAX_REASON))

    @classmethod
    def readable(cls) -> sa.ColumnElement[bool]:
        """Give the criterion of the days that `READER` may read: their audience, and those they have a part in."""
        return sa.or_(super().readable(), cls.id.in_(_PARTS))

    @property
    def subject(self) -> Subject:
        """Give the programme as others speak of it."""
        return Subject("programmes.programme", self.id)


class Organiser(Base):
    """Somebody who changes the day with its author, delays it, opens its walls."""

    __tablename__ = "programmes_organiser"
    __personal__ = {
        "person_id": Personal(
            "person_id", "organises the day", KEEP_DAYS, "delete", since="programme_id.over_at", at_end="delete"
        )
    }
    __table_args__ = (sa.UniqueConstraint("programme_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    person_id: Mapped[int] = person_id()


# Named by table: what hangs on a day is declared after it.
_PARTS = sa.union_all(
    sa.select(Organiser.programme_id).where(Organiser.person_id == READER),
    _part("host", "slot"),
    _part("holder", "stand"),
)


class Track(Base):
    """One of several things that go on at once: only across tracks may slots overlap (C34 SPEC 3).

    A day has one of each name: its row is held while a slot is put in one.
    """

    __tablename__ = "programmes_track"
    __plain__ = ("name",)
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    name: Mapped[str] = mapped_column(sa.String(MAX_TRACK))
    position: Mapped[int] = mapped_column(default=0)


class Delay(Base):
    """One push of the delay button (C34 SPEC 6), which can be taken back as long as an hour that it moved stands.

    :ivar minutes: by how much; negative when the day catches up
    """

    __tablename__ = "programmes_delay"
    __personal__ = {
        "actor_id": Personal("actor_id", "delayed the day", KEEP_DAYS, "pseudonym", since="programme_id.over_at")
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    actor_id: Mapped[int | None] = person_id(nullable=True)
    minutes: Mapped[int]
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Moved(Base):
    """When a slot was to be, and to say what it is, before a delay moved it."""

    __tablename__ = "programmes_moved"
    __table_args__ = (sa.UniqueConstraint("delay_id", "slot_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    delay_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes_delay.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes_slot.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reveals_at: Mapped[datetime | None]
