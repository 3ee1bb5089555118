"""Files to take away: a spreadsheet opens them, and runs nothing (trust P11)."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest

from portal.web.exports import Column, export

COLUMNS = [Column("what", "Quoi ?"), Column("at", "Quand")]
AT = datetime(2018, 1, 26, 13, 40, tzinfo=UTC)


@pytest.fixture
def take(app):
    def give(fmt, *rows):
        with app.test_request_context():
            return export(fmt, "liste", columns=COLUMNS, rows=rows)

    return give


def cells(answer):
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n=", " =", "＝"])
def test_a_cell_is_never_a_formula(take, start):
    cell = cells(take("csv", {"what": f"{start}HYPERLINK(1)"}))[1][0]
    assert cell.startswith("'") or not cell.strip().startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("text", ["a;b", 'dit "oui"', "deux\nlignes", "é à œ €", ""])
def test_a_cell_comes_back_as_it_was(take, text):
    assert cells(take("csv", {"what": text}))[1][0] == text


def test_a_number_stays_a_number(take):
    assert cells(take("csv", {"what": -3}))[1][0] == "-3"


def test_instants_are_read_here_in_csv_and_anywhere_in_json(take):
    row = {"what": date(2018, 1, 26), "at": AT}
    assert cells(take("csv", row))[1] == ["26/01/2018", "26/01/2018 14:40"]
    assert json.loads(take("json", row).data) == [{"what": "2018-01-26", "at": "2018-01-26T13:40:00+00:00"}]


def test_json_keeps_kinds_and_has_keys_not_words(take):
    rows = json.loads(take("json", {"what": ["a", "b"], "at": None}).data)
    assert rows == [{"what": ["a", "b"], "at": None}]


@pytest.mark.parametrize(("fmt", "kind"), [("csv", "text/csv"), ("json", "application/json")])
def test_a_file_is_taken_away_not_shown(take, fmt, kind):
    answer = take(fmt)
    assert answer.content_type == f"{kind}; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="liste.{fmt}"'
