"""Which ephemeral labs one may read, among them what one looks for, how many they are.

A statement is built once for each shape of a search, then executed with `reading(viewer, at=…, **search.values)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import READ_AT, READER, Viewer, among_words, reading, session, sought, word_values

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.queries.ephemeral_states import State, is_counted, is_current, is_in

SHOWN_AT_ONCE = 60
KEPT_STATEMENTS = 64
Labs = sa.Select[Ephemeral]


def joined(*since: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Give the criterion of the labs `READER` is in, for a statement that starts from them.

    :param since: what else is known of when they came: without it PostgreSQL may read every lab of the time asked
    """
    theirs = sa.and_(Participant.person_id == READER, Participant.left_at.is_(None), *since)
    return Ephemeral.id.in_(sa.select(Participant.ephemeral_id).where(theirs))


def readable() -> sa.ColumnElement[bool]:
    """Give the criterion of the labs `READER` may read: its audience, and whoever was let in and is in it.

    Asked of each lab, and not of all those they were ever in: that list grows with the years.
    Rule: G7. Somebody outside the audience gets in by the QR code only, and only if the opener allowed guests.
    """
    theirs = sa.and_(Participant.person_id == READER, Participant.left_at.is_(None))
    is_in_it = sa.exists().where(Participant.ephemeral_id == Ephemeral.id, theirs).correlate(Ephemeral)
    return sa.or_(Ephemeral.readable(), is_in_it)


@dataclass(frozen=True, slots=True)
class Search:
    """What one looks for among the ephemeral labs one may read; all of them by default.

    There is no filter by outcome: a total beside it would be a success rate (C02 SPEC 3).

    :ivar words: the first eight all stand in the question or in what was learnt, whatever the capitals and accents
    """

    words: str = ""
    state: State | None = None
    lab_id: int | None = None

    @property
    def statement(self) -> Labs:
        """Select the labs, without order; the same object for every search of this shape."""
        return _found(len(sought(self.words)), self.state, in_lab=self.lab_id is not None)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        return {"lab_id": self.lab_id, **word_values(sought(self.words))}


@cache
def _found(words: int, state: State | None, *, in_lab: bool) -> Labs:
    criteria = [readable(), *among_words(Ephemeral.folded, words)]
    criteria += [is_in(state)] if state is not None else []
    criteria += [Ephemeral.lab_id == sa.bindparam("lab_id")] if in_lab else []
    return sa.select(Ephemeral).where(*criteria)


IN_A_LAB = _found(0, None, in_lab=True)


@lru_cache(maxsize=KEPT_STATEMENTS)
def current_among(statement: Labs) -> Labs:
    """Keep what is open among `statement`, first to end first, then what is announced, first to start first."""
    is_ahead = Ephemeral.starts_at > READ_AT
    next_instant = sa.case((is_ahead, Ephemeral.starts_at), else_=Ephemeral.ends_at)
    few = statement.where(is_current()).order_by(is_ahead, next_instant, Ephemeral.id)
    return few.limit(SHOWN_AT_ONCE)


@lru_cache(maxsize=KEPT_STATEMENTS)
def but_those_above(statement: Labs) -> Labs:
    """Leave the labs out whose numbers are the value of `above`: they are shown already."""
    return statement.where(Ephemeral.id.not_in(sa.bindparam("above", expanding=True)))


def counted_in(search: Search, viewer: Viewer, *, at: datetime, up_to: int) -> tuple[int, bool]:
    """Count the labs of a search that enter counts, no further than `up_to`; tell whether others were left out.

    Rule: C01 SPEC 7.
    """
    found = session.execute(_counting(search.statement, up_to), reading(viewer, at=at, **search.values)).one()
    return found[0], bool(found[1])


@lru_cache(maxsize=KEPT_STATEMENTS)
def _counting(statement: Labs, up_to: int) -> sa.Select[int, bool]:
    ids = statement.with_only_columns(Ephemeral.id)
    some = ids.where(is_counted()).limit(up_to).subquery()
    counted = sa.select(sa.func.count().label("labs")).select_from(some).subquery()
    # the others are looked for only when the count has reached its end: few labs, read once
    others = sa.case((counted.c.labs < up_to, ids.where(sa.not_(is_counted())).exists()), else_=sa.false())
    return sa.select(counted.c.labs, others)
