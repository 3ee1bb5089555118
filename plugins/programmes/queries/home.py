"""The days that go on today, as one may read them: first those one organises, runs something of, or comes to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Viewer, local_day, reading, session

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.queries.hours import evening_of
from plugins.programmes.queries.programmes import READABLE

MOST_DAYS = 5
_ANIMATED: sa.BindParameter[Any] = sa.bindparam("animated", expanding=True)


def _theirs(table: type[Host] | type[SignUp]) -> sa.ColumnElement[bool]:
    joined = sa.select(Slot.programme_id).join(table, table.slot_id == Slot.id).where(table.person_id == READER)
    return Programme.id.in_(joined)


_CONCERNED = sa.or_(
    Programme.author_id == READER,
    Programme.reader_group_id.in_(_ANIMATED),
    Programme.id.in_(sa.select(Organiser.programme_id).where(Organiser.person_id == READER)),
    _theirs(Host),
    _theirs(SignUp),
)
_TODAY = (
    READABLE.where(Programme.held_on.between(sa.bindparam("evening"), sa.bindparam("today")))
    .where(Programme.cancelled_at.is_(None))
    .order_by(sa.case((_CONCERNED, 0), else_=1), Programme.held_on, Programme.id)
    .limit(MOST_DAYS)
)


def days_today(viewer: Viewer, *, at: datetime) -> list[Programme]:
    """List the days of today that somebody may come to, a few at most; in the night, that of the evening too."""
    values = reading(viewer, at=at, today=local_day(at), evening=evening_of(at), animated=list(viewer.animated_ids))
    return list(session.scalars(_TODAY, values))
