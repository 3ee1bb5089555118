"""The mirror attacked: by subtraction over everything published, and by whoever knows the rules (C19 SPEC 1).

What people answer is attacked in `test_answers.py`. Whoever attacks knows how many belong to the lab, which is no
secret, and this source. Each attack is tried first on
rules with a fault in them: one that finds nothing there would find nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.ambassadors.models.mirror import LEAST, SMALLEST_LAB
from plugins.ambassadors.queries import disclosure
from plugins.ambassadors.queries.disclosure import Counts, Figures, Picture, next_picture, safe_figures
from tests.plugins.ambassadors.factories import every_lab

FEW = range(1, LEAST)
Rule = Callable[[Counts, Figures], Figures]


def _as_they_are(heads: int, former: int | None) -> int:
    return heads


def _forgetful(heads: int, former: int | None) -> int:
    return max(LEAST, LEAST * round(heads / LEAST))


def _small_ones_alone(counts: Counts) -> set[str]:
    return {value for value, heads in counts.items() if heads < LEAST}


def _nothing(counts: Counts) -> set[str]:
    return set()


def _until_two(counts: Counts) -> set[str]:
    """Suppress two values and five people, and look no further: what statisticians often do."""
    hidden = _small_ones_alone(counts)
    others = sorted(counts.keys() - hidden, key=lambda value: (-counts[value], value))
    while hidden and others and (len(hidden) < 2 or sum(counts[value] for value in hidden) < LEAST):
        hidden.add(others.pop())
    return hidden


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, dict[str, int]]]:
    """Draw two dimensions of a lab over quarters in which people come and go, one by one or all at once."""
    moves = st.integers(-7, 7)
    dimensions = {name: draw(st.lists(st.integers(0, 14), min_size=2, max_size=5)) for name in ("one", "two")}
    quarters = []
    for _quarter in range(draw(st.integers(2, 5))):
        quarters.append(
            {name: {str(place): heads for place, heads in enumerate(cells)} for name, cells in dimensions.items()}
        )
        dimensions = {name: [max(0, heads + draw(moves)) for heads in cells] for name, cells in dimensions.items()}
    return quarters


def _published(quarters: list[dict[str, dict[str, int]]]) -> list[Picture]:
    pictures, former = [], Picture()
    for counts in quarters:
        members = max(SMALLEST_LAB, *(sum(cells.values()) for cells in counts.values()))
        former = next_picture(members, counts, former=former)
        pictures.append(former)
    return pictures


def _sums(picture: Picture) -> set[int]:
    """Give all that can be had of one picture: each figure, each total of some, each rest of the lab."""
    found = {picture.heads or 0}
    for figures in picture.figures.values():
        shown = [figure for figure in figures.values() if figure is not None]
        sums = {sum(some) for size in range(1, len(shown) + 1) for some in combinations(shown, size)}
        found |= sums | {(picture.heads or 0) - one for one in sums}
    return found


def subtracted(pictures: list[Picture]) -> set[int]:
    """Give what subtraction finds in everything published, and would be a count of a few people."""
    of_each = [_sums(picture) for picture in pictures]
    alone = {abs(one) for sums in of_each for one in sums}
    between = {abs(one - other) for first, second in combinations(of_each, 2) for one, other in product(first, second)}
    return {found for found in alone | between if found in FEW}


@settings(max_examples=150, deadline=None)
@given(quarters=histories())
def test_no_subtraction_gives_a_few_people(quarters):
    """C19 SPEC 1: over all quarters, all pairs of them, all totals and rests."""
    assert not subtracted(_published(quarters))


@settings(max_examples=150, deadline=None)
@given(quarters=histories())
def test_what_is_suppressed_is_two_counts_and_five_people(quarters):
    """C19 SPEC 1: cell suppression under five, and complementary suppression; or the whole dimension."""
    for counts, picture in zip(quarters, _published(quarters), strict=True):
        for name, figures in picture.figures.items():
            hidden = [value for value, figure in figures.items() if figure is None]
            together = sum(counts[name][value] for value in hidden)
            assert len(hidden) in {0, len(figures)} or (len(hidden) > 1 and together >= LEAST)
            assert all(counts[name][value] >= LEAST for value in figures.keys() - set(hidden))


def _changed_by_few(quarters: list[dict[str, dict[str, int]]], pictures: list[Picture]) -> Iterator[tuple[int, int]]:
    for quarter in range(1, len(pictures)):
        for name, figures in pictures[quarter].figures.items():
            for value, figure in figures.items():
                former = pictures[quarter - 1].figures[name][value]
                if former and figure and former != figure and abs(quarters[quarter][name][value] - former) < LEAST:
                    yield former, figure


@settings(max_examples=150, deadline=None)
@given(quarters=histories())
def test_fewer_than_five_people_change_no_figure(quarters):
    """C19 SPEC 1: between two quarters a figure stays, or five people at least have moved it."""
    assert not list(_changed_by_few(quarters, _published(quarters)))


def _told(lab: tuple[int, ...]) -> dict[str, int]:
    return {str(place): heads for place, heads in enumerate(lab)}


def guessed(members: int, values: int, rule: Rule = safe_figures) -> list[tuple[int | None, ...]]:
    """Give what is published of some lab of this size, and comes of no other count of a few people than one."""
    worlds: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for lab in every_lab(members, values):
        worlds.setdefault(tuple(rule(_told(lab), {}).values()), []).append(lab)
    return [
        published
        for published, labs in worlds.items()
        if any(len(counts := {lab[place] for lab in labs}) == 1 and counts <= set(FEW) for place in range(values))
    ]


@pytest.mark.parametrize(("values", "largest"), [(2, 40), (3, 40), (4, 26), (5, 18)])
def test_no_few_people_are_found_by_trying_every_lab(values, largest):
    """Of every lab there could be: each count of a few people could be another, with all that is published the same."""
    assert not [found for members in range(SMALLEST_LAB, largest) for found in guessed(members, values)]


def test_two_quarters_tell_no_more_than_one(monkeypatch):
    """What is suppressed depends on its own quarter alone; so whoever has two of them tries every pair of labs."""
    for before, after in product(range(10, 14), repeat=2):
        worlds: dict[object, list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
        for first in every_lab(before, 3):
            figures = safe_figures(_told(first), {})
            for second in every_lab(after, 3):
                then = safe_figures(_told(second), figures)
                worlds.setdefault((*figures.values(), *then.values()), []).append((first, second))
        for pairs in worlds.values():
            for quarter, place in product((0, 1), range(3)):
                counts = {pair[quarter][place] for pair in pairs}
                assert len(counts) > 1 or not counts <= set(FEW)


@pytest.mark.parametrize("fault", [_small_ones_alone, _until_two], ids=["no complementary suppression", "until two"])
def test_trying_every_lab_finds_a_fault(monkeypatch, fault):
    monkeypatch.setattr(disclosure, "suppressed", fault)
    assert [found for members in range(SMALLEST_LAB, 30) for found in guessed(members, 3)]


@pytest.mark.parametrize(
    ("name", "fault"), [("settled", _as_they_are), ("suppressed", _nothing)], ids=["exact counts", "no suppression"]
)
def test_subtraction_finds_a_fault(monkeypatch, name, fault):
    monkeypatch.setattr(disclosure, name, fault)
    quarters = [{"one": {"a": 9, "b": 3, "c": 8}}, {"one": {"a": 10, "b": 3, "c": 8}}]
    if name == "suppressed":
        monkeypatch.setattr(disclosure, "settled", _as_they_are)
    assert subtracted(_published(quarters))


def test_a_rule_that_forgets_is_found(monkeypatch):
    """Without what was published before, one newcomer moves a figure, and it is known who they are."""
    monkeypatch.setattr(disclosure, "settled", _forgetful)
    quarters = [{"one": {"a": 7, "b": 9}}, {"one": {"a": 8, "b": 9}}]
    assert list(_changed_by_few(quarters, _published(quarters)))
