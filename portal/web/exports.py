"""Exports of lists: CSV that a spreadsheet opens and cannot run, JSON; exactly the rows one may read (G4)."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, TextIO

from flask import Response, request, url_for

from portal.web.dates import iso, local

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
IN_MEMORY_BYTES = 1_000_000
CHUNK_BYTES = 100_000
KINDS = {"csv": "text/csv", "json": "application/json"}
BLANK = ("\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of JSON, the words of CSV."""

    key: str
    title: object


Table = Mapping[str, tuple[object, Callable[[Any], object]]]


def export_links(endpoint: str, *kept: str, **values: Any) -> list[tuple[str, str]]:
    """Give the (label, url) pairs of the CSV and JSON exports of a list.

    :param kept: names of the filters of its address to carry over
    """
    chosen: dict[str, Any] = {name: request.args[name] for name in kept if request.args.get(name)}
    return [(name, url_for(endpoint, fmt=name.lower(), **values, **chosen)) for name in ("CSV", "JSON")]


def exported(fmt: str, name: str, table: Table, items: Iterable[Any]) -> Response:
    """Answer items as a file, in the columns of `table`: key → (title, what to read of an item)."""
    columns = [Column(key, title) for key, (title, _read) in table.items()]
    rows = ({key: read(item) for key, (_title, read) in table.items()} for item in items)
    return export(fmt, name, columns=columns, rows=rows)


def export(fmt: str, name: str, *, columns: list[Column], rows: Iterable[Mapping[str, object]]) -> Response:
    """Answer rows as a file `name.csv` or `name.json`.

    Written row by row to a temporary place, then sent: a list of any length takes the memory of the rows that `rows`
    holds at a time (give them in batches: `yield_per`). One that breaks half-way is a fault, never half a file.
    """
    body = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 closed with the answer
    try:
        with_words = io.TextIOWrapper(body, encoding="utf-8", newline="")
        (_write_csv if fmt == "csv" else _write_json)(with_words, columns, rows)
        with_words.detach()
    except BaseException:
        body.close()
        raise
    answer = Response(content_type=f"{KINDS[fmt]}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{fmt}"'
    return _with_body(answer, body)


def _with_body(answer: Response, body: IO[bytes]) -> Response:
    size = body.tell()
    body.seek(0)
    if size <= IN_MEMORY_BYTES:
        with body:
            answer.set_data(body.read())
        return answer
    answer.response = _pieces(body)
    answer.content_length = size
    answer.call_on_close(body.close)
    return answer


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while piece := body.read(CHUNK_BYTES):
            yield piece


def _write_csv(out: TextIO, columns: list[Column], rows: Iterable[Mapping[str, object]]) -> None:
    out.write("\ufeff")  # without it, spreadsheets of our users read UTF-8 as latin-1
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(column.title) for column in columns])
    for row in rows:
        writer.writerow([safe_cell(row.get(column.key)) for column in columns])


def safe_cell(value: object) -> str:
    """Write a cell; a text that a spreadsheet would compute gets an apostrophe in front (P11)."""
    if isinstance(value, datetime):
        return f"{local(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, list | tuple):
        return safe_cell(", ".join(map(str, value)))
    text = "" if value is None else str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(BLANK) or text.lstrip().startswith(FORMULA) else text


def _write_json(out: TextIO, columns: list[Column], rows: Iterable[Mapping[str, object]]) -> None:
    before = "[\n"
    for row in rows:
        values = {column.key: _plain(row.get(column.key)) for column in columns}
        out.write(f"{before}{json.dumps(values, ensure_ascii=False)}")
        before = ",\n"
    out.write("[]" if before == "[\n" else "\n]")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return iso(value)
    return value if isinstance(value, int | float | bool | list | tuple) or value is None else str(value)
