"""Tables of what peers write: cards of three lenses, their lines, and what becomes of a question (C36)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.api import Personal, Subject, group_id, person_id

from plugins.regards.models.board import KEEP_DAYS, Base, Board

INSPIRING, RISKY, QUESTION = "inspiring", "risky", "question"
LENSES = (INSPIRING, RISKY, QUESTION)
MAX_LINES = 5
MAX_WORDS = 240
MAX_SIGNED = 80
MAX_REPLY = 500
# How a card came: a lab wrote it together, somebody in their own name, somebody without account, or on paper.
GROUP, PERSON, VISITOR, PAPER = "group", "person", "visitor", "paper"


def of_board() -> Mapped[int]:
    """Give the column of what belongs to a round."""
    return mapped_column(sa.ForeignKey("regards_board.id", ondelete="CASCADE"), index=True)


class Card(Base):
    """One card of three lenses. Until the reveal its authors alone read it (C36 SPEC 3).

    :ivar author_id: who began it, or typed it from paper; None for a visitor
    :ivar group_id: the lab whose members write it together
    :ivar signed: on whose behalf a visitor or a sheet of paper speaks, if it says so
    :ivar key: drawn with the form, so that a second click is the same card
    :ivar network: a digest of the address a visitor writes from, for a day: one network takes no round for itself
    :ivar handed_in_at: None while it is a draft
    """

    __tablename__ = "regards_card"
    __plain__ = ("origin", "key")
    __personal__ = {
        "author_id": Personal("author_id", "wrote the card", KEEP_DAYS, "pseudonym", since="board_id.opened_at"),
        "signed": Personal(None, "says on whose behalf", KEEP_DAYS, since="board_id.opened_at"),
        "network": Personal(None, "bounds what comes from one network", 1, since="begun_at"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = of_board()
    origin: Mapped[str] = mapped_column(sa.String(10))
    author_id: Mapped[int | None] = person_id(nullable=True)
    group_id: Mapped[int | None] = group_id(nullable=True)
    signed: Mapped[str | None] = mapped_column(sa.String(MAX_SIGNED))
    key: Mapped[str | None] = mapped_column(sa.String(43), unique=True)
    network: Mapped[str | None] = mapped_column(sa.String(16))
    begun_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]


class Line(Base):
    """One line of a card; a line of the third lens is a question with a life of its own (C36 SPEC 5).

    :ivar author_id: who typed it, for their own data alone: the card of a lab is the lab’s; None for a visitor
    :ivar sign: what lines that say the same have in common: their display is merged (C36 SPEC 7)
    :ivar mark: *lit* or *closed* once somebody said so, with `note`, one sentence
    :ivar became_kind: what the question was taken up as, with `became_id`
    :ivar mask_reason: why its words are shown to nobody, while `masked_at` stands (C07 SPEC 11)
    """

    __tablename__ = "regards_line"
    __plain__ = ("lens", "sign", "mark", "became_kind")
    __personal__ = {
        "author_id": Personal("author_id", "wrote the line", KEEP_DAYS, "pseudonym", since="board_id.opened_at"),
        "words": Personal("author_id", "what the card says", None, "pseudonym"),
        "folded": Personal("author_id", "finds the question", None, "pseudonym"),
        "reply": Personal("replied_by_id", "what the team replies", None, "pseudonym"),
        "replied_by_id": Personal("replied_by_id", "wrote the reply", None, "pseudonym"),
        "note": Personal("marked_by_id", "says what became of the question", None, "pseudonym"),
        "marked_by_id": Personal("marked_by_id", "said what became of the question", None, "pseudonym"),
        "mask_reason": Personal("masked_by_id", "says why a line is masked", None, "pseudonym"),
        "masked_by_id": Personal("masked_by_id", "masked a line", None, "pseudonym"),
    }
    __table_args__ = (sa.Index("ix_regards_line_same", "board_id", "lens", "sign"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(sa.ForeignKey("regards_board.id", ondelete="CASCADE"))
    card_id: Mapped[int] = mapped_column(sa.ForeignKey("regards_card.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = person_id(nullable=True)
    lens: Mapped[str] = mapped_column(sa.String(10))
    words: Mapped[str] = mapped_column(sa.String(MAX_WORDS))
    folded: Mapped[str] = mapped_column(sa.Text)
    sign: Mapped[str] = mapped_column(sa.String(16))
    reply: Mapped[str | None] = mapped_column(sa.String(MAX_REPLY))
    replied_by_id: Mapped[int | None] = person_id(nullable=True)
    replied_at: Mapped[datetime | None]
    mark: Mapped[str | None] = mapped_column(sa.String(10))
    note: Mapped[str | None] = mapped_column(sa.String(MAX_WORDS))
    marked_by_id: Mapped[int | None] = person_id(nullable=True)
    marked_at: Mapped[datetime | None]
    became_kind: Mapped[str | None] = mapped_column(sa.String(60))
    became_id: Mapped[int | None]
    masked_at: Mapped[datetime | None]
    masked_by_id: Mapped[int | None] = person_id(nullable=True)
    mask_reason: Mapped[str | None] = mapped_column(sa.String(MAX_WORDS))
    board: Mapped[Board] = relationship(viewonly=True)
    card: Mapped[Card] = relationship(viewonly=True)

    @property
    def subject(self) -> Subject:
        """Give the question as others speak of it; a line of another lens is spoken of by its round."""
        return Subject("regards.question", self.id) if self.lens == QUESTION else self.board.subject
