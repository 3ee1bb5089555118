"""Erase what is held about one person, column by column, as declared: emptied, deleted, or kept under a pseudonym.

Only the rows: leaving comes first (`portal.people.erasing`). Sums and histories never change (G6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from portal.content.privacy.holdings import is_about, paths_of
from portal.content.privacy.retention import empty_of
from portal.db import db
from portal.loader.inventory.sheets import CLEAR, DELETE, PSEUDONYM, ColumnSheet, Inventory, TableSheet

NAME_LETTERS = 5  # a shorter name is found in the middle of anything


@dataclass(frozen=True, slots=True)
class Erasing:
    """One thing that an erasure does. Not how often: a count would tell that private entries exist (P19).

    :ivar act: *clear*, *delete* or *pseudonym* (it stays)
    :ivar reasons: why it was kept
    """

    plugin: str
    table: str
    act: str
    reasons: tuple[str, ...]


def what_is_erased(inventory: Inventory) -> list[Erasing]:
    """Say what an erasure does, table by table, whoever the person is."""
    return [
        Erasing(sheet.plugin, sheet.name, act, tuple(dict.fromkeys(column.reason for column in columns)))
        for sheet in inventory.tables.values()
        for _path, columns, act in _acts(sheet)
    ]


def erase_rows(inventory: Inventory, person_id: int) -> None:
    """Empty and delete what is declared so; a table comes before those it refers to."""
    for sheet in reversed(inventory.tables.values()):
        table = sheet.sql
        for path, columns, act in _acts(sheet):
            about = is_about(inventory, sheet, table, path, person_id)
            if act == DELETE:
                db.session.execute(sa.delete(table).where(about))
            elif act == CLEAR:
                emptied = {column.name: empty_of(column) for column in columns}
                db.session.execute(sa.update(table).where(about).values(emptied))


def erase_mentions(inventory: Inventory, marks: tuple[str, ...]) -> None:
    """Erase what is nobody's in particular (a trace of a fault, a message that waits) where it spells these marks.

    :param marks: names and addresses of the person, taken before they left
    """
    for sheet in reversed(inventory.tables.values()):
        table = sheet.sql
        for column in sheet.personal:
            text = sa.cast(table.c[column.name], sa.Text)
            found = [text.contains(mark, autoescape=True) for mark in _spellings(marks, column.kind)]
            if column.whose is not None or not found:
                continue
            if column.on_erase == DELETE:
                db.session.execute(sa.delete(table).where(sa.or_(*found)))
            elif column.on_erase == CLEAR:
                db.session.execute(sa.update(table).where(sa.or_(*found)).values({column.name: empty_of(column)}))


def _spellings(marks: tuple[str, ...], kind: str) -> Iterator[str]:
    """Give the marks as they stand in a column: JSON writes letters with accents in its own way."""
    for mark in marks:
        if len(mark) >= NAME_LETTERS:
            yield mark
            if kind == "json" and not mark.isascii():
                yield json.dumps(mark)[1:-1]


def _acts(sheet: TableSheet) -> Iterator[tuple[str, tuple[ColumnSheet, ...], str]]:
    """Group the columns by whose they are; where one of them deletes the row, nothing else is to be done."""
    for path in paths_of(sheet):
        own = [column for column in sheet.personal if column.whose == path]
        for act in (DELETE, CLEAR, PSEUDONYM):
            columns = tuple(column for column in own if column.on_erase == act)
            if columns:
                yield path, columns, act
            if columns and act == DELETE:
                break
