"""Table of the requests: one person asks another through the portal, who agrees or not (C08 SPEC 6)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Personal, Subject, person_id

from plugins.ambassadors.models.vocabulary import Base

YES, NO = "yes", "no"
KEEP_DAYS = 365
ANSWER_DAYS = 14
MAX_WORDS = 300
MAX_REACH = 200
MAX_MADE = 20


class HelpRequest(Base):
    """« Pourriez-vous… ? » What whoever asks may know of the answer: yes, or « pas disponible », whatever the reason.

    :ivar answer: *yes*, *no*, or nothing yet; *no* whatever the reason, written by whoever or whatever gives it. The
        answer and its instant are told to whoever was asked alone, in what they export: two of *no* must not differ
    :ivar reach: how to reach whoever said yes, in their words
    :ivar closes_at: from then on, without an answer, it reads « pas disponible »
    :ivar withdrawn_at: when whoever asked no longer needed it
    """

    __tablename__ = "ambassadors_request"
    __personal__ = {
        "asker_id": Personal("asker_id", "asks somebody for help", KEEP_DAYS, "delete", since="asked_at"),
        "person_id": Personal(
            "person_id", "is asked for help", KEEP_DAYS, "pseudonym", since="asked_at", at_end="delete"
        ),
        "words": Personal("asker_id", "what is asked", None, "delete"),
        "answer": Personal("person_id", "whether they are available", None, "pseudonym"),
        "answered_at": Personal("person_id", "whether they are available", None, "pseudonym"),
        "reach": Personal("person_id", "how to reach who said yes", None, "clear"),
    }
    __table_args__ = (
        sa.Index("ix_ambassadors_request_asked", "asker_id", "asked_at"),
        sa.Index("ix_ambassadors_request_waiting", "person_id", "answer"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int] = person_id()
    person_id: Mapped[int] = person_id()
    words: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(sa.String(3), default="")
    answered_at: Mapped[datetime | None]
    reach: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn_at: Mapped[datetime | None]

    @property
    def subject(self) -> Subject:
        """Give the request as others speak of it."""
        return Subject("ambassadors.request", self.id)
