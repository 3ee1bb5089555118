"""Tables of the questions: who asks, what was answered, what a moderator returned or masked (C07).

What people write has no length here, nor in commitments: what masks a name may be longer than the name.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Personal, Subject, person_id

from plugins.copils.models.copil import Base, Copil, of_copil

COLLECTIVE_LEAST = 3
KEEP_DAYS = 5 * 365 + 1
MAX_QUESTION = 300
MAX_DETAILS = 3000
MAX_COLLECTIVE = 80
MAX_ANSWER = 1000

# What the days of who asked are counted from; a question that nobody answers has an end too.
ENDINGS = ("answered_at", "withdrawn_at", "asked_at", "created_at")

# The four types of answer, exactly one to each question (C07 SPEC 4).
YES, NO, LATER, DELEGATED = "yes", "no", "later", "delegated"


def of_question() -> Mapped[int]:
    """Give the column of what belongs to a question."""
    return mapped_column(sa.ForeignKey("copils_question.id", ondelete="CASCADE"), index=True)


class Answer:
    """Columns of the one answer of a question; all empty until it is given.

    :ivar answer: *yes* (and a commitment), *no* (and why), *later* (and when it is looked at again), *delegated* (to a
        function, and by when)
    :ivar answer_on: the day that was said, of all but *no*
    :ivar answer_function_id: the function that was said, of *yes* and of *delegated*
    """

    answer: Mapped[str | None] = mapped_column(sa.String(10))
    answer_text: Mapped[str | None] = mapped_column(sa.Text)
    answer_on: Mapped[date | None]
    answer_function_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("functions.id", ondelete="RESTRICT"), index=True
    )
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = person_id(nullable=True)


class Question(Answer, Base):
    """A question of the field. Who reads the copil reads it, once it is on the agenda; before, those who ask it alone.

    :ivar copil_id: None while it waits for a copil to be announced
    :ivar came_from_id: the copil it was first asked for, when it came too late or nobody could answer there
    :ivar again_id: the question it puts once more
    :ivar asked_at: when it became public: at once for one person, with the third confirmation for a collective
    :ivar is_collective: its askers appear under `collective` only (C07 SPEC 11)
    :ivar position: place on the agenda, smallest first
    :ivar merged_into_id: the question it is asked together with; `merge_wanted_id`: the one it wants to be
    """

    __tablename__ = "copils_question"
    __plain__ = ("answer", "collective")
    __personal__ = {
        "author_id": Personal("author_id", "asked the question first", KEEP_DAYS, "pseudonym", since=ENDINGS),
        "text": Personal("author_id", "says what is asked", None, "pseudonym"),
        "details": Personal("author_id", "says why it is asked", None, "pseudonym"),
        "return_reason": Personal("returned_by_id", "says why it was returned", None, "pseudonym"),
        "returned_by_id": Personal("returned_by_id", "returned the question", None, "pseudonym"),
        "answer_text": Personal("answered_by_id", "says what was answered", None, "pseudonym"),
        "answered_by_id": Personal("answered_by_id", "wrote the answer down", None, "pseudonym"),
    }
    __table_args__ = (sa.Index("ix_copils_question_agenda", "copil_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int | None] = mapped_column(sa.ForeignKey("copils_copil.id", ondelete="RESTRICT"))
    came_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("copils_copil.id", ondelete="SET NULL"), index=True)
    again_id: Mapped[int | None] = mapped_column(sa.ForeignKey("copils_question.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[int | None] = person_id(nullable=True)
    text: Mapped[str] = mapped_column(sa.Text)
    details: Mapped[str | None] = mapped_column(sa.Text)
    is_collective: Mapped[bool] = mapped_column(default=False)
    collective: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(sa.Text)
    returned_by_id: Mapped[int | None] = person_id(nullable=True)
    merge_wanted_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("copils_question.id", ondelete="SET NULL"), index=True
    )
    merged_into_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("copils_question.id", ondelete="SET NULL"), index=True
    )
    copil: Mapped[Copil | None] = relationship(viewonly=True, foreign_keys=[copil_id])

    @property
    def subject(self) -> Subject:
        """Give the question as others speak of it."""
        return Subject("copils.question", self.id)


class Asker(Base):
    """Somebody who asks a question, is invited to, or supports it.

    :ivar is_support: they came by themselves to a public question: counted and told of it, without any act on it
    :ivar confirmed_at: when they said yes; a collective appears with its third one
    :ivar declined_at: when they said no, or took their voice back
    """

    __tablename__ = "copils_asker"
    __personal__ = {
        "person_id": Personal(
            "person_id",
            "asks the question",
            KEEP_DAYS,
            "pseudonym",
            since=tuple(f"question_id.{ending}" for ending in ENDINGS),
        )
    }
    __table_args__ = (sa.UniqueConstraint("question_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = of_question()
    person_id: Mapped[int | None] = person_id(nullable=True)
    is_support: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]

    @hybrid_property
    def is_voice(self) -> bool:
        """Tell whether they count among those who ask it: they said yes and have not gone back on it."""
        return self.confirmed_at is not None and self.declined_at is None

    @is_voice.inplace.expression
    @classmethod
    def _is_voice(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.confirmed_at.is_not(None), cls.declined_at.is_(None))

    @hybrid_property
    def is_asker(self) -> bool:
        """Tell whether the question is theirs to act on: they wrote it, or were invited and said yes."""
        return self.is_voice and not self.is_support

    @is_asker.inplace.expression
    @classmethod
    def _is_asker(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.is_voice, cls.is_support.is_(False))


class HandedOn(Base):
    """A question that a copil handed on: called off, or too few came. It stays on its page, and read by its readers.

    :ivar position: the place it had on that agenda
    """

    __tablename__ = "copils_handed_on"
    __table_args__ = (sa.UniqueConstraint("copil_id", "question_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int] = of_copil()
    question_id: Mapped[int] = of_question()
    position: Mapped[int]


class Masking(Base):
    """A personal name that a moderator masked in a question and what hangs on it; it is kept nowhere (C07 SPEC 11).

    :ivar places: how many times it stood there
    """

    __tablename__ = "copils_masking"
    __personal__ = {"person_id": Personal("person_id", "masked a name", None, "pseudonym")}
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = of_question()
    person_id: Mapped[int] = person_id()
    places: Mapped[int]
    masked_at: Mapped[datetime]


class FormerAnswer(Base):
    """What was written down as the answer before it was corrected."""

    __tablename__ = "copils_former_answer"
    __plain__ = ("answer",)
    __personal__ = {
        "answer_text": Personal("person_id", "says what was first written", None, "pseudonym"),
        "person_id": Personal("person_id", "wrote the answer down", None, "pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = of_question()
    answer: Mapped[str] = mapped_column(sa.String(10))
    answer_text: Mapped[str | None] = mapped_column(sa.Text)
    answer_on: Mapped[date | None]
    answer_function_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("functions.id", ondelete="RESTRICT"), index=True
    )
    person_id: Mapped[int] = person_id()
    until_at: Mapped[datetime]
