"""Which days of today concern somebody: they organise them, run something there, or come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Viewer, local_day, reading, session

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
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
    READABLE.where(Programme.held_on == sa.bindparam("today"), Programme.cancelled_at.is_(None), _CONCERNED)
    .order_by(Programme.id)
    .limit(MOST_DAYS)
)


def days_today(viewer: Viewer, *, at: datetime) -> list[Programme]:
    """List the days of today that concern somebody, a few at most."""
    values = reading(viewer, at=at, today=local_day(at), animated=list(viewer.animated_ids))
    return list(session.scalars(_TODAY, values))
