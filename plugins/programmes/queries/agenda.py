"""What of all the days concerns one person: signed up for, run, organised, followed (C34 SPEC 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Viewer, followed, local_day, reading, session

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.queries.calendars import Entry
from plugins.programmes.queries.shown import shown
from plugins.programmes.queries.slots import IN_ORDER

PAST_DAYS = 90
_SINCE = sa.bindparam("since", type_=sa.Date())
_WHOLE: sa.BindParameter[Any] = sa.bindparam("whole", expanding=True)
_LABS: sa.BindParameter[Any] = sa.bindparam("labs", expanding=True)
_FOLLOWED: sa.BindParameter[Any] = sa.bindparam("followed", expanding=True)
_DAYS = sa.select(Programme.id).where(
    Programme.readable(),
    Programme.held_on >= _SINCE,
    sa.or_(
        Programme.author_id == READER,
        Programme.reader_group_id.in_(_LABS),
        Programme.id.in_(sa.select(Organiser.programme_id).where(Organiser.person_id == READER)),
        Programme.id.in_(_FOLLOWED),
    ),
)
# By number, not asked of each slot in turn: a person is at few of all those of a house.
_NAMED = sa.union(
    sa.select(Slot.id).where(Slot.programme_id.in_(_WHOLE)),
    sa.select(SignUp.slot_id).where(SignUp.person_id == READER),
    sa.select(Host.slot_id).where(Host.person_id == READER),
)
_ENTRIES = (
    sa.select(Slot, Programme)
    .join(Programme, Programme.id == Slot.programme_id)
    .where(Programme.readable(), Programme.held_on >= _SINCE, Slot.id.in_(_NAMED))
    .order_by(*IN_ORDER)
)


def agenda_of(viewer: Viewer, *, at: datetime, past_days: int = PAST_DAYS) -> list[Entry]:
    """List what concerns a person, the first first, as they may read it now; what was taken off is among it.

    :param past_days: how far back; a calendar that asks again and again need not be told of last year
    """
    asked = reading(viewer, at=at, since=local_day(at) - timedelta(days=past_days))
    theirs = {"labs": list(viewer.animated_ids), "followed": list(followed(viewer, "programmes.programme"))}
    whole = session.scalars(_DAYS, asked | theirs).all()
    rows = session.execute(_ENTRIES, asked | {"whole": whole})
    return [(shown(slot, at=at), programme) for slot, programme in rows]
