"""Which pages are drawn alike, so that one of them is looked at (P20: one that was folded away would go unseen)."""

from __future__ import annotations

import pytest

from tests.review.shapes import cover, shape_of

PAGE = (
    '<h2 id="a-7">Un</h2><a href="/labs/7" class="quiet">canari-0007</a><input name="why" value="Oui" aria-label="x">'
)
ALIKE = {
    "other words": PAGE.replace("Un", "Deux, trois"),
    "another thing": PAGE.replace("7", "12"),
    "other space": PAGE.replace("<a", "\n\n  <a"),
    "something else typed": PAGE.replace("Oui", "Non"),
}
OTHERS = {
    "no words": PAGE.replace("Un", " "),
    "nothing typed": PAGE.replace("Oui", ""),
    "an element": PAGE.replace("Un", "<b>Un</b>"),
    "a class": PAGE.replace("quiet", "main"),
    "an attribute": PAGE.replace("<input", "<input required"),
    "another level": PAGE.replace("h2", "h3"),
    "an address of another kind": PAGE.replace("/labs/7", "javascript:ran(1)"),
    "a name that another has": PAGE.replace("why", "a-7"),
    "no name": PAGE.replace('"x"', '""'),
    "words that become an element": PAGE.replace("canari-0007", "<x-made>"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_pages_that_differ_so_are_of_one_shape(name):
    assert ALIKE[name] != PAGE
    assert shape_of(ALIKE[name]) == shape_of(PAGE)


@pytest.mark.parametrize("name", OTHERS)
def test_pages_that_differ_so_are_each_looked_at(name):
    assert shape_of(OTHERS[name]) != shape_of(PAGE)


LINE, MARK = "<li>Un</li>", "<li>Un <mark>!</mark></li>"
ELSEWHERE = {
    "the same, once more": (f"<ul>{LINE}{MARK}{LINE}</ul>", f"<ul>{LINE}{LINE}{MARK}</ul>", [0]),
    "fewer of them": (f"<ul>{LINE}{MARK}</ul>", f"<ul>{LINE}</ul>", [0]),
    "one more kind": (f"<ul>{LINE}</ul>", f"<ul>{LINE}{MARK}</ul>", [0, 1]),
    "in something else": (f"<ul>{MARK}</ul>", f"<ol>{MARK}</ol>", [0, 1]),
    "after something else": ("<p>Un</p><hr><p>Un</p>", "<hr><p>Un</p>", [0, 1]),
    "of another class": ('<p class="a">Un</p>', '<p class="b">Un</p>', [0, 1]),
    "without a name": ('<input aria-label="Un">', '<input aria-label="">', [0, 1]),
    "without words": ("<p>Un</p>", "<p></p>", [0]),
    "leading elsewhere": ('<a href="/labs/">Un</a>', '<a href="/copils/">Un</a>', [0]),
    "leading to a script": ('<a href="/labs/">Un</a>', '<a href="javascript:ran(1)">Un</a>', [0, 1]),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_page_is_drawn_that_shows_an_element_where_no_other_does(name):
    first, second, chosen = ELSEWHERE[name]
    assert cover([first, second]) == chosen


def test_a_page_of_each_address_is_drawn_whatever_it_shows():
    assert cover([LINE, LINE, MARK, LINE], first=[0, 3]) == [0, 3, 2]
