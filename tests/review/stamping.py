"""A marker in every column of words of every row, with who may come upon it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    for column in text_columns(furniture):
        if str(column) not in GIVEN:
            _stamp(column, world, furniture)
    db.session.flush()


def _stamp(column: sa.Column[Any], world: World, furniture: Furniture) -> None:
    table, name = column.table, str(column)
    readers = furniture.readers.get(name) or furniture.readers.get(table.name)
    assert readers, f"nobody says who reads {name}: READERS or EXEMPT in the furniture"
    keys = list(table.primary_key.columns)
    for row in db.session.execute(sa.select(table).where(column.is_not(None))).all():
        old, place = getattr(row, column.name), tuple(getattr(row, key.name) for key in keys)
        if old in ("", None) or _has_left(row, table):
            continue
        found = readers(row, world)
        thing, who = found if isinstance(found, tuple) else (found, None)
        if isinstance(thing, Thing):
            word = world.mark(name, place, thing.readers if who is None else who, thing)
        else:
            word = world.mark(name, place, thing)
        shape = furniture.shapes.get(name, _shape(column))
        here = sa.and_(*(key == value for key, value in zip(keys, place, strict=True)))
        db.session.execute(sa.update(table).where(here).values({column.name: shape(old, word)}))


def _has_left(row: Any, table: sa.Table) -> bool:
    return table.name == "users" and row.disabled_at is not None


def _shape(column: sa.Column[Any]) -> Callable[[Any, str], Any]:
    """Put the marker before what stands there, within the width of the column."""
    if isinstance(column.type, sa.JSON):
        return lambda old, word: {**old, "said": word} if isinstance(old, dict) else [*old, word]
    width = getattr(column.type, "length", None)
    return lambda old, word: f"{word} {old}"[:width]
