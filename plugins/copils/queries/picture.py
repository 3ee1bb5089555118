"""The commitments of a year as a picture: a row for each function, alphabetical, a mark in the month each is due (C07).

Nothing is summed by function (law 3). Places are in units of the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

import sqlalchemy as sa

from portal.api import FunctionCard, Viewer, fold, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitments import Glance, asked, glances, readable_commitments

NAME_WIDTH, MONTH_WIDTH, ROW_HEIGHT, HEAD_HEIGHT = 272, 68, 32, 32
MARGIN, STEP = 8, 16
MONTHS = 12
MARKS_IN_A_MONTH = 4
_OF_A_YEAR = (
    readable_commitments()
    .where(Commitment.withdrawn_at.is_(None))
    .where(Commitment.due_on >= sa.bindparam("since", type_=sa.Date()))
    .where(Commitment.due_on < sa.bindparam("until", type_=sa.Date()))
    .order_by(Commitment.due_on, Commitment.id)
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a function owes in one month.

    :ivar marks: place and commitment of each; empty when they are too many to be told apart
    """

    month: date
    x: int
    glances: list[Glance]

    @property
    def marks(self) -> list[tuple[int, Glance]]:
        """Place each commitment, if there is room."""
        if len(self.glances) > MARKS_IN_A_MONTH:
            return []
        return [(self.x + MARGIN + STEP * place, glance) for place, glance in enumerate(self.glances)]


@dataclass(frozen=True, slots=True)
class Row:
    """A function and its months."""

    function: FunctionCard
    y: int
    cells: list[Cell]

    @property
    def middle(self) -> int:
        """Give where its marks stand."""
        return self.y + ROW_HEIGHT // 2

    @property
    def glances(self) -> Iterator[Glance]:
        """Give its commitments by the day they are due."""
        return (glance for cell in self.cells for glance in cell.glances)


@dataclass(frozen=True, slots=True)
class Picture:
    """The rows of a year, and the size of their drawing."""

    rows: list[Row]

    @property
    def width(self) -> int:
        """Give the width of the drawing."""
        return NAME_WIDTH + MONTHS * MONTH_WIDTH

    @property
    def height(self) -> int:
        """Give its height."""
        return HEAD_HEIGHT + len(self.rows) * ROW_HEIGHT

    @property
    def months(self) -> list[int]:
        """Give where each month begins."""
        return [month_x(month) for month in range(1, MONTHS + 1)]


def month_x(month: int) -> int:
    """Give where a month begins in the drawing."""
    return NAME_WIDTH + (month - 1) * MONTH_WIDTH


def picture_of(viewer: Viewer, year: int, *, at: datetime) -> Picture:
    """Draw the commitments due in a year that one may read, as they stand at an instant."""
    span = {"since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    found = glances(session.scalars(_OF_A_YEAR, asked(viewer, at=at, **span)), at=at)
    ordered = sorted(found, key=_by_function)  # stable: by due day within a function
    by_function = [list(group) for _key, group in groupby(ordered, key=_by_function)]
    return Picture([_row(place, group) for place, group in enumerate(by_function)])


def _by_function(glance: Glance) -> tuple[str, int]:
    return fold(glance.function.name), glance.function.id


def _row(place: int, found: list[Glance]) -> Row:
    cells = [
        Cell(month, month_x(month.month), list(group))
        for month, group in groupby(found, key=lambda glance: glance.commitment.due_on.replace(day=1))
    ]
    return Row(found[0].function, HEAD_HEIGHT + place * ROW_HEIGHT, cells)
