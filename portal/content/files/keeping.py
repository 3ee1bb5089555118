"""Files of subjects: kept, listed, dropped. Who may read a file is who may read its owner; nobody else asks."""

from __future__ import annotations

from datetime import datetime
from typing import IO

import sqlalchemy as sa

from portal.content.audit import record
from portal.content.files.kinds import PICTURE_TYPES, clean_name, kind_of, type_of
from portal.content.files.models import File
from portal.content.files.pictures import SIDE, redraw
from portal.content.files.storing import put_content
from portal.content.subjects import check_kind
from portal.db import db
from portal.errors import NotFound
from portal.texts import CORE, texts
from portal.values import FileCard, Subject, Upload, Viewer

_ = texts(CORE)
ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg"}


def receive(content: IO[bytes], *, name: str | None, side: int = SIDE) -> Upload:
    """Put what somebody sends in the store, before any write lock; a picture is drawn again first.

    :param side: longest side of a picture, in pixels
    :raises Invalid: a picture that cannot be read, is too large, or moves
    :raises Unavailable: the store does not answer
    """
    content_type = type_of(content)
    shown = clean_name(name)
    if content_type not in PICTURE_TYPES:
        sha256, size = put_content(content)
        return Upload(shown, content_type, size, sha256)
    picture = redraw(content, side=side)
    sha256, size = put_content(picture.content)
    named = f"{shown.rpartition('.')[0] or shown}{ENDINGS[picture.content_type]}"
    return Upload(named, picture.content_type, size, sha256, picture.width, picture.height)


def keep_file(owner: Subject, upload: Upload, *, actor: Viewer | None, at: datetime) -> FileCard:
    """Give what was received to a subject; whoever may read the subject may read it.

    The same content under the same name twice is a second click: the first file is given back.
    """
    check_kind(owner.kind)
    same = (*_of(owner), File.sha256 == upload.sha256, File.name == upload.name)
    found = db.session.scalar(sa.select(File).where(*same).limit(1))
    if found is not None:
        return card_of(found)
    row = File(
        owner_kind=owner.kind,
        owner_id=owner.id,
        name=upload.name,
        content_type=upload.content_type,
        sha256=upload.sha256,
        size=upload.size,
        width=upload.width,
        height=upload.height,
        author_id=actor.person_id if actor else None,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"file": row.id, "type": row.content_type, "size": row.size}
    record("portal.file_kept", owner, actor=actor, at=at, facts=facts)
    return card_of(row)


def files_of(owner: Subject) -> list[FileCard]:
    """Give the files of a subject, in the order they came. Ask only for one that the viewer may read."""
    rows = db.session.scalars(sa.select(File).where(*_of(owner)).order_by(File.id))
    return [card_of(row) for row in rows]


def drop_file(owner: Subject, file_id: int, *, actor: Viewer | None, at: datetime) -> None:
    """Take a file from a subject; its content goes a day later, unless another file has the same.

    :raises NotFound: this subject has no such file
    """
    row = db.session.scalar(sa.select(File).where(*_of(owner), File.id == file_id))
    if row is None:
        raise NotFound(_("This file is no longer here."))
    db.session.delete(row)
    db.session.flush()
    record("portal.file_dropped", owner, actor=actor, at=at, facts={"file": file_id})


def file_row(file_id: int) -> File:
    """Give the row of a file, for whoever asks its owner next.

    :raises NotFound: there is none
    """
    row = db.session.get(File, file_id)
    if row is None:
        raise NotFound(_("This file is no longer here."))
    return row


def card_of(row: File) -> FileCard:
    """Give a file as pages and plugins see it."""
    return FileCard(
        id=row.id,
        name=row.name or _("file"),
        kind=kind_of(row.content_type),
        content_type=row.content_type,
        size=row.size,
        width=row.width,
        height=row.height,
        author_id=row.author_id,
        created_at=row.created_at,
    )


def _of(owner: Subject) -> tuple[sa.ColumnElement[bool], ...]:
    return (File.owner_kind == owner.kind, File.owner_id == owner.id)
