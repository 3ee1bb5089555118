"""How many statements a page costs, with ten rows of everything and with a thousand: no more.

It may cost fewer: the first page of a long list may speak of fewer kinds of things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from portal.db import CoreBase
from portal.web.listing import held_listing, listing

from tests.review.doors import Door
from tests.review.expecting import is_let_in
from tests.review.walking import OPERATIONAL, Visit, Walk

FEW, MANY = 10, 1000
PAGE = 24
# What stands once in a collectivity, or grows by other rules: the audit is a chain, a setting has one value.
ALONE = OPERATIONAL | {
    "audit", "audit_head", "audit_person", "erasures", "file_contents", "inventory_plugins", "inventory_tables",
    "passages", "plugins", "portal_state", "settings",
}  # fmt: skip
# They name things of every plugin, each kind at once: a longer page may speak of more kinds.
BY_KIND = {"core.my_news", "core.news_feed", "regards.questions"}
FIRST = 1_000_000
Column = sa.Column[Any]


def compare_ten_and_a_thousand(walk: Walk, roles: Iterable[str], *, doors: Iterable[Door] | None = None) -> list[str]:
    """Count the statements of each page with few rows of everything, then with many."""
    asked = list(_once_each(walk, list(roles), doors or walk.doors))
    counts = []
    for start, copies, size in ((0, FEW, FEW), (FEW, MANY - FEW, PAGE)):
        multiply(walk.app, start, copies)
        with pages_of(size):
            counts.append([_counted(walk, role, door) for role, door in asked])
    return [
        f"{many.visit} makes {len(few.asked)} statements with {FEW} rows of everything, {len(many.asked)} with {MANY}"
        for few, many, (_role, door) in zip(*counts, asked, strict=True)
        if few.cost(door) < many.cost(door) or few.visit.status != many.visit.status
    ]


@contextmanager
def pages_of(size: int) -> Iterator[None]:
    """Let a list show so many rows at once: a page that is full already with few rows would cost the same with many."""
    with ExitStack() as stack:
        for paged in (listing, held_listing):
            stack.enter_context(patch.dict(paged.__kwdefaults__, size=size))
        yield


def _once_each(walk: Walk, roles: list[str], doors: Iterable[Door]) -> Iterator[tuple[str, Door]]:
    """Give each endpoint once, as the first of the roles that is let in."""
    done: set[str] = set()
    for door in doors:
        role = next((role for role in roles if is_let_in(door, role, walk.world, walk.furniture)), None)
        if door.method == "GET" and role is not None and door.endpoint not in done | {*walk.furniture.bounded}:
            done.add(door.endpoint)
            yield role, door


@dataclass(frozen=True)
class Counted:
    """What a page asked of the database."""

    asked: list[str]
    visit: Visit

    def cost(self, door: Door) -> int:
        """Give what may not grow: all that was asked, or what was asked again in the same words."""
        return len(self.asked) - (len(set(self.asked)) if door.endpoint in BY_KIND else 0)


def _counted(walk: Walk, role: str, door: Door) -> Counted:
    walk.visit(role, door)  # what a first visit writes down, « last seen », is not of the page
    with counting(walk.app) as statements:
        visit = walk.visit(role, door)
    return Counted(statements, visit)


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Gather what is read meanwhile."""
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.extend([statement] if statement.startswith(("SELECT", "WITH")) else [])

    event.listen(app.config["ENGINE"], "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(app.config["ENGINE"], "before_cursor_execute", note)


def multiply(app: Flask, start: int, copies: int) -> None:
    """Copy the rows of every table, in turn, until there are so many more of each."""
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        there = set(sa.inspect(conn).get_table_names())
        tables = [table for table in CoreBase.metadata.sorted_tables if table.name in there - ALONE]
        for table in tables:
            originals = [row._mapping for row in conn.execute(_originals(table))]
            if originals:
                numbers = range(start, start + copies)
                made = [_copy(table, originals[number % len(originals)], number) for number in numbers]
                conn.execute(sa.insert(table), made)


def _originals(table: sa.Table) -> sa.Select[Any]:
    keys = [key for key in table.primary_key.columns if isinstance(key.type, sa.Integer)]
    return sa.select(table).where(*(key < FIRST for key in keys)).order_by(*table.primary_key.columns)


def _copy(table: sa.Table, row: Any, number: int) -> dict[str, Any]:
    values = dict(row)
    for column in _differing(table):
        values[column.name] = _other(column, values[column.name], number)
    return values


def _differing(table: sa.Table) -> list[Column]:
    """Give the columns that make a row another: of each key or set that is unique, the last one."""
    unique = [list(found.columns) for found in table.constraints if isinstance(found, sa.UniqueConstraint)]
    unique += [list(index.columns) for index in table.indexes if index.unique]
    chosen = [columns[-1] for columns in unique] + [list(table.primary_key.columns)[-1]]
    spoken_of = [table.columns["subject_id"]] if "subject_id" in table.columns else []
    return [*chosen, *spoken_of]


def _other(column: Column, value: Any, number: int) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.String):
        return f"{number}-{value}"[: column.type.length]
    if isinstance(column.type, sa.Date):
        return value + timedelta(days=number + 1)
    return FIRST + number
