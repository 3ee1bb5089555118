"""Tables of the permanent lab: its page, who carries it, what may still change, its votes.

Who belongs to a lab is a core group of kind `lab`; nothing here says it twice.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Personal, group_id, person_id, plugin_base

Base: Any = plugin_base("labs")

DAY_MINUTES = 24 * 60
MIN_MINUTES = 60
MAX_MINUTES = 90 * DAY_MINUTES
MAX_MARGINS = 5
MAX_LINE = 240
VOTE_DAYS = 7
QUORUM_VOTES = 3
KEEP_DAYS = 730


class Lab(Base):
    """A permanent lab of the collectivity.

    :ivar folded: the name without capitals or accents, for order and search
    :ivar group_id: the core group of its members
    :ivar max_minutes: longest ephemeral lab one may open here (C01 SPEC 2)
    :ivar margins_restored_at: last time the block « what may still change » came back after a vote
    """

    __tablename__ = "labs_lab"
    __plain__ = ("name", "folded", "place")
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    folded: Mapped[str] = mapped_column(sa.String(240), index=True)
    group_id: Mapped[int] = group_id()
    place: Mapped[str] = mapped_column(sa.String(160), default="")
    max_minutes: Mapped[int] = mapped_column(default=DAY_MINUTES)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    margins_restored_at: Mapped[datetime | None]


class Sponsor(Base):
    """A function that carries a lab, whoever holds it (C42 SPEC 2)."""

    __tablename__ = "labs_sponsor"
    lab_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_lab.id", ondelete="CASCADE"), primary_key=True)
    function_id: Mapped[int] = mapped_column(
        sa.ForeignKey("functions.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Margin(Base):
    """One line of « what may still change », with the day it is looked at again (C42 SPEC 1)."""

    __tablename__ = "labs_margin"
    __plain__ = ("text",)
    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_lab.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(MAX_LINE))
    review_on: Mapped[date]
    position: Mapped[int]
    written_at: Mapped[datetime]


class MarginWording(Base):
    """What a line said before: a margin may be reworded, never quietly."""

    __tablename__ = "labs_margin_wording"
    __plain__ = ("text",)
    id: Mapped[int] = mapped_column(primary_key=True)
    margin_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_margin.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(MAX_LINE))
    review_on: Mapped[date]
    until_at: Mapped[datetime]


class Vote(Base):
    """A vote of a lab on taking its margins off the page (G10); its result is derived from the clock.

    :ivar counted_at: when the ballots were counted into `yes` and `no`, and erased
    """

    __tablename__ = "labs_vote"
    __plain__ = ("matter",)
    __personal__ = {
        "called_by_id": Personal("called_by_id", "who called the vote", KEEP_DAYS, "pseudonym", since="ends_at")
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_lab.id", ondelete="CASCADE"), index=True)
    matter: Mapped[str] = mapped_column(sa.String(20), default="margins")
    called_by_id: Mapped[int | None] = person_id(nullable=True)
    opens_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    counted_at: Mapped[datetime | None]
    yes: Mapped[int | None]
    no: Mapped[int | None]


class Ballot(Base):
    """One voice in a running vote; erased as soon as it is counted, so that nobody can know who voted what.

    Where nobody counts (the plugin is off), it goes all the same.
    """

    __tablename__ = "labs_ballot"
    __personal__ = {"person_id": Personal("person_id", "votes once", 30, "pseudonym", at_end="delete")}
    vote_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_vote.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)
    is_yes: Mapped[bool]
    cast_at: Mapped[datetime]
