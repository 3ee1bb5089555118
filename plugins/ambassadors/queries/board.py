"""What is looked for, as the board shows it: by the time it needs, the newest first in each (C44 SPEC 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import READ_AT, READER, Audience, Viewer, among_words, reading, session, sought, texts, word_values

from plugins.ambassadors.models.card import TIMES
from plugins.ambassadors.models.wanted import Reply, Wanted

_ = texts("ambassadors")

MINE, SAID = "mine", "said"
ORDER = (Wanted.brevity, Wanted.posted_at, Wanted.id)
_IS_OPEN = sa.and_(Wanted.closed_at.is_(None), Wanted.until_at > READ_AT)
_SAID = sa.exists().where(Reply.wanted_id == Wanted.id, Reply.person_id == READER)
# Whoever said that they can may take it back, also once it is no longer open to others like them.
_IS_READ = sa.or_(Wanted.readable(), _SAID)
_SHOWN = {"": _IS_OPEN, MINE: Wanted.author_id == READER, SAID: _SAID}
_ON_A_WALL = (
    sa.select(Wanted)
    .where(Wanted.readable(), Wanted.audience == Audience.INTRANET, _IS_OPEN)
    .order_by(*(column.desc() for column in ORDER))
    .limit(200)
)
_ONE = sa.select(Wanted).where(_IS_READ, Wanted.id == sa.bindparam("number"))
_SOME = sa.select(Wanted).where(_IS_READ, Wanted.id.in_(sa.bindparam("numbers", expanding=True)))
_SAID_AMONG = sa.select(Reply.wanted_id).where(
    Reply.person_id == READER, Reply.wanted_id.in_(sa.bindparam("numbers", expanding=True))
)
_OWN_REPLY = sa.select(Reply).where(Reply.person_id == READER, Reply.wanted_id == sa.bindparam("number"))
_REPLIES = (
    sa.select(Reply)
    .join(Wanted, Wanted.id == Reply.wanted_id)
    .where(Reply.wanted_id == sa.bindparam("number"), Wanted.author_id == READER)
    .order_by(Reply.said_at, Reply.id)
)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for on the board."""

    text: str = ""
    minutes: int | None = None
    is_without_computer: bool = False
    shown: str = ""

    @property
    def statement(self) -> sa.Select[Any]:
        """Give the statement of it, built once for each sort of search."""
        count = len(sought(self.text))
        sort = {"has_minutes": self.minutes is not None, "is_without_computer": self.is_without_computer}
        return _asked(count, shown=self.shown, **sort)

    def values(self, viewer: Viewer, *, at: datetime) -> dict[str, Any]:
        """Give what it is executed with."""
        return reading(viewer, at=at, minutes=self.minutes, **word_values(sought(self.text)))


@lru_cache(maxsize=64)
def _asked(count: int, *, has_minutes: bool, is_without_computer: bool, shown: str) -> sa.Select[Any]:
    criteria = [_IS_READ, _SHOWN[shown], *among_words(Wanted.folded, count)]
    criteria += [Wanted.minutes == sa.bindparam("minutes")] if has_minutes else []
    criteria += [Wanted.is_without_computer.is_(True)] if is_without_computer else []
    return sa.select(Wanted).where(*criteria)


def by_time(wanted: Iterable[Wanted]) -> dict[int, list[Wanted]]:
    """Group openings by the time they need, the shortest first; a time without any is there, empty."""
    found: dict[int, list[Wanted]] = {minutes: [] for minutes in TIMES}
    for one in wanted:
        found[one.minutes].append(one)
    return found


def on_a_wall(viewer: Viewer, *, at: datetime) -> dict[int, list[Wanted]]:
    """Give what every agent may read, by time: what hangs in a hall shows nothing else."""
    return by_time(session.scalars(_ON_A_WALL, reading(viewer, at=at)))


def one_opening(viewer: Viewer, number: int, *, at: datetime) -> Wanted | None:
    """Give an opening, if it is open to `viewer`, or if they said that they can."""
    return session.scalar(_ONE, reading(viewer, at=at, number=number))


def openings(viewer: Viewer, numbers: Iterable[int], *, at: datetime) -> list[Wanted]:
    """Give those of these openings that are open to `viewer`, or to which they said that they can."""
    return list(session.scalars(_SOME, reading(viewer, at=at, numbers=list(numbers))))


def said_among(viewer: Viewer, wanted: Iterable[Wanted]) -> set[int]:
    """Tell to which of these openings a person said that they can."""
    numbers = [one.id for one in wanted]
    asked = {"reader_id": viewer.person_id, "numbers": numbers}
    return set(session.scalars(_SAID_AMONG, asked)) if numbers else set()


def own_reply(viewer: Viewer, wanted: Wanted) -> Reply | None:
    """Give what a person answered to an opening."""
    return session.scalar(_OWN_REPLY, {"reader_id": viewer.person_id, "number": wanted.id})


def replies_for(viewer: Viewer, wanted: Wanted) -> list[Reply]:
    """List who can, in the order they said so, for whoever posted it; nothing for anybody else."""
    return list(session.scalars(_REPLIES, {"reader_id": viewer.person_id, "number": wanted.id}))


def is_open(wanted: Wanted, *, at: datetime) -> bool:
    """Tell whether it is still looked for."""
    return wanted.closed_at is None and wanted.until_at > at


def state_of(wanted: Wanted, *, at: datetime) -> tuple[str, str]:
    """Say where it stands: a word and its kind."""
    if is_open(wanted, at=at):
        return _("looked for"), "wait"
    if wanted.is_found:
        return _("found"), "good"
    return (_("no longer looked for"), "stopped") if wanted.closed_at else (_("its day has passed"), "stopped")
