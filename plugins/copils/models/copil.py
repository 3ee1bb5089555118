"""Tables of the inverted copil itself: when it sits, who is to answer there, who was in the room (C07).

Nothing here says in which state a copil is: states are derived from the clock (`queries.copil_states`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Audience, Audienced, Personal, Subject, person_id, plugin_base

Base: Any = plugin_base("copils")

CALL_DAYS = 15
FREEZE_WORKING_DAYS = 3
ANSWER_WORKING_DAYS = 7
RESCHEDULE_DAYS = 30
MAX_TITLE = 160
MAX_PLACE = 160
MAX_REASON = 300
LEVELS = (Audience.INTRANET, Audience.PUBLIC)

PRESENCES = PRESENT, STAND_IN, ABSENT = "present", "stand_in", "absent"


def of_copil() -> Mapped[int]:
    """Give the column of what belongs to a copil."""
    return mapped_column(sa.ForeignKey("copils_copil.id", ondelete="CASCADE"), index=True)


class Copil(Audienced, Base):
    """A session: the field asks, the deciders answer. Its audience is that of its questions and of its commitments.

    :ivar freezes_at: the agenda no longer changes from then on; a copil that is moved later keeps it once it has passed
    :ivar answers_due_on: last day on which an answer is in time (C07 SPEC 4)
    :ivar began_at: when the facilitator opened it in the room
    :ivar is_listening: less than half of the invited deciders were there: nothing was answered (C07 SPEC 12)
    :ivar announced_as: tells one announcement from another while it stands as announced: a second click finds the first
    :ivar follows_id: the copil of which this one is the sequel, because too few deciders came
    """

    __tablename__ = "copils_copil"
    __plain__ = ("audience", "title", "place", "cancel_reason", "announced_as")
    __personal__ = {
        "author_id": Personal("author_id", "announced the copil", None, "pseudonym"),
        "facilitator_id": Personal("facilitator_id", "facilitates the copil", None, "pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(MAX_TITLE))
    place: Mapped[str] = mapped_column(sa.String(MAX_PLACE), default="")
    created_at: Mapped[datetime]
    held_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    freezes_at: Mapped[datetime]
    answers_due_on: Mapped[date]
    facilitator_id: Mapped[int] = person_id()
    began_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    is_listening: Mapped[bool] = mapped_column(default=False)
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(MAX_REASON))
    announced_as: Mapped[str | None] = mapped_column(sa.String(16), unique=True)
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("copils_copil.id", ondelete="SET NULL"), index=True)

    @property
    def subject(self) -> Subject:
        """Give the copil as others speak of it."""
        return Subject("copils.copil", self.id)


class Decider(Base):
    """A function invited to answer (C07 SPEC 1), and whether it was there (C07 SPEC 12).

    :ivar presence: *present*, *stand_in* (somebody else came, who commits nobody), *absent*; empty until noted
    """

    __tablename__ = "copils_decider"
    __plain__ = ("presence",)
    __table_args__ = (sa.UniqueConstraint("copil_id", "function_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int] = of_copil()
    function_id: Mapped[int] = mapped_column(sa.ForeignKey("functions.id", ondelete="RESTRICT"), index=True)
    presence: Mapped[str] = mapped_column(sa.String(10), default="")


class FormerDay(Base):
    """When the copil was to sit before it was moved, and why it was."""

    __tablename__ = "copils_former_day"
    __plain__ = ("reason",)
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int] = of_copil()
    held_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.String(MAX_REASON))
    moved_at: Mapped[datetime]


class Turn(Base):
    """Who had the floor, from when to when: first those who ask, then those who decide (C07 SPEC 3).

    :ivar side: *askers* or *deciders*
    :ivar ended_at: None while it runs
    """

    __tablename__ = "copils_turn"
    __plain__ = ("side",)
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int] = of_copil()
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("copils_question.id", ondelete="CASCADE"), index=True)
    side: Mapped[str] = mapped_column(sa.String(10))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
