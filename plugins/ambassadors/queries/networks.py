"""Around one talent: who brings it, who seeks it, in which service, as far as one may read it (C08).

Services are in alphabetical order, people within one in the order of the day: nobody is always first (SPEC 2). Too many
to be drawn, they are shown by service, and a click opens one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from portal.api import Viewer, fold, local_day, people_table, reading, session

from plugins.ambassadors.models.card import BRING, SEEK, Card, EntryTag
from plugins.ambassadors.queries.cards import open_entries
from plugins.ambassadors.queries.order import TURN, day_values

MOST_NODES = 300
LINE, MARGIN = 32, 8
SIDE_WIDTH, ROOM, MIDDLE_WIDTH = 300, 72, 216
WIDTH = 2 * (SIDE_WIDTH + ROOM) + MIDDLE_WIDTH

_SAID = open_entries().subquery("said")
_HERE = people_table()
_AROUND = (
    sa.select(_SAID.c.kind, _HERE.c.id, _HERE.c.name, _HERE.c.service_id, _HERE.c.service)
    .join(EntryTag, EntryTag.entry_id == _SAID.c.id)
    .join(Card, Card.id == _SAID.c.card_id)
    .join(_HERE, _HERE.c.id == _SAID.c.author_id)
    .where(EntryTag.tag_id == sa.bindparam("tag"), _SAID.c.kind.in_([BRING, SEEK]))
    .order_by(TURN, _HERE.c.id)
)


@dataclass(frozen=True, slots=True)
class Around:
    """A service on one side of the talent.

    :ivar people: numbers and names, in the order of the day; empty while the service is closed
    """

    service_id: int | None
    name: str
    people: list[tuple[int, str]]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the drawing: a service, or somebody under it."""

    y: int
    label: str
    person_id: int | None = None
    service_id: int | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Network:
    """Both sides of a talent.

    :ivar is_by_service: too many to be drawn; a service is opened by a click
    """

    brings: list[Around]
    seeks: list[Around]
    is_by_service: bool

    @property
    def sides(self) -> dict[str, list[Line]]:
        """Give the lines of both sides, from the top down."""
        return {BRING: list(_lines(self.brings)), SEEK: list(_lines(self.seeks))}

    @property
    def height(self) -> int:
        """Give the height of the drawing."""
        return 2 * MARGIN + LINE * max(2, *(len(lines) for lines in self.sides.values()))


def network_of(viewer: Viewer, tag_id: int, *, opened: int | None = None, at: datetime) -> Network:
    """Give who is around a talent for this reader; one query.

    :param opened: the service whose people are shown when they are too many
    """
    rows = session.execute(_AROUND, reading(viewer, at=at, tag=tag_id, **day_values(local_day(at)))).all()
    by_service = len(rows) + len({(row.kind, row.service_id) for row in rows}) > MOST_NODES
    brings, seeks = (
        [_around(group, is_open=not by_service or group[0].service_id == opened) for group in _groups(rows, kind)]
        for kind in (BRING, SEEK)
    )
    return Network(brings, seeks, by_service)


def _groups(rows: Any, kind: str) -> Iterator[list[Any]]:
    ordered = sorted((row for row in rows if row.kind == kind), key=_by_service)  # stable: the order of the day stays
    return (list(group) for _key, group in groupby(ordered, key=_by_service))


def _by_service(row: Any) -> tuple[str, int]:
    return fold(row.service), row.service_id or 0


def _around(rows: list[Any], *, is_open: bool) -> Around:
    people = [(row.id, row.name) for row in rows] if is_open else []
    return Around(rows[0].service_id, rows[0].service or "", people, is_open)


def _lines(side: list[Around]) -> Iterator[Line]:
    y = MARGIN
    for around in side:
        yield Line(y, around.name, service_id=around.service_id or 0, is_open=around.is_open)
        y += LINE
        for person_id, name in around.people:
            yield Line(y, name, person_id=person_id)
            y += LINE
