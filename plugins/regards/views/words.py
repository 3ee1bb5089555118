"""The three lenses, as the slide says them; what a question has become."""

from __future__ import annotations

from collections.abc import Iterable

from portal.api import Subject, SubjectCard, Viewer, cards_of, taken_up_as, texts

from plugins.regards.models.card import INSPIRING, QUESTION, RISKY, Line
from plugins.regards.queries.lines import State, state_of

_ = texts("regards")

LENS_TITLES = {
    INSPIRING: _.later("The most inspiring"),
    RISKY: _.later("The riskiest"),
    QUESTION: _.later("The open question"),
}


def became_of(lines: Iterable[Line], viewer: Viewer) -> dict[int, tuple[str, SubjectCard] | None]:
    """Say what the questions that were taken up have become; None where it is off, or not theirs to read."""
    found = {line.id: Subject(str(line.became_kind), line.became_id or 0) for line in lines if _is_taken(line)}
    cards = cards_of(found.values(), viewer)
    return {
        number: (taken_up_as(made.kind) or _("taken up"), cards[made]) if made in cards else None
        for number, made in found.items()
    }


def _is_taken(line: Line) -> bool:
    return state_of(line) is State.BECAME
