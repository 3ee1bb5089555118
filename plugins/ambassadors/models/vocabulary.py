"""Tables of the vocabulary: the words a collectivity chose for talents and for roles (C08 SPEC 9, C19 SPEC 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Subject, plugin_base

Base: Any = plugin_base("ambassadors")

KINDS = TALENT, ROLE = "talent", "role"
MAX_LABEL = 60
MAX_SYNONYMS = 300
MAX_TAGS = 300
MAX_URI = 200
MAX_CODE = 40
WORDS = Subject("ambassadors.words", 1)  # there is one vocabulary


class Tag(Base):
    """A word of the vocabulary, ticked on a card rather than typed.

    :ivar kind: *talent* or *role*
    :ivar family: what it is listed under; alphabetical like everything here
    :ivar folded: the label without capitals or accents, for order and to find it again at an import
    :ivar synonyms: other words for it, separated by semicolons
    :ivar esco_uri: the concept of ESCO it stands for, if any
    :ivar cnfpt_code: the métier of the CNFPT it stands for, if any
    :ivar needs_writing: a role one cannot hold without writing (C19 SPEC 5)
    :ivar needs_mail: a role one cannot hold without an e-mail address (C19 SPEC 5)
    :ivar retired_at: since when it is no longer offered; cards that bear it keep it until they are written again
    """

    __tablename__ = "ambassadors_tag"
    __plain__ = ("kind", "family", "label", "folded", "synonyms", "esco_uri", "cnfpt_code")
    __table_args__ = (sa.UniqueConstraint("kind", "folded"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    family: Mapped[str] = mapped_column(sa.String(MAX_LABEL))
    label: Mapped[str] = mapped_column(sa.String(MAX_LABEL))
    folded: Mapped[str] = mapped_column(sa.String(MAX_LABEL * 2))
    synonyms: Mapped[str] = mapped_column(sa.String(MAX_SYNONYMS), default="")
    esco_uri: Mapped[str | None] = mapped_column(sa.String(200))
    cnfpt_code: Mapped[str | None] = mapped_column(sa.String(40))
    needs_writing: Mapped[bool] = mapped_column(default=False)
    needs_mail: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]


class TagWord(Base):
    """A stem of a label or of a synonym: what finds the cards that bear the tag."""

    __tablename__ = "ambassadors_tag_word"
    __plain__ = ("stem",)
    stem: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    tag_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ambassadors_tag.id", ondelete="CASCADE"), primary_key=True, index=True
    )
