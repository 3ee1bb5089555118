"""Audiences: one mixin, one SQL criterion, used by every list, search, export, feed and section (domain G7).

Secondary doors leak; one criterion does not. Never test an audience in Python beside it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from portal.db import group_id, person_id
from portal.values import Audience, Viewer


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
    def readable_by(cls, viewer: Viewer, *, at: datetime) -> sa.ColumnElement[bool]:
        """Give the criterion of the rows that `viewer` may read at `at`.

        Rule: G7. `self ⊂ circle`, `lab ⊂ network`, `lab ⊂ intranet`, `public` holds all.
        """
        levels = [Audience.PUBLIC]
        levels += [Audience.INTRANET] if viewer.is_agent else []
        levels += [Audience.NETWORK] if viewer.lab_ids else []
        open_to: sa.ColumnElement[bool] = cls.audience.in_(levels)
        if viewer.group_ids:
            shared = cls.audience.in_([Audience.CIRCLE, Audience.LAB])
            open_to = sa.or_(open_to, sa.and_(shared, cls.reader_group_id.in_(viewer.group_ids)))
        in_time = sa.and_(
            sa.or_(cls.visible_from.is_(None), cls.visible_from <= at),
            sa.or_(cls.visible_until.is_(None), cls.visible_until > at),
        )
        readable = sa.and_(open_to, in_time)
        if viewer.person_id is None:
            return readable
        return sa.or_(readable, cls.author_id == viewer.person_id)
