"""The board in three columns, for the hall and for paper: late, under way, kept in the last twelve months (C07).

What was said done in these months and nobody confirmed stands with what is under way, in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import UtcDateTime, Viewer, session, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitment_states import UNDER_WAY, State, is_in
from plugins.copils.queries.commitments import PRESSING, Glance, asked, glances, readable_commitments

_ = texts("copils")

KEPT_DAYS = 365
_KEPT_SINCE = sa.bindparam("kept_since", type_=UtcDateTime())
_MOST = sa.bindparam("most", type_=sa.Integer())
_LATE = is_in(State.LATE)
_UNCONFIRMED = sa.and_(is_in(State.UNCONFIRMED), Commitment.proposed_at >= _KEPT_SINCE)
_RUNNING = sa.or_(*(is_in(state) for state in UNDER_WAY), _UNCONFIRMED)
_KEPT = sa.and_(is_in(State.KEPT), Commitment.confirmed_at >= _KEPT_SINCE)
_BY_DAY = PRESSING
_NEWEST = (Commitment.confirmed_at.desc(), Commitment.id.desc())
_COLUMNS = (
    (_.later("Late"), "late", _LATE, _BY_DAY),
    (_.later("Under way"), "wait", _RUNNING, _BY_DAY),
    (_.later("Kept"), "good", _KEPT, _NEWEST),
)
_FIRST = [
    readable_commitments().where(criterion).order_by(*order).limit(_MOST)
    for _title, _kind, criterion, order in _COLUMNS
]
_COUNTS = sa.select(*(sa.func.count().filter(criterion) for _title, _kind, criterion, _order in _COLUMNS)).where(
    Commitment.readable()
)


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One state of the board: its first commitments, and how many there are."""

    title: str
    kind: str
    glances: list[Glance]
    total: int

    @property
    def left(self) -> int:
        """Count those that are not shown."""
        return self.total - len(self.glances)


def board_columns(viewer: Viewer, *, at: datetime, most: int) -> list[BoardColumn]:
    """Give the three columns as one may read them, each with its `most` first commitments."""
    values = asked(viewer, at=at, kept_since=at - timedelta(days=KEPT_DAYS), most=most)
    found = [list(session.scalars(statement, values)) for statement in _FIRST]
    shown = iter(glances([row for rows in found for row in rows], at=at))
    totals = session.execute(_COUNTS, values).one()
    return [
        BoardColumn(str(title), kind, [next(shown) for _row in rows], total)
        for (title, kind, _criterion, _order), rows, total in zip(_COLUMNS, found, totals, strict=True)
    ]
