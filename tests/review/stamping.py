"""A marker in every column of words of every row, with who may come upon it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from portal.db import CoreBase, db

from tests.review.furniture import Furniture
from tests.review.world import Thing, World

WORDS = (sa.String, sa.JSON, sa.LargeBinary)
# An entry of the audit is never written again: its marker was given when it was made.
GIVEN = {"audit.facts"}


def text_columns(furniture: Furniture) -> Iterator[sa.Column[Any]]:
    """Give the columns of every table that may hold what a person wrote."""
    there = set(sa.inspect(db.session.connection()).get_table_names())
    for table in CoreBase.metadata.sorted_tables:
        if table.name in furniture.exempt or table.name not in there:
            continue
        for column in table.columns:
            if isinstance(column.type, WORDS) and str(column) not in furniture.exempt and not column.foreign_keys:
                yield column


def stamp(world: World, furniture: Furniture) -> None:
    """Write a marker in each of them, where something is written."""
    for written in written_in(furniture):
        written.replace(_marker(written, world, furniture), furniture)
    db.session.flush()


@dataclass(frozen=True)
class Written:
    """What stands in one column of one row."""

    column: sa.Column[Any]
    row: Any

    @property
    def place(self) -> tuple[Any, ...]:
        """Give the key of the row."""
        return tuple(getattr(self.row, key.name) for key in self.column.table.primary_key.columns)

    @property
    def text(self) -> Any:
        """Give what stands there."""
        return getattr(self.row, self.column.name)

    def replace(self, word: str, furniture: Furniture) -> None:
        """Put a word before it, in the shape that the column has."""
        shape, keys = furniture.shapes.get(str(self.column), _shape(self.column)), self.column.table.primary_key.columns
        here = sa.and_(*(key == value for key, value in zip(keys, self.place, strict=True)))
        statement = sa.update(self.column.table).where(here)
        db.session.execute(statement.values({self.column.name: shape(self.text, word)}))


def written_in(furniture: Furniture) -> Iterator[Written]:
    """Give what stands in each column of words, whoever left aside: their rows say that they left."""
    for column in text_columns(furniture):
        if str(column) in GIVEN:
            continue
        for row in db.session.execute(sa.select(column.table).where(column.is_not(None))).all():
            written = Written(column, row)
            if written.text not in ("", None) and not _has_left(row, column.table):
                yield written


def _marker(written: Written, world: World, furniture: Furniture) -> str:
    table, name = written.column.table, str(written.column)
    readers = furniture.readers.get(name) or furniture.readers.get(table.name)
    assert readers, f"nobody says who reads {name}: READERS or EXEMPT in the furniture"
    found = readers(written.row, world)
    thing, who = found if isinstance(found, tuple) else (found, None)
    if isinstance(thing, Thing):
        return world.mark(name, written.place, thing.readers if who is None else who, thing)
    return world.mark(name, written.place, thing)


def _has_left(row: Any, table: sa.Table) -> bool:
    return table.name == "users" and row.disabled_at is not None


def _shape(column: sa.Column[Any]) -> Callable[[Any, str], Any]:
    """Put the marker before what stands there, within the width of the column."""
    if isinstance(column.type, sa.JSON):
        return lambda old, word: {**old, "said": word} if isinstance(old, dict) else [*old, word]
    width = getattr(column.type, "length", None)
    return lambda old, word: f"{word} {old}"[:width]
