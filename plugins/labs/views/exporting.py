"""Exports of a list: their links with the filters of its address, their columns each with what it reads of an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, request, url_for

from portal.api import Column, export

Table = Mapping[str, tuple[str, Callable[[Any], object]]]


def export_links(endpoint: str, *kept: str, **values: Any) -> list[tuple[str, str]]:
    """Give the (label, url) pairs of the CSV and JSON exports.

    :param kept: names of the filters to carry over
    """
    chosen: dict[str, Any] = {name: request.args[name] for name in kept if name in request.args}
    return [(name, url_for(endpoint, fmt=name.lower(), **values, **chosen)) for name in ("CSV", "JSON")]


def exported(fmt: str, name: str, table: Table, items: Iterable[Any]) -> Response:
    """Answer items as a file, in the columns of `table`: key → (title, what to read of an item)."""
    columns = [Column(key, str(title)) for key, (title, _read) in table.items()]
    rows = ({key: read(item) for key, (_title, read) in table.items()} for item in items)
    return export(fmt, name, columns=columns, rows=rows)
