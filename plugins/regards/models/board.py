"""Tables of the rounds: what is reviewed, on which occasion, who is reviewed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Audience, Audienced, Personal, Subject, ask_plugins, person_id, plugin_base, texts

_ = texts("regards")
Base: Any = plugin_base("regards")

MAX_OCCASION = 120
REVEAL_HOURS = 48
KEEP_DAYS = 5 * 365 + 1
# From the narrowest to the widest (C36 SPEC 6).
LEVELS = (Audience.NETWORK, Audience.INTRANET)


_IS_HIDDEN = sa.text("revealed_at IS NULL")


class Board(Audienced, Base):
    """A round of regards on one subject; there may be others on it, before and after.

    :ivar subject_title: what the subject was last called, if all who read the round may read it: it stands in lists,
        and stays when the plugin of the subject is off (decision 0013)
    :ivar folded: that title and the occasion without capitals or accents, for search
    :ivar reveal_due_at: when it is revealed by itself; None until a first card is handed in
    :ivar revealed_at: when somebody revealed it, or the sweep noted that it is
    """

    __tablename__ = "regards_board"
    __plain__ = ("audience", "subject_kind", "subject_title", "folded")
    __personal__ = {
        "author_id": Personal("author_id", "opened the round and chose its audience", None, "pseudonym"),
        "occasion": Personal("author_id", "says on which occasion", None, "pseudonym"),
        "revealed_by_id": Personal("revealed_by_id", "revealed the round", None, "pseudonym"),
    }
    __table_args__ = (
        sa.Index("ix_regards_board_subject", "subject_kind", "subject_id"),
        sa.Index("ix_regards_board_due", "reveal_due_at", sqlite_where=_IS_HIDDEN, postgresql_where=_IS_HIDDEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[int]
    subject_title: Mapped[str | None] = mapped_column(sa.Text)
    occasion: Mapped[str] = mapped_column(sa.String(MAX_OCCASION))
    folded: Mapped[str] = mapped_column(sa.Text)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    reveal_due_at: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    revealed_by_id: Mapped[int | None] = person_id(nullable=True)

    @property
    def subject(self) -> Subject:
        """Give the round as others speak of it."""
        return Subject("regards.board", self.id)

    @property
    def title(self) -> str:
        """Say what is reviewed, to whoever may read the round."""
        return self.subject_title or _("what is reviewed")

    @property
    def reviewed(self) -> Subject:
        """Give what is reviewed."""
        return Subject(self.subject_kind, self.subject_id)

    @property
    def visitors_until(self) -> datetime | None:
        """Say until when somebody without account may write, or could, as of now; None where they have no place."""
        answers: list[datetime] = ask_plugins("regards_visitors_until", subject=self.reviewed)
        return max(answers, default=None)

    def shown_since(self, at: datetime) -> datetime | None:
        """Give when its lines were revealed; None while they are hidden, past their hour too if a fair is late."""
        if self.revealed_at is not None or self.reveal_due_at is None or self.reveal_due_at > at:
            return self.revealed_at
        return None if self._is_before_the_end(at) else self.reveal_due_at

    def takes_visitors(self, at: datetime) -> bool:
        """Tell whether somebody without account may write."""
        return self.shown_since(at) is None and self._is_before_the_end(at)

    def _is_before_the_end(self, at: datetime) -> bool:
        until = self.visitors_until
        return until is not None and until > at


class Seat(Base):
    """Somebody of the reviewed team, as the plugin of the subject last said: it may be off when this is read."""

    __tablename__ = "regards_seat"
    __personal__ = {"person_id": Personal("person_id", "is of the reviewed team", None, "delete")}
    board_id: Mapped[int] = mapped_column(sa.ForeignKey("regards_board.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)
