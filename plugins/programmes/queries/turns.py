"""Whose seven minutes it is, how many are left, who comes next (C35 SPEC 3). Derived from the turns that were noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand, Turn

LEVELS = 20
_TURNS = sa.select(Turn).where(Turn.programme_id == sa.bindparam("number")).order_by(Turn.id)


@dataclass(frozen=True, slots=True)
class Floor:
    """The turn that runs.

    :ivar until: when its time is up; it runs on until somebody ends it
    """

    turn: Turn
    stand: Stand

    @property
    def until(self) -> datetime:
        """Give when its time is up."""
        return self.turn.started_at + timedelta(minutes=self.turn.minutes)

    def level(self, at: datetime) -> int:
        """Give the level of the sand, from 0 (all the time is to come) to 20 (time is up)."""
        whole = timedelta(minutes=self.turn.minutes)
        left = min(max(self.until - at, timedelta()), whole)
        return LEVELS - LEVELS * left // whole

    def clock(self, at: datetime) -> str:
        """Give the time left as a timer shows it, « 6:32 »; « 0:00 » once it is up."""
        seconds = max(-((at - self.until) // timedelta(seconds=1)), 0)
        return f"{seconds // 60}:{seconds % 60:02}"

    def is_up(self, at: datetime) -> bool:
        """Tell whether the time is up."""
        return at >= self.until


def turns_of(programme: Programme) -> list[Turn]:
    """List the turns of a day in the order they were given."""
    return list(session.scalars(_TURNS, {"number": programme.id}))


def floor_of(stands: Sequence[Stand], turns: Sequence[Turn]) -> Floor | None:
    """Give who has the floor, or None."""
    running = next((turn for turn in turns if turn.ended_at is None), None)
    stand = next((stand for stand in stands if running is not None and stand.id == running.stand_id), None)
    return Floor(running, stand) if running is not None and stand is not None else None


def next_stand(stands: Sequence[Stand], turns: Sequence[Turn]) -> Stand | None:
    """Give the first stand, in their order, that has not had the floor yet; None once all have."""
    heard = {turn.stand_id for turn in turns}
    return next((stand for stand in stands if stand.id not in heard), None)
