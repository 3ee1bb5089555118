"""Tables of light projects: what they are, under which clause, what was learnt (C02)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Audienced, Personal, person_id

from plugins.labs.models.lab import KEEP_DAYS, Base, Lab

NO_RESULT_OWED = "none"
RESULT_EXPECTED = "expected"
MAX_LEARNT = 500


class Expectation:
    """Columns saying who expects what by when; all empty under *sans obligation de résultat* (C02 SPEC 1)."""

    clause: Mapped[str] = mapped_column(sa.String(10), default=NO_RESULT_OWED)
    expected_by: Mapped[str | None] = mapped_column(sa.String(160))
    expected_what: Mapped[str | None] = mapped_column(sa.String(300))
    expected_on: Mapped[date | None]


class Project(Expectation, Audienced, Base):
    """A light project of a lab.

    :ivar folded: all its words without capitals or accents, for search
    :ivar expected_by: the name of a function, or other words, of whoever expects the result
    :ivar guarantor_id: answers for the clause with the lead; None while nobody does
    :ivar saved: what stopping it saved, in words
    """

    __tablename__ = "labs_project"
    __plain__ = ("audience", "clause", "expected_by", "outcome")
    __personal__ = {
        "author_id": Personal("author_id", "opened the project and chose its audience", None, "pseudonym"),
        "lead_id": Personal("lead_id", "leads the project", None, "pseudonym"),
        "guarantor_id": Personal("guarantor_id", "answers for its clause", None, "pseudonym"),
        "title": Personal("author_id", "says what the project is", None, "pseudonym"),
        "folded": Personal("author_id", "finds the project", None, "pseudonym"),
        "about": Personal("author_id", "says what the project is", None, "pseudonym"),
        "expected_what": Personal("author_id", "says what is expected", None, "pseudonym"),
        "learnt": Personal("lead_id", "what was learnt", None, "pseudonym"),
        "saved": Personal("lead_id", "what stopping it saved", None, "pseudonym"),
    }
    __table_args__ = (sa.Index("ix_labs_project_of_lab", "lab_id", "opened_at", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_lab.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(160))
    folded: Mapped[str] = mapped_column(sa.Text)
    about: Mapped[str | None] = mapped_column(sa.Text)
    lead_id: Mapped[int] = person_id()
    guarantor_id: Mapped[int | None] = person_id(nullable=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(20))
    learnt: Mapped[str | None] = mapped_column(sa.String(MAX_LEARNT))
    saved: Mapped[str | None] = mapped_column(sa.String(300))
    lab: Mapped[Lab] = relationship(viewonly=True)

    @property
    def group_id(self) -> int | None:
        """Name the group of its lab, for permissions."""
        return self.reader_group_id


class ClauseChange(Expectation, Base):
    """A proposal to change the clause of a project: it takes the lead and the guarantor (C02 SPEC 2).

    :ivar settled_at: when it was applied, refused or taken back; None while it waits
    :ivar settled_as: *applied*, *refused* or *withdrawn*
    """

    __tablename__ = "labs_clause_change"
    __plain__ = ("clause", "expected_by", "settled_as")
    __personal__ = {
        "proposed_by_id": Personal("proposed_by_id", "who proposed", KEEP_DAYS, "pseudonym", since="settled_at"),
        "expected_what": Personal("proposed_by_id", "says what is expected", None, "pseudonym"),
        "reason": Personal("proposed_by_id", "says why", KEEP_DAYS, since="settled_at"),
        "settled_by_id": Personal("settled_by_id", "who answered", KEEP_DAYS, "pseudonym", since="settled_at"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("labs_project.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    proposed_by_id: Mapped[int | None] = person_id(nullable=True)
    proposed_at: Mapped[datetime]
    lead_agreed_at: Mapped[datetime | None]
    guarantor_agreed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_as: Mapped[str | None] = mapped_column(sa.String(10))
    settled_by_id: Mapped[int | None] = person_id(nullable=True)
