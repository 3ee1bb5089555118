"""Tables of files: what belongs to which subject, and the contents that stand in the store."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal, person_id


class FileContent(CoreBase):
    """One content in the store, whatever number of files have it.

    :ivar stored_at: last time somebody sent it; nothing younger than a day is swept
    """

    __tablename__ = "file_contents"
    __plain__ = ("sha256",)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    stored_at: Mapped[datetime] = mapped_column(index=True)


class File(CoreBase):
    """A file of a subject: a name, a content. Whoever may read the subject may read it.

    :ivar width: of a picture, in pixels; None for anything else
    """

    __tablename__ = "files"
    __personal__ = {
        "name": Personal("author_id", "what the person called the file", None, "clear"),
        "author_id": Personal("author_id", "who added the file", None, "pseudonym"),
    }
    __plain__ = ("owner_kind", "content_type", "sha256")
    __of_plugin__ = ("owner_kind",)
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(sa.String(60))
    owner_id: Mapped[int]
    name: Mapped[str | None] = mapped_column(sa.String(200))
    content_type: Mapped[str] = mapped_column(sa.String(100))
    sha256: Mapped[str] = mapped_column(sa.ForeignKey("file_contents.sha256", ondelete="RESTRICT"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    author_id: Mapped[int | None] = person_id(nullable=True)
    created_at: Mapped[datetime]
    __table_args__ = (sa.Index("ix_files_owner", "owner_kind", "owner_id"),)
