"""Tables of the fair: stands, who holds them, whose turn it is to speak (C35)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Personal, Subject, group_id, person_id

from plugins.programmes.models.programme import KEEP_DAYS, MAX_PLACE, Base, of_programme

MAX_STAND = 120
MAX_POINT = 160
POINTS = 3


class Stand(Base):
    """What a lab shows at the fair: a title, three points, a QR code (C35 SPEC 1).

    It is read by whoever reads the programme, and by whoever stands before it and scans its code.

    :ivar place: where in the room: « table 3 »
    :ivar lab_group_id: the lab whose stand it is, if it is one of here
    :ivar position: order of the turns (C35 SPEC 3)
    :ivar pack_told_at: when its holders were told that their pack waits (C35 SPEC 4)
    """

    __tablename__ = "programmes_stand"
    __plain__ = ("title", "point_1", "point_2", "point_3", "place")
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    title: Mapped[str] = mapped_column(sa.String(MAX_STAND))
    point_1: Mapped[str] = mapped_column(sa.String(MAX_POINT), default="")
    point_2: Mapped[str] = mapped_column(sa.String(MAX_POINT), default="")
    point_3: Mapped[str] = mapped_column(sa.String(MAX_POINT), default="")
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    lab_group_id: Mapped[int | None] = group_id(nullable=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    pack_told_at: Mapped[datetime | None]

    @property
    def points(self) -> list[str]:
        """Give the points that are written."""
        return [point for point in (self.point_1, self.point_2, self.point_3) if point]

    @property
    def subject(self) -> Subject:
        """Give the stand as others speak of it."""
        return Subject("programmes.stand", self.id)


class Holder(Base):
    """Somebody who stands behind a stand: the team that visitors review (C36 SPEC 2)."""

    __tablename__ = "programmes_holder"
    __personal__ = {
        "person_id": Personal(
            "person_id", "holds a stand", KEEP_DAYS, "delete", since="stand_id.programme_id.over_at", at_end="delete"
        )
    }
    __table_args__ = (sa.UniqueConstraint("stand_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stand_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes_stand.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = person_id()


class Turn(Base):
    """Seven minutes of one stand (C35 SPEC 3); one at a time in a programme.

    :ivar ended_at: None while it runs, even past its time
    """

    __tablename__ = "programmes_turn"
    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = of_programme()
    stand_id: Mapped[int] = mapped_column(sa.ForeignKey("programmes_stand.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def stand_subject(self) -> Subject:
        """Give the stand that has the floor, as others speak of it."""
        return Subject("programmes.stand", self.stand_id)
