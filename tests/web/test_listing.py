"""Lists by cursor: no row lost, none twice, while others write; a tampered cursor is the first page."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.people.models import Function
from portal.web.listing import COUNT_MAX, held_listing, listing


@pytest.fixture
def rows(writing):
    """Write rows with these names."""

    def write(names):
        with writing():
            db.session.execute(sa.insert(Function), [{"name": name} for name in names])

    return write


@pytest.fixture
def look(app):
    """Give a page of the list as its view would."""

    def page(url="/?q=%C3%A9", **options):
        with app.test_request_context(url):
            options = {"order_by": [Function.name, Function.id], "size": 7, **options}
            page = listing(sa.select(Function), **options)
            db.session.expunge_all()
            return page

    return page


@pytest.mark.parametrize("ascending", [False, True])
def test_every_row_comes_once_while_others_are_written(rows, look, ascending):
    names = [f"{letter}{number:02}" for letter in "aé" for number in range(15)]
    rows(names)
    seen, url, turns = [], "/?q=%C3%A9", 0
    while url:
        page = look(url, ascending=ascending)
        seen += [item.name for item in page.items]
        rows([f"!{turns}", f"~{turns}"])
        url, turns = page.next_url, turns + 1
        assert turns < 30
    wanted = [name for name in seen if name in names]
    assert sorted(wanted) == sorted(names)
    assert len(seen) == len(set(seen))


def test_the_address_keeps_the_filters(rows, look):
    rows([f"n{number}" for number in range(20)])
    first = look("/?q=%C3%A9&q=b")
    assert first.first_url is None
    assert urlsplit(first.next_url).query.startswith("q=%C3%A9&q=b&after=")
    second = look(first.next_url)
    assert second.first_url == "/?q=%C3%A9&q=b"


def test_names_with_accents_and_signs_make_good_cursors(rows, look):
    names = ["Élodie d’Août", "a&b=c", "œuvre", "« guillemets »", "日本", "%", "+ plus"]
    rows(names)
    seen, url = [], "/"
    while url:
        page = look(url, size=1)
        seen += [item.name for item in page.items]
        url = page.next_url
    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "====",
        "é",
        "bnVsbA",
        "W10",
        "WzFd",
        "Int9Ig",
        "WzEsMiwzXQ",
        "WyJhIiwiYiJd",
        "%00",
        "WzEsIngiXQ",
        "WyJhIixudWxsXQ",
    ],
)
def test_a_tampered_cursor_is_the_first_page(rows, look, cursor):
    rows(["a", "b"])
    assert [item.name for item in look(f"/?after={cursor}").items] == ["b", "a"]


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "2147483648", "99999999999999999999999999", "NaN", "true", "[]", "{}"]
)
def test_a_number_no_database_holds_breaks_nothing(rows, look, number):
    rows(["a", "b"])
    cursor = urlsafe_b64encode(f'["z",{number}]'.encode()).decode().rstrip("=")
    assert [item.name for item in look(f"/?after={cursor}").items] == ["b", "a"]


def test_the_total_stops_counting(rows, look):
    rows([f"n{number}" for number in range(COUNT_MAX)])
    assert look().total == COUNT_MAX
    rows(["one more"])
    page = look()
    assert page.total is None
    assert page.total_text == "plus de 1\u202f000"


def test_an_empty_list_is_a_page(look):
    page = look()
    assert (page.items, page.next_url, page.total_text) == ([], None, "0")


@pytest.mark.parametrize("text", ['["a\\u0000b",1]', '["\\ud800",1]', "[" * 5000, '[{"a":1},1]', "[1,1]"])
def test_a_text_no_database_holds_breaks_nothing(rows, look, text):
    rows(["a", "b"])
    cursor = urlsafe_b64encode(text.encode()).decode().rstrip("=")
    assert [item.name for item in look(f"/?after={cursor}").items] == ["b", "a"]


def test_a_list_of_several_columns_gives_rows(app, rows):
    rows(["a", "b", "c"])
    with app.test_request_context("/"):
        found = listing(sa.select(Function.id, Function.name), order_by=[Function.name, Function.id], ascending=True)
    assert [row.name for row in found.items] == ["a", "b", "c"]


def test_a_list_held_in_memory_is_paged_the_same_way(app):
    seen, url = [], "/?q=x"
    while url:
        with app.test_request_context(url):
            found = held_listing(list(range(20)), key=lambda number: [number], size=7)
        seen += found.items
        url = found.next_url
        assert url is None or "q=x" in url
    assert seen == list(range(20))


@pytest.mark.parametrize("cursor", ["x", "", "bnVsbA", "WyJhIl0", "eyJhIjoxfQ", "W1siYSJdXQ"])
def test_a_tampered_cursor_of_a_held_list_is_the_first_page(app, cursor):
    with app.test_request_context(f"/?after={cursor}"):
        assert held_listing([1, 2], key=lambda number: [number]).items == [1, 2]
