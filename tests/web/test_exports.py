"""Files to take away: a spreadsheet opens them, and runs nothing (trust P11)."""

from __future__ import annotations

import csv
import io
import json
import weakref
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import db, plugin_base
from portal.web.exports import Column, export
from portal.web.policy import signed_in

COLUMNS = [Column("what", "Quoi ?"), Column("at", "Quand")]
AT = datetime(2018, 1, 26, 13, 40, tzinfo=UTC)


MANY, BATCH = 50_000, 500
LEAVES = [Column("id", "N°"), Column("words", "Mots")]


class BigLeaf(plugin_base("bigleaves")):
    """One of very many."""

    __tablename__ = "bigleaves_leaf"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(80))


@pytest.fixture
def big(app):
    """Give a table of fifty thousand rows."""
    rows = [{"id": number, "words": f"leaf {number}"} for number in range(1, MANY + 1)]
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        BigLeaf.__table__.create(conn)
        conn.execute(sa.insert(BigLeaf), rows)
    return BigLeaf


@pytest.fixture(scope="module", autouse=True)
def _no_leaf_is_left():
    """Take the table out of the shared metadata, where other tests would find it."""
    yield
    BigLeaf.metadata.remove(BigLeaf.__table__)


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


class Row(dict):
    """A row that can be watched while it lives."""


def test_a_list_of_fifty_thousand_rows_is_written_as_it_is_read(app, mount, own, big):
    alive, most = weakref.WeakValueDictionary(), [0]

    def rows():
        for batch in db.session.scalars(sa.select(big).execution_options(yield_per=BATCH)).partitions():
            alive.update({id(leaf): leaf for leaf in batch})
            for leaf in batch:
                row = Row(id=leaf.id, words=leaf.words)
                alive[id(row)] = row
                yield row
            most[0] = max(most[0], len(alive))

    @signed_in()
    def leaves(fmt):
        return export(fmt, "leaves", columns=LEAVES, rows=rows())

    url = mount("<fmt>/leaves", leaves)
    text = own.get(url.replace("<fmt>", "csv")).data.decode("utf-8-sig")
    assert text.count("\r\n") == MANY + 1
    found = json.loads(own.get(url.replace("<fmt>", "json")).data)
    assert [found[0], found[-1]] == [{"id": 1, "words": "leaf 1"}, {"id": MANY, "words": f"leaf {MANY}"}]
    assert 0 < most[0] <= 2 * BATCH + 2


def test_an_export_that_breaks_half_way_is_a_fault_and_no_half_file(app, mount, own):
    @signed_in()
    def broken():
        return export("csv", "x", columns=COLUMNS, rows=({"what": 1 // (3 - number)} for number in range(9)))

    app.config["RAISE_FAULTS"] = False
    answer = own.get(mount("broken", broken))
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"


def test_an_empty_list_is_an_empty_list(take):
    assert json.loads(take("json").data) == []
    assert len(cells(take("csv"))) == 1
