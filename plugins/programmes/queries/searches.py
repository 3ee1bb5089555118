"""Which days one looks for: to come or past, of a lab, by the words of their title and place.

What slots say is not searched: a surprise would be found before its time (C34 SPEC 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.api import among_words, sought, word_values

from plugins.programmes.models.programme import Programme

PAST = "past"


@dataclass(frozen=True, slots=True)
class Search:
    """What one looks for among the days one may read; what is to come by default."""

    words: str = ""
    is_past: bool = False
    lab_id: int | None = None

    @property
    def statement(self) -> sa.Select[Programme]:
        """Select the days, without order; the same object for every search of this shape."""
        return _found(len(sought(self.words)), is_past=self.is_past, of_lab=self.lab_id is not None)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters, but for `today`."""
        return {"lab_id": self.lab_id, **word_values(sought(self.words))}

    @property
    def in_order(self) -> sa.Select[Programme]:
        """Select the days in the order of the list: the nearest first."""
        order = (Programme.held_on, Programme.id)
        return self.statement.order_by(*(column.desc() if self.is_past else column for column in order))


@cache
def _found(words: int, *, is_past: bool, of_lab: bool) -> sa.Select[Programme]:
    today = sa.bindparam("today", type_=sa.Date())
    criteria = [Programme.readable(), Programme.held_on < today if is_past else Programme.held_on >= today]
    criteria += among_words(Programme.folded, words)
    criteria += [Programme.reader_group_id == sa.bindparam("lab_id")] if of_lab else []
    return sa.select(Programme).where(*criteria)
