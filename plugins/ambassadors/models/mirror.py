"""Tables of the mirror of mix: what people declare of themselves, the workforce beside it, what was published (C19).

Only what was published is ever shown: a picture taken once a quarter, its cells made safe before they were written.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Personal, group_id, person_id

from plugins.ambassadors.models.vocabulary import Base

DIMENSIONS = CATEGORY, DIRECTION, SITE, WORKPLACE, SENIORITY, GENDER = (
    "category",
    "direction",
    "site",
    "workplace",
    "seniority",
    "gender",
)
CATEGORIES = ("A", "B", "C")
DESK, FIELD = "desk", "field"
GENDERS = ("woman", "man", "other")
NEW, SETTLED, LONG = SENIORITIES = ("new", "settled", "long")
# What only the person knows: of these alone a change of figure could tell something of somebody (decision 0017).
DECLARED = (CATEGORY, SITE, WORKPLACE, GENDER)
UNSAID = ""
LEAST = 5
FIRST_ANSWERS = 10
SMALLEST_LAB = 10
MOST_TRIES = 3


class Mix(Base):
    """What a person declares of themself for the mirror; each answer is optional, and deletable (C19 SPEC 6)."""

    __tablename__ = "ambassadors_mix"
    __personal__ = {
        "person_id": Personal("person_id", "declares it for the mirror of mix", 548, "delete", since="declared_at"),
        "category": Personal("person_id", "category, for the mirror of mix", None, "delete"),
        "workplace": Personal("person_id", "desk or field, for the mirror of mix", None, "delete"),
        "site": Personal("person_id", "place of work, for the mirror of mix", None, "delete"),
        "gender": Personal("person_id", "gender, for the mirror of mix", None, "delete"),
    }
    __table_args__ = (sa.UniqueConstraint("person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = person_id()
    category: Mapped[str] = mapped_column(sa.String(1), default="")
    workplace: Mapped[str] = mapped_column(sa.String(10), default="")
    site: Mapped[str] = mapped_column(sa.String(60), default="")
    gender: Mapped[str] = mapped_column(sa.String(20), default="")
    declared_at: Mapped[datetime]


class Workforce(Base):
    """How many agents of the collectivity are in a cell, typed once a year (C19 SPEC 2)."""

    __tablename__ = "ambassadors_workforce"
    __plain__ = ("dimension", "value")
    __table_args__ = (sa.UniqueConstraint("year", "dimension", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    dimension: Mapped[str] = mapped_column(sa.String(12))
    value: Mapped[str] = mapped_column(sa.String(160))
    heads: Mapped[int]


class Mirror(Base):
    """What was published of one lab for one quarter.

    :ivar heads: how many belonged to the lab, as published: a multiple of `LEAST`
    """

    __tablename__ = "ambassadors_mirror"
    __table_args__ = (sa.UniqueConstraint("group_id", "quarter_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = group_id()
    quarter_on: Mapped[date]
    heads: Mapped[int]


class Cell(Base):
    """One published cell: a multiple of `LEAST`, never 0; None where it was suppressed (C19 SPEC 1).

    :ivar of_heads: about how many belonged to the lab when it was counted, which may be before its mirror
    :ivar counted: what a declared answer was counted to be, in the mirror that counted it: never shown, and read by
        nothing but what decides whether to count again
    """

    __tablename__ = "ambassadors_cell"
    __plain__ = ("dimension", "value")
    __table_args__ = (sa.UniqueConstraint("mirror_id", "dimension", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mirror_id: Mapped[int] = mapped_column(sa.ForeignKey("ambassadors_mirror.id", ondelete="CASCADE"))
    dimension: Mapped[str] = mapped_column(sa.String(12))
    value: Mapped[str] = mapped_column(sa.String(160))
    heads: Mapped[int | None]
    of_heads: Mapped[int]
    counted: Mapped[int | None]


class Drawing(Base):
    """Where the map puts services and talents, for all who may read the same fields; computed by `portal work`.

    :ivar readers: says whose map it is: a digest of what they may read, never of a person
    :ivar links: JSON, what is to be drawn: pairs of nodes; empty once it is drawn
    :ivar places: JSON, `{node: [x, y]}` as far as it is drawn
    :ivar done: how many of `rounds` are done
    :ivar spent_ms: time they took, from which the time left follows
    :ivar tries: attempts at the next round, counted before each: one that always fails is given up
    """

    __tablename__ = "ambassadors_drawing"
    __plain__ = ("readers", "links", "places")
    id: Mapped[int] = mapped_column(primary_key=True)
    readers: Mapped[str] = mapped_column(sa.String(64), unique=True)
    asked_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    rounds: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    spent_ms: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    links: Mapped[str] = mapped_column(sa.Text)
    places: Mapped[str] = mapped_column(sa.Text, default="{}")

    @property
    def is_given_up(self) -> bool:
        """Tell whether it failed too often to be tried again unasked."""
        return self.done < self.rounds and self.tries >= MOST_TRIES

    @property
    def is_waiting(self) -> bool:
        """Tell whether rounds are still to come."""
        return self.done < self.rounds and self.tries < MOST_TRIES
