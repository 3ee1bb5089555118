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
_OWN = sa.or_(
    Programme.author_id == READER,
    Programme.reader_group_id.in_(_LABS),
    sa.exists().where(Organiser.programme_id == Programme.id, Organiser.person_id == READER),
)
_DAYS = sa.select(Programme, _OWN).where(Programme.readable(), Programme.held_on >= _SINCE)
_NAMED = sa.or_(
    Slot.programme_id.in_(_WHOLE),
    sa.exists().where(SignUp.slot_id == Slot.id, SignUp.person_id == READER),
    sa.exists().where(Host.slot_id == Slot.id, Host.person_id == READER),
)
_ENTRIES = (
    sa.select(Slot, Programme)
    .join(Programme, Programme.id == Slot.programme_id)
    .where(Programme.readable(), Programme.held_on >= _SINCE, _NAMED)
    .order_by(*IN_ORDER)
)


def agenda_of(viewer: Viewer, *, at: datetime, past_days: int = PAST_DAYS) -> list[Entry]:
    """List what concerns a person, the first first, as they may read it now; what was taken off is among it.

    :param past_days: how far back; a calendar that asks again and again need not be told of last year
    """
    asked = reading(viewer, at=at, since=local_day(at) - timedelta(days=past_days))
    days = session.execute(_DAYS, asked | {"labs": list(viewer.animated_ids)})
    theirs = followed(viewer, "programmes.programme")
    whole = [day.id for day, is_own in days if is_own or day.id in theirs]
    rows = session.execute(_ENTRIES, asked | {"whole": whole})
    return [(shown(slot, at=at), programme) for slot, programme in rows]
