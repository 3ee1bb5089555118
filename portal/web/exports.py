"""Exports of lists: CSV that a spreadsheet opens and cannot run, JSON; exactly the rows one may read (G4)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response

from portal.web.dates import iso, local

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
BLANK = ("\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of JSON, the words of CSV."""

    key: str
    title: object


def export(fmt: str, name: str, *, columns: list[Column], rows: Iterable[Mapping[str, object]]) -> Response:
    """Answer rows as a file `name.csv` or `name.json`."""
    body, kind = (_csv(columns, rows), "text/csv") if fmt == "csv" else (_json(columns, rows), "application/json")
    answer = Response(body, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{fmt}"'
    return answer


def _csv(columns: list[Column], rows: Iterable[Mapping[str, object]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # without it, spreadsheets of our users read UTF-8 as latin-1
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(column.title) for column in columns])
    for row in rows:
        writer.writerow([_cell(row.get(column.key)) for column in columns])
    return out.getvalue()


def _cell(value: object) -> str:
    """Write a cell; a text that a spreadsheet would compute gets an apostrophe in front (P11)."""
    if isinstance(value, datetime):
        return f"{local(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple):
        return _cell(", ".join(map(str, value)))
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(BLANK) or text.lstrip().startswith(FORMULA) else text


def _json(columns: list[Column], rows: Iterable[Mapping[str, object]]) -> str:
    return json.dumps(
        [{column.key: _plain(row.get(column.key)) for column in columns} for row in rows], ensure_ascii=False, indent=1
    )


def _plain(value: object) -> object:
    if isinstance(value, date):
        return iso(value)
    return value if isinstance(value, int | float | bool | list | tuple) or value is None else str(value)
