"""Audiences: one mixin, one SQL criterion, used by every list, search, export, feed and section (domain G7).

Secondary doors leak; one criterion does not. Never test an audience in Python beside it. What a page asks is
written once, with `readable()`, and executed with `reading(viewer, at=…)`: building a statement costs more than running
it. Without these values it does not run at all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.db import UtcDateTime, group_id, person_id
from portal.values import Audience, Viewer

READER: sa.BindParameter[Any] = sa.bindparam("reader_id", type_=sa.Integer())
READ_AT: sa.BindParameter[Any] = sa.bindparam("read_at", type_=UtcDateTime())


class Audienced:
    """Columns of an object that has an audience.

    `author_id` always reads; `reader_group_id` is the circle or the lab that `circle` and `lab` mean; nobody but the
    author reads before `visible_from` or from `visible_until` on. No role adds anything (P19).
    """

    audience: Mapped[str] = mapped_column(sa.String(10))
    visible_from: Mapped[datetime | None]
    visible_until: Mapped[datetime | None]

    @declared_attr
    def author_id(cls) -> Mapped[int]:
        """Name the person who chose the audience."""
        return person_id()

    @declared_attr
    def reader_group_id(cls) -> Mapped[int | None]:
        """Name the group that *circle* and *lab* mean."""
        return group_id(nullable=True)

    @classmethod
    def readable(cls) -> sa.ColumnElement[bool]:
        """Give the criterion of the rows that `READER` may read at `READ_AT`, for a statement built once."""
        levels: sa.BindParameter[Any] = sa.bindparam("reader_levels", expanding=True)
        groups: sa.BindParameter[Any] = sa.bindparam("reader_group_ids", expanding=True)
        return cls._open_to(READER, levels, groups, at=READ_AT)

    @classmethod
    def readable_by(cls, viewer: Viewer, *, at: datetime) -> sa.ColumnElement[bool]:
        """Give the same criterion with its values in it, for a statement built at each call."""
        reader = sa.literal(viewer.person_id, sa.Integer())
        return cls._open_to(reader, _levels(viewer), list(viewer.group_ids), at=at)

    @classmethod
    def _open_to(cls, reader: Any, levels: Any, groups: Any, *, at: Any) -> sa.ColumnElement[bool]:
        """Write the criterion, of values or of parameters.

        Rule: G7. `self ⊂ circle`, `lab ⊂ network`, `lab ⊂ intranet`, `public` holds all.
        """
        shared = sa.and_(cls.audience.in_([Audience.CIRCLE, Audience.LAB]), cls.reader_group_id.in_(groups))
        in_time = sa.and_(
            sa.or_(cls.visible_from.is_(None), cls.visible_from <= at),
            sa.or_(cls.visible_until.is_(None), cls.visible_until > at),
        )
        return sa.or_(sa.and_(sa.or_(cls.audience.in_(levels), shared), in_time), cls.author_id == reader)


def _levels(viewer: Viewer) -> list[Audience]:
    """Give the levels that need no group."""
    levels = [Audience.PUBLIC]
    levels += [Audience.INTRANET] if viewer.is_agent else []
    return levels + ([Audience.NETWORK] if viewer.lab_ids else [])


def reading(viewer: Viewer, *, at: datetime, **others: Any) -> dict[str, Any]:
    """Give the values that a statement with `readable`, `READER` or `READ_AT` in it is executed with.

    :param others: those of the statement's own parameters
    """
    return {
        **others,  # first: none of them says who reads
        "reader_id": viewer.person_id,
        "reader_group_ids": list(viewer.group_ids),
        "reader_levels": _levels(viewer),
        "read_at": at,
    }
