"""Tables of the commitments: what was promised, by which function, until when, and what became of it (C07).

Nothing here says in which state a commitment is, nor whether its holder is still the one who made it: both are derived
(`queries.commitment_states`).
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Audienced, Personal, Subject, person_id

from plugins.copils.models.copil import Base, Copil
from plugins.copils.models.question import KEEP_DAYS, Question

CONFIRM_DAYS = 30
RECONFIRM_DAYS = 30
MAX_COMMITMENT = 300
MAX_KNOWN_BY = 300
MAX_PROOF = 500

PROMISE, TO_ANSWER = "promise", "answer"


def of_commitment() -> Mapped[int]:
    """Give the column of what belongs to a commitment."""
    return mapped_column(sa.ForeignKey("copils_commitment.id", ondelete="CASCADE"), index=True)


# What is neither kept nor withdrawn: the part of the table that every first page reads.
_STANDS = sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL")


class Commitment(Audienced, Base):
    """What a function owes since a copil, in sight of all (C07 SPEC 5). `author_id` wrote it down.

    :ivar kind: *promise*, or *answer*: the question was delegated, an answer to it is owed
    :ivar holder_id: who held the function when it was last taken on; None for a vacant function or an outside body
    :ivar pressing_on: the day that orders it: the first one that passed unmet, and stays whatever day is given next
        (SPEC 6), else the one it is due on
    :ivar late_noted_on: the last day it was due on of which the sweep told that it had passed
    :ivar holder_told: since when whoever the sweep told of last holds the function, or *vacant*; empty before the first
    :ivar postponed: how many times a later day was given (SPEC 7)
    :ivar known_by: « on saura que c'est fait quand… », in the words of an asker; None until they write it
    :ivar proposed_at: when it was said done (SPEC 8); empty again once an asker refused
    :ivar in_name: said done by the facilitator, in the name of a vacant function or an outside body (SPEC 14)
    :ivar proof: what was done, in the words of who said so
    :ivar unconfirmed_noted: the sweep told that nobody had confirmed what was said done
    :ivar confirmed_at: when an asker said it is really done
    :ivar withdrawn_at: when the answer that made it was corrected into another
    """

    __tablename__ = "copils_commitment"
    __plain__ = ("audience", "kind", "text", "folded", "holder_told")
    __personal__ = {
        "author_id": Personal("author_id", "wrote the commitment down", None, "pseudonym"),
        "holder_id": Personal("holder_id", "answers for the commitment", None, "pseudonym"),
        "known_by": Personal("known_by_id", "says how one will know it is done", None, "pseudonym"),
        "known_by_id": Personal(
            "known_by_id",
            "said how one will know it is done",
            KEEP_DAYS,
            "pseudonym",
            since="made_at",
        ),
        "proof": Personal("proposed_by_id", "says what was done", None, "pseudonym"),
        "proposed_by_id": Personal("proposed_by_id", "said it is done", None, "pseudonym"),
        "confirmed_by_id": Personal(
            "confirmed_by_id", "confirmed it is done", KEEP_DAYS, "pseudonym", since="confirmed_at"
        ),
    }
    __table_args__ = (
        sa.Index("ix_copils_commitment_made", "made_at", "id"),
        sa.Index("ix_copils_commitment_pressing", "pressing_on", "id", sqlite_where=_STANDS, postgresql_where=_STANDS),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    copil_id: Mapped[int] = mapped_column(sa.ForeignKey("copils_copil.id", ondelete="CASCADE"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("copils_question.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10), default=PROMISE)
    text: Mapped[str] = mapped_column(sa.Text)
    folded: Mapped[str] = mapped_column(sa.Text)
    function_id: Mapped[int] = mapped_column(sa.ForeignKey("functions.id", ondelete="RESTRICT"), index=True)
    holder_id: Mapped[int | None] = person_id(nullable=True)
    made_at: Mapped[datetime]
    due_on: Mapped[date]
    pressing_on: Mapped[date]
    late_noted_on: Mapped[date | None]
    holder_told: Mapped[str] = mapped_column(sa.String(40), default="")
    postponed: Mapped[int] = mapped_column(default=0)
    known_by: Mapped[str | None] = mapped_column(sa.Text)
    known_by_id: Mapped[int | None] = person_id(nullable=True)
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = person_id(nullable=True)
    in_name: Mapped[bool] = mapped_column(default=False)
    proof: Mapped[str | None] = mapped_column(sa.Text)
    unconfirmed_noted: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = person_id(nullable=True)
    withdrawn_at: Mapped[datetime | None]
    copil: Mapped[Copil] = relationship(viewonly=True)
    question: Mapped[Question] = relationship(viewonly=True)

    @property
    def subject(self) -> Subject:
        """Give the commitment as others speak of it."""
        return Subject("copils.commitment", self.id)


class FormerDue(Base):
    """A day that was promised before another, and why it was changed (C07 SPEC 7)."""

    __tablename__ = "copils_former_due"
    __personal__ = {
        "reason": Personal("person_id", "says why the day changed", None, "pseudonym"),
        "person_id": Personal("person_id", "changed the day", None, "pseudonym"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = of_commitment()
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.Text)
    in_name: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int] = person_id()
    changed_at: Mapped[datetime]


class Refusal(Base):
    """« Ce n'est pas fait »: what had been said done, and why an asker refused it (C07 SPEC 8)."""

    __tablename__ = "copils_refusal"
    __personal__ = {
        "proof": Personal("proposed_by_id", "says what was done", None, "pseudonym"),
        "proposed_by_id": Personal("proposed_by_id", "said it is done", None, "pseudonym"),
        "reason": Personal("person_id", "says why it is not done", None, "pseudonym"),
        "person_id": Personal("person_id", "refused", KEEP_DAYS, "pseudonym", since="refused_at"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = of_commitment()
    proof: Mapped[str | None] = mapped_column(sa.Text)
    proposed_by_id: Mapped[int] = person_id()
    proposed_at: Mapped[datetime]
    in_name: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.Text)
    person_id: Mapped[int | None] = person_id(nullable=True)
    refused_at: Mapped[datetime]
