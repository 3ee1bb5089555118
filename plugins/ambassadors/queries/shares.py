"""The shares of a lab beside those of the collectivity, and what they suggest (C19 SPEC 2, 3, 4).

Computed of what was published, and of nothing else: what a page adds to it tells nobody more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.api import texts

from plugins.ambassadors.models.mirror import (
    CATEGORY,
    DESK,
    DIMENSIONS,
    DIRECTION,
    FIELD,
    GENDER,
    LONG,
    NEW,
    SENIORITY,
    SETTLED,
    SITE,
    UNSAID,
    WORKPLACE,
)
from plugins.ambassadors.queries.disclosure import Picture, ends

_ = texts("ambassadors")

TITLES = {
    CATEGORY: _.later("Category"),
    DIRECTION: _.later("Direction"),
    SITE: _.later("Place of work"),
    WORKPLACE: _.later("Desk or field"),
    SENIORITY: _.later("Time in the lab"),
    GENDER: _.later("Gender"),
}
VALUE_WORDS = {
    (CATEGORY, "A"): _.later("category A"),
    (CATEGORY, "B"): _.later("category B"),
    (CATEGORY, "C"): _.later("category C"),
    (WORKPLACE, DESK): _.later("at a desk"),
    (WORKPLACE, FIELD): _.later("in the field"),
    (SENIORITY, NEW): _.later("less than 6 months"),
    (SENIORITY, SETTLED): _.later("6 to 24 months"),
    (SENIORITY, LONG): _.later("more than 24 months"),
    (GENDER, "woman"): _.later("women"),
    (GENDER, "man"): _.later("men"),
    (GENDER, "other"): _.later("another gender"),
}
PIXELS_A_PERCENT = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a dimension.

    :ivar figure: how many, as published; None where it was suppressed
    :ivar share: about what percent of those who said; None likewise
    :ivar least: percent of them that it is at least, whatever the figures were rounded from
    :ivar most: percent of them that it is at most, likewise
    :ivar reference: percent of the collectivity; None if it was not typed
    """

    value: str
    words: str
    figure: int | None
    share: int | None
    least: int
    most: int
    reference: int | None

    @property
    def widths(self) -> tuple[int, int]:
        """Give the lengths of its two bars in the drawing."""
        return (self.share or 0) * PIXELS_A_PERCENT, (self.reference or 0) * PIXELS_A_PERCENT


@dataclass(frozen=True, slots=True)
class Panel:
    """One dimension of a lab: its bars in the order of the values, never of their size.

    :ivar unsaid: how many did not say, as published
    """

    dimension: str
    title: str
    bars: list[Bar]
    unsaid: int | None

    @property
    def is_too_small(self) -> bool:
        """Tell whether nothing at all can be published of it."""
        return all(bar.figure is None for bar in self.bars)

    @property
    def has_reference(self) -> bool:
        """Tell whether the collectivity typed its own shares."""
        return any(bar.reference is not None for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Signal:
    """What is worth a talk, who is missing, and what to do about it; never a name (SPEC 4)."""

    words: str
    missing: str
    action: str


def panels_of(picture: Picture, workforce: Mapping[str, Mapping[str, int]]) -> list[Panel]:
    """Give the dimensions of a published mirror beside the workforce; one of which there is no value is absent."""
    known = (name for name in DIMENSIONS if name in picture.figures)
    panels = (
        _panel(name, picture.of_heads.get(name, 0), picture.figures[name], workforce.get(name, {})) for name in known
    )
    return [panel for panel in panels if panel.bars]


def _panel(dimension: str, heads: int, figures: Mapping[str, int | None], workforce: Mapping[str, int]) -> Panel:
    said = {value: figure for value, figure in figures.items() if value != UNSAID}
    shown = sum(figure for figure in said.values() if figure)
    unsaid = figures.get(UNSAID)
    whole = max(heads - (unsaid or 0), shown, 1)
    agents = sum(workforce.values())
    bars = [
        Bar(
            value,
            str(VALUE_WORDS.get((dimension, value), value)),
            figure,
            None if figure is None else _percent(figure, whole),
            *_between(dimension, value, heads, figures),
            _percent(workforce.get(value, 0), agents) if agents else None,
        )
        for value, figure in said.items()
    ]
    return Panel(dimension, str(TITLES[dimension]), bars, unsaid)


def _between(dimension: str, value: str, heads: int, figures: Mapping[str, int | None]) -> tuple[int, int]:
    """Give the least and the most percent of those who said that a value can be.

    What is hidden is no more than the smallest count that is shown; all of them together are the lab.
    """
    of_lab = ends(dimension, heads)
    shown = {name: ends(dimension, figure) for name, figure in figures.items() if figure}
    hidden = min((high for _low, high in shown.values()), default=of_lab[1])
    rows = {name: shown.get(name, (0, hidden)) for name in figures}
    unsaid = rows.pop(UNSAID, (0, 0))
    low, high = rows.pop(value)
    others = sum(row[0] for row in rows.values()), sum(row[1] for row in rows.values())
    high = min(high, of_lab[1] - others[0] - unsaid[0])
    most_others = min(others[1], of_lab[1] - low - unsaid[0])
    least_others = max(others[0], of_lab[0] - high - unsaid[1])
    return 100 * low // max(1, low + most_others), -(-100 * high // max(1, high + least_others))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole)


def signals_of(panels: list[Panel], limits: Mapping[str, Any]) -> list[Signal]:
    """Give what the published shares suggest (SPEC 3), each with an action (SPEC 4)."""
    bars = {(panel.dimension, bar.value): bar for panel in panels for bar in panel.bars}
    one_direction = [bar for (name, _value), bar in bars.items() if name == DIRECTION]
    found = [_too_large(bar, limits["direction_percent"]) for bar in one_direction]
    found.append(
        _too_few(
            bars.get((CATEGORY, "C")),
            limits["half_percent"],
            _("agents of category C"),
            _("Create a role that needs no writing"),
        )
    )
    found.append(
        _too_few(
            bars.get((WORKPLACE, FIELD)),
            limits["half_percent"],
            _("people who work in the field"),
            _("Call for people in the places where they work"),
        )
    )
    found.append(_too_long(bars.get((SENIORITY, LONG)), limits["long_percent"]))
    return [signal for signal in found if signal]


def _too_large(bar: Bar, limit: int) -> Signal | None:
    if bar.least <= limit:
        return None
    words = _(
        "More than %(limit)s %% of those whose direction is known come from the same one: %(name)s.",
        limit=limit,
        name=bar.words,
    )
    return Signal(words, _("other directions"), _("Draw lots among the other directions"))


def _too_few(bar: Bar | None, limit: int, missing: str, action: str) -> Signal | None:
    if bar is None or not bar.reference or bar.most * 100 >= bar.reference * limit:
        return None
    words = _(
        "%(who)s: %(most)s %% at most of those of the lab who said, %(reference)s %% of the collectivity.",
        who=bar.words[:1].upper() + bar.words[1:],
        most=bar.most,
        reference=bar.reference,
    )
    return Signal(words, missing, action)


def _too_long(bar: Bar | None, limit: int) -> Signal | None:
    if bar is None or bar.least <= limit:
        return None
    words = _("More than %(limit)s %% of the lab have belonged to it for more than 24 months.", limit=limit)
    return Signal(words, _("newcomers"), _("Draw lots for new members"))
