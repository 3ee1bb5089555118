"""What one person answers, attacked by whoever chooses who comes and goes, with accomplices (C19 SPEC 1, 3).

The animator of a lab moves people at will, and four who act together answer as they like: pictures must say no more
than what they say to anybody else. Each attack is tried on rules with a fault too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

import pytest

from plugins.ambassadors.models.mirror import (
    DECLARED,
    DIRECTION,
    FIRST_ANSWERS,
    GENDER,
    LEAST,
    SMALLEST_LAB,
    UNSAID,
)
from plugins.ambassadors.queries.disclosure import Counts, Picture, is_near, next_picture, safe_figures, standing_of
from plugins.ambassadors.queries.shares import panels_of
from tests.plugins.ambassadors.factories import every_lab

ANSWERS = ("woman", "man", UNSAID)
Lab = tuple[int, ...]
Near = Callable[[Counts, Counts], bool]


def _never(then: Counts, now: Counts) -> bool:
    return False


def _by_heads(then: Counts, now: Counts) -> bool:
    """Count again once five answers are new or gone, whoever gave them and whatever they are."""
    moved = [now[value] - then[value] for value in ANSWERS if value != UNSAID]
    return max(sum(one for one in moved if one > 0), -sum(one for one in moved if one < 0)) < LEAST


@cache
def _shown(lab: Lab) -> tuple[int | None, ...]:
    return tuple(safe_figures(_answered(lab), {}).values())


def _answered(lab: Lab) -> dict[str, int]:
    return dict(zip(ANSWERS, lab, strict=True))


def _counted(lab: Lab) -> bool:
    return GENDER not in standing_of({name: _answered(lab) for name in DECLARED}, {})


def found_out(members: int, near: Near, *, come: int = 0, gone: int = 0, accomplices: int = 0) -> list[tuple]:
    """Give the pairs of pictures that leave one answer for somebody who came, or who went.

    Whoever attacks knows how many came and went, that nobody else changed their mind, whether it was counted again, and
    what the accomplices answered who came too; they choose it.
    """
    certain = []
    for chosen in every_lab(accomplices, len(ANSWERS)):
        answers: dict[tuple, tuple[set[int], set[int]]] = {}
        for lab in filter(_counted, every_lab(members, len(ANSWERS))):
            for left, came in product(every_lab(gone, len(ANSWERS)), every_lab(come, len(ANSWERS))):
                if any(one < other for one, other in zip(lab, left, strict=True)):
                    continue
                then = tuple(map(sum, zip(lab, came, chosen, (-one for one in left), strict=True)))
                again = not near(_answered(lab), _answered(then))
                newcomers, leavers = answers.setdefault(
                    (_shown(lab), _shown(then) if again else None, again), (set(), set())
                )
                newcomers.update(place for place, heads in enumerate(came) if heads)
                leavers.update(place for place, heads in enumerate(left) if heads)
        said = {place for place, value in enumerate(ANSWERS) if value != UNSAID}
        certain += [pair for pair, both in answers.items() if any(len(one) == 1 and one <= said for one in both)]
    return certain


MOVES = [
    {"come": 1},
    {"come": 1, "accomplices": 4},
    {"come": 5, "accomplices": 4},
    {"come": 7, "accomplices": 4},
    {"come": 11, "accomplices": 2},
    {"come": 1, "gone": 5, "accomplices": 4},
    {"come": 6, "gone": 1, "accomplices": 4},
    {"gone": 1, "accomplices": 4},
    {"gone": 6},
]


@pytest.mark.parametrize("moves", MOVES, ids=str)
def test_what_somebody_answers_who_comes_or_goes_is_not_found_out(moves):
    """C19 SPEC 1: nor by four who answer as they like, nor by whoever says how many come and go meanwhile."""
    assert not found_out(13, is_near, **moves)


def test_an_answer_is_found_out_where_a_fault_is():
    """A mirror that counts again each quarter; one that waits for five answers, or for nothing but their number."""
    assert found_out(20, _never, come=1)
    assert found_out(13, _by_heads, come=1, accomplices=4)
    assert found_out(13, _by_heads, come=7, accomplices=4)


@pytest.mark.parametrize("members", range(SMALLEST_LAB, 15))
def test_four_accomplices_find_no_answer_in_one_picture(members):
    """C19 SPEC 1: those of whom they know nothing could each have answered otherwise."""
    worlds: dict[tuple, set[int]] = {}
    for chosen in every_lab(LEAST - 1, 4):
        for others in every_lab(members - sum(chosen), 4):
            lab = dict(zip(("woman", "man", "other", UNSAID), map(sum, zip(others, chosen, strict=True)), strict=True))
            if sum(lab.values()) - lab[UNSAID] >= FIRST_ANSWERS:
                answers = worlds.setdefault((chosen, tuple(safe_figures(lab, {}).values())), set())
                answers.update(place for place, heads in enumerate(others) if heads)
    assert worlds
    assert not [pair for pair, answers in worlds.items() if len(answers) == 1]


def test_an_answer_that_is_offered_no_more_does_not_make_room():
    """Whoever keeps the list of places could have everything counted again by taking one off it."""
    assert is_near({"here": 9, "there": 9, "yonder": 9, UNSAID: 3}, {"here": 9, UNSAID: 21})


@pytest.mark.parametrize("dimension", [DIRECTION, GENDER])
@pytest.mark.parametrize("members", range(SMALLEST_LAB, 31))
def test_no_share_is_more_or_less_than_is_said(members, dimension):
    """C19 SPEC 3: « more than », « at most » are true of every lab there could be, whatever was published before."""
    formers = [Picture(), Picture(members + 4, {dimension: {"0": 10, "1": 5, "2": None, UNSAID: None}})]
    for lab, former in product(every_lab(members, 4), formers):
        counts = dict(zip(("0", "1", "2", UNSAID), lab, strict=True))
        picture = next_picture(members, {dimension: counts}, former=former)
        said = members - counts[UNSAID]
        for bar in panels_of(picture, {})[0].bars if said else ():
            assert bar.least * said <= 100 * counts[bar.value] <= bar.most * said
