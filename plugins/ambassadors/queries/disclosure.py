"""Make the counts of a lab safe before anything is written of them (C19 SPEC 1; the argument is decision 0017).

Only numbers here: no table, no clock, so that a test can attack it with every lab there could be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from plugins.ambassadors.models.mirror import DECLARED, FIRST_ANSWERS, LEAST, UNSAID

Counts = Mapping[str, int]
Figures = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is published of a lab: about how many belong to it, and the figures of each dimension.

    :ivar of_heads: by dimension, about how many belonged to the lab when it was counted
    """

    heads: int | None = None
    figures: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)
    of_heads: Mapping[str, int] = field(default_factory=dict)


def next_picture(
    members: int, counts: Mapping[str, Counts], *, former: Picture, standing: Iterable[str] = ()
) -> Picture:
    """Give what may be published of a lab after `former`.

    :param standing: dimensions that stay as they were, nothing if they were not: see `standing_of`
    """
    heads = settled(members, former.heads)
    figures: dict[str, Mapping[str, int | None]] = {}
    of_heads: dict[str, int] = {}
    for name, found in counts.items():
        before = former.figures.get(name, {})
        if name in standing:
            figures[name] = before or dict.fromkeys(found)
            of_heads[name] = former.of_heads.get(name, heads)
        else:
            is_fresh = name in DECLARED  # far from whatever was counted before: nothing to hold on to
            figures[name] = safe_figures(found, {} if is_fresh else before)
            of_heads[name] = settled(members, None) if is_fresh else heads
    return Picture(heads, figures, of_heads)


def standing_of(counts: Mapping[str, Counts], counted: Mapping[str, Iterable[Counts]]) -> set[str]:
    """Name the declared dimensions that may not be counted: few have answered, or it is too near to a former count.

    :param counted: by dimension, all that was ever counted of these people, or of most of them
    """
    return {
        name
        for name in DECLARED
        if _answers(counts[name]) < FIRST_ANSWERS or any(is_near(then, counts[name]) for then in counted.get(name, ()))
    }


def is_near(then: Counts, now: Counts) -> bool:
    """Tell whether two counts side by side could tell what somebody answered, who came, went or changed their mind.

    They cannot once `LEAST` new answers are other ones than the most frequent of them, or as many of those gone: four
    who act together choose four answers, and whoever else moved did not all say the same. Who says nothing does not
    count; nor does an answer that is offered no more count as gone: whoever keeps the list would move it at will.
    """
    moved = [heads - then.get(value, 0) for value, heads in now.items() if value != UNSAID]
    new, gone = [one for one in moved if one > 0], [-one for one in moved if one < 0]
    return all(sum(some) - max(some, default=0) < LEAST for some in (new, gone))


def _answers(counts: Counts) -> int:
    return sum(heads for value, heads in counts.items() if value != UNSAID)


def safe_figures(counts: Counts, former: Mapping[str, int | None]) -> Figures:
    """Give what may be published of one dimension: a multiple of `LEAST`, or None where a count is suppressed.

    :param counts: of every value there could be: zero is a small count like another
    :param former: what was published last; a figure stays until the truth is `LEAST` away from it
    """
    hidden = suppressed(counts)
    return {value: None if value in hidden else settled(heads, former.get(value)) for value, heads in counts.items()}


def suppressed(counts: Counts) -> set[str]:
    """Give the values to suppress: the small ones; then the next smallest, until what is hidden hides somebody."""
    hidden = {value for value, heads in counts.items() if heads < LEAST}
    others = sorted(counts.keys() - hidden, key=lambda value: (-counts[value], value))
    while hidden and others and not _hide_one_another(counts, hidden, smallest_shown=counts[others[-1]]):
        hidden.add(others.pop())
    return hidden


def _hide_one_another(counts: Counts, hidden: set[str], *, smallest_shown: int) -> bool:
    """Tell whether nobody can say how many one of the hidden counts is, who knows how many they are together.

    They are, by subtraction from the members of the lab, who are no secret. So they must be two at least, `LEAST`
    people at least, and not each as large as what is hidden can be: else there is but one way to share them out.
    """
    together = sum(counts[value] for value in hidden)
    most = sum(LEAST - 1 if counts[value] < LEAST else smallest_shown - 1 for value in hidden)
    return len(hidden) > 1 and LEAST <= together < most


def settled(heads: int, former: int | None) -> int:
    """Give the figure of a count: the former one while it is less than `LEAST` away, else the nearest multiple."""
    if former is not None and abs(heads - former) < LEAST:
        return former
    return max(LEAST, LEAST * round(heads / LEAST))


def ends(dimension: str, figure: int) -> tuple[int, int]:
    """Give the least and the most that a published figure of a dimension can stand for."""
    away = LEAST // 2 if dimension in DECLARED else LEAST - 1
    return max(LEAST, figure - away), figure + away
