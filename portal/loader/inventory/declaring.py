"""What models declare about people, checked and read: an undeclared column is refused (trust P17)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from portal.db import CoreBase, Personal, UtcDateTime
from portal.errors import ConfigError
from portal.loader.inventory.sheets import CLEAR, DELETE, PSEUDONYM

WORDS = (sa.String, sa.JSON, sa.LargeBinary)
CLOCKS = {"real", "domain"}


def is_person(column: sa.Column[Any]) -> bool:
    """Tell whether a column names a person."""
    own = column.table.name == "users" and column.name == "id"
    return own or any(key.target_fullname == "users.id" for key in column.foreign_keys)


def column_at(table: Any, path: str) -> sa.Column[Any] | None:
    """Follow a path from a table; None if it leads nowhere."""
    link, _dot, rest = path.partition(".")
    column: sa.Column[Any] | None = table.columns.get(link)
    if column is None or not rest:
        return column
    keys = list(column.foreign_keys)
    return column_at(keys[0].column.table, rest) if keys else None


def since_of(table: Any, personal: Personal) -> tuple[str, ...]:
    """Give the paths the days count from: those declared, else the one instant that is never empty."""
    if personal.since:
        return (personal.since,) if isinstance(personal.since, str) else personal.since
    found = [column.name for column in table.columns if isinstance(column.type, UtcDateTime) and not column.nullable]
    return tuple(found) if len(found) == 1 else ()


def at_end_of(personal: Personal) -> str:
    """Say what happens once the days are over; empty if they never are."""
    if personal.keep_days is None:
        return ""
    return personal.at_end or (DELETE if personal.on_erase == DELETE else CLEAR)


def faults_of(base: type[DeclarativeBase]) -> list[str]:
    """List what the models of a base declare wrongly, or not at all."""
    return [fault for mapper in base.registry.mappers for fault in _faults(mapper.local_table, mapper.class_)]


def _faults(table: Any, model: Any) -> Iterator[str]:
    personal, plain = model.__personal__, {*model.__plain__, "audience"}
    if model.__clock__ not in CLOCKS:
        yield f"table {table.name}: __clock__ is real or domain, not {model.__clock__}"
    for name in {*personal, *plain} - set(table.columns.keys()) - {"audience"}:
        yield f"table {table.name} declares a column it has not: {name}"
    for column in table.columns:
        if column.name in personal:
            for fault in _of_column(column, personal[column.name]):
                yield f"column {table.name}.{column.name}: {fault}"
        elif column.name not in plain and (
            isinstance(column.type, WORDS) or (column.foreign_keys and is_person(column))
        ):
            yield f"column {table.name}.{column.name} declares nothing about personal data"


def _of_column(column: sa.Column[Any], personal: Personal) -> Iterator[str]:
    table: Any = column.table
    whose = column_at(table, personal.whose) if personal.whose is not None else None
    if personal.whose is not None and (whose is None or not is_person(whose)):
        yield f"whose leads to no person: {personal.whose}"
    if personal.on_erase not in {CLEAR, PSEUDONYM, DELETE}:
        yield f"on_erase is clear, pseudonym or delete, not {personal.on_erase}"
    if personal.at_end not in {"", CLEAR, DELETE}:
        yield f"at_end is clear or delete, not {personal.at_end}"
    yield from _of_duration(column, personal)
    empties = personal.on_erase == CLEAR or at_end_of(personal) == CLEAR
    if empties and not _can_be_empty(column):
        yield "cannot be emptied: let it be null, or let erasure (on_erase) or the end (at_end) delete the row"


def _of_duration(column: sa.Column[Any], personal: Personal) -> Iterator[str]:
    paths = since_of(column.table, personal)
    if personal.keep_days is not None and not paths:
        yield "says keep_days, not since which instant: name it with since"
    for path in paths if personal.keep_days is not None or personal.since else ():
        found = column_at(column.table, path)
        if found is None or not isinstance(found.type, UtcDateTime):
            yield f"since leads to no instant: {path}"


def _can_be_empty(column: sa.Column[Any]) -> bool:
    if column.nullable:
        return True
    table: Any = column.table
    uniques = [item for item in table.constraints if isinstance(item, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    indexes = [index for index in table.indexes if index.unique]
    is_unique = any(column.name in item.columns for item in (*uniques, *indexes))
    return isinstance(column.type, WORDS) and not is_unique


@cache
def check_core() -> None:
    """Refuse to start with a column of the core that says nothing, or says it wrongly.

    :raises ConfigError: lists them
    """
    faults = faults_of(CoreBase)
    if faults:
        raise ConfigError("; ".join(faults))
