"""Make the counts of a lab safe before anything is written of them (C19 SPEC 1; the argument is decision 0017).

Only numbers here: no table, no clock, so that a test can attack it with every lab there could be.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from plugins.ambassadors.models.mirror import LEAST

Counts = Mapping[str, int]
Figures = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is published of a lab: about how many belong to it, and the figures of each dimension."""

    heads: int | None = None
    figures: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)


def next_picture(
    members: int, counts: Mapping[str, Counts], *, former: Picture, standing: Container[str] = ()
) -> Picture:
    """Give what may be published of a lab after `former`.

    :param standing: dimensions that stay as they were, because too few people have come or gone
    """
    figures = {
        name: former.figures.get(name, {}) if name in standing else safe_figures(found, former.figures.get(name, {}))
        for name, found in counts.items()
    }
    return Picture(settled(members, former.heads), figures)


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
