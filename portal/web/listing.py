"""Lists by cursor: a stable order, the same cost on the thousandth page, a total that stops counting at 1 000."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import request

from portal.db import db
from portal.texts import CORE, figures, texts

_ = texts(CORE)
T = TypeVar("T")
COUNT_MAX = 1000
INTEGER_MAX = 2**31 - 1
CURSOR = "after"
KEPT_STATEMENTS = 64


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    :ivar total: None for more than 1 000
    """

    items: list[T]
    next_url: str | None
    first_url: str | None
    total: int | None
    total_text: str


def listing(
    statement: sa.Select[*tuple[Any, ...]],
    values: Mapping[str, Any] | None = None,
    *,
    order_by: Sequence[Any],
    size: int = 24,
    ascending: bool = False,
    counted: bool = True,
) -> Page[Any]:
    """Give the page of `statement` that the address asks for.

    :param statement: selects one entity, one column, or several columns: the items are then rows with their names; the
        columns of `order_by` may be those of the entity they begin with. One built once costs much less
    :param values: of the parameters of the statement
    :param order_by: columns that are never null, the last one unique; all descending, or all `ascending`
    :param counted: False to say the total otherwise: counting is then not asked of the database
    """
    given = dict(values or {})
    total = _count(statement, given) if counted else None
    after = _read(request.args.get(CURSOR, ""), order_by)
    wanted = _wanted(statement, tuple(order_by), size, ascending=ascending, goes_on=bool(after))
    found = db.session.execute(wanted, given | {f"{CURSOR}_{place}": value for place, value in enumerate(after)})
    rows: list[Any] = list(found.scalars() if _is_of_one(statement) else found)
    more = len(rows) > size
    items = rows[:size]
    return Page(
        items=items,
        next_url=_address(_write(items[-1], order_by)) if more else None,
        first_url=_address(None) if after else None,
        total=total,
        total_text=_("more than %(n)s", n=figures(COUNT_MAX)) if total is None else figures(total),
    )


@lru_cache(maxsize=KEPT_STATEMENTS)
def _is_of_one(statement: sa.Select[*tuple[Any, ...]]) -> bool:
    """Tell whether the rows of a statement hold one thing each."""
    return len(statement.column_descriptions) == 1


@lru_cache(maxsize=KEPT_STATEMENTS)
def _wanted(
    statement: sa.Select[*tuple[Any, ...]], order_by: tuple[Any, ...], size: int, *, ascending: bool, goes_on: bool
) -> sa.Select[*tuple[Any, ...]]:
    """Give the statement of a page; of one that is built once, it is built once too."""
    wanted = statement.order_by(*(column.asc() if ascending else column.desc() for column in order_by))
    if goes_on:
        cursor = (sa.bindparam(f"{CURSOR}_{place}", type_=column.type) for place, column in enumerate(order_by))
        key, limit = sa.tuple_(*order_by), sa.tuple_(*cursor)
        wanted = wanted.where(key > limit if ascending else key < limit)
    return wanted.limit(size + 1)


def held_listing(items: Sequence[T], *, key: Callable[[T], list[Any]], size: int = 24) -> Page[T]:
    """Give the page of a list held in memory that the address asks for: hundreds of things, a few thousand at most.

    :param items: in the order of `key`, ascending
    :param key: texts and numbers, the last one unique
    """
    after = _decoded(request.args.get(CURSOR, ""))
    left = [item for item in items if _follows(key(item), after)] if after else list(items)
    shown = left[:size]
    return Page(
        items=shown,
        next_url=_address(_encoded(key(shown[-1]))) if len(left) > size else None,
        first_url=_address(None) if after else None,
        total=len(items),
        total_text=str(len(items)),
    )


def _follows(key: list[Any], after: list[Any]) -> bool:
    try:
        return key > after
    except TypeError:  # a cursor that was tampered with is the first page
        return True


def _count(statement: sa.Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> int | None:
    count = db.session.scalar(_counting(statement), values) or 0
    return None if count > COUNT_MAX else count


@lru_cache(maxsize=KEPT_STATEMENTS)
def _counting(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[int]:
    some = statement.order_by(None).limit(COUNT_MAX + 1).subquery()
    return sa.select(sa.func.count()).select_from(some)


def _address(cursor: str | None) -> str:
    values = [(key, value) for key, value in request.args.items(multi=True) if key != CURSOR]
    if cursor:
        values.append((CURSOR, cursor))
    return f"{request.path}?{urlencode(values)}" if values else request.path


def _write(item: Any, order_by: Sequence[Any]) -> str:
    source = item[0] if isinstance(item, sa.Row) and not hasattr(item, order_by[0].key) else item
    values = [getattr(source, column.key) for column in order_by]
    return _encoded([value.isoformat() if isinstance(value, date) else value for value in values])


def _encoded(plain: list[Any]) -> str:
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decoded(text: str) -> list[Any]:
    """Read what a cursor holds; nothing if it was tampered with."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return []
    return values if isinstance(values, list) else []


def _read(text: str, order_by: Sequence[Any]) -> list[Any]:
    """Read a cursor; one that was tampered with is the first page."""
    values = _decoded(text)
    if len(values) != len(order_by):
        return []
    try:
        return [_typed(value, column.type.python_type) for value, column in zip(values, order_by, strict=True)]
    except (ValueError, TypeError):
        return []


def _typed(value: Any, wanted: Any) -> Any:
    """Read a value of a cursor.

    :raises ValueError: it is not one that we wrote, nor one that a database holds
    """
    if issubclass(wanted, datetime):
        value = datetime.fromisoformat(value)
    elif issubclass(wanted, date):
        value = date.fromisoformat(value)
    if type(value) is not wanted or not _is_held(value):
        raise ValueError(value)
    return value


def _is_held(value: object) -> bool:
    """Tell whether both databases have room for a value.

    :raises ValueError: half a character
    """
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, int):
        return abs(value) <= INTEGER_MAX
    return not isinstance(value, str) or b"\0" not in value.encode()
