"""What the clock does to a day, written down once with its true instant: a surprise is out, the day is over.

No page waits for this: what is hidden and what runs is derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Event, local_day, publish, record_passage, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SURPRISE, Slot

# What happened longer ago is told to nobody: it was over before anything ran.
LOOK_BACK = timedelta(days=3)


def sweep_days(at: datetime) -> bool | None:
    """Publish the surprises that are out and the days that are over."""
    for slot in session.scalars(_revealed(at)):
        since = slot.reveals_at or slot.starts_at
        if record_passage(slot.subject, "revealed", since):
            publish(Event("programmes.slot_revealed", slot.subject, None, since, {"programme": slot.programme_id}))
    for programme in session.scalars(_over(at)):
        since = programme.over_at
        if record_passage(programme.subject, "ended", since):
            publish(Event("programmes.day_ended", programme.subject, None, since))
    return None


def _revealed(at: datetime) -> sa.Select[Slot]:
    stands = sa.and_(Slot.cancelled_at.is_(None), Programme.cancelled_at.is_(None), Slot.kind == SURPRISE)
    of_day = sa.select(Slot).join(Programme, Programme.id == Slot.programme_id)
    return of_day.where(stands, Slot.reveals_at <= at, Slot.reveals_at > at - LOOK_BACK).order_by(Slot.id)


def _over(at: datetime) -> sa.Select[Programme]:
    today = local_day(at)
    of_late = sa.and_(Programme.held_on < today, Programme.held_on >= today - LOOK_BACK)
    return sa.select(Programme).where(Programme.cancelled_at.is_(None), of_late).order_by(Programme.id)
