"""What the pages of a day have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.api import Viewer, day, group_cards, texts

from plugins.programmes.forms.days import LAB
from plugins.programmes.forms.slots import KIND_WORDS
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.lines import Line, Now, blocks_of, lines_of, now_of
from plugins.programmes.queries.planned import lateness_of

_ = texts("programmes")


def labs_of(viewer: Viewer) -> dict[int, str]:
    """Name the labs, by number, alphabetically."""
    return {card.id: card.name for card in group_cards(viewer) if card.kind == LAB}


def state_of(programme: Programme, *, today: Any) -> tuple[str, str]:
    """Give word and kind of what a day is: only what goes on now has a colour."""
    if programme.cancelled_at is not None:
        return _("called off"), "stopped"
    if programme.held_on == today:
        return _("today"), "wait"
    return (_("to come"), "") if programme.held_on > today else (_("past"), "")


def day_context(viewer: Viewer, programme: Programme, *, at: datetime) -> dict[str, Any]:
    """Give what every page that shows the lines of a day takes."""
    lines = lines_of(viewer, programme, at=at)
    runs = now_of(programme, lines, at=at)
    return {
        "programme": programme,
        "lines": lines,
        "blocks": blocks_of(programme, lines),
        "now": runs,
        "lateness": _lateness(programme, lines, runs),
        "kinds": KIND_WORDS,
        "when": day(programme.held_on),
    }


def _lateness(programme: Programme, lines: list[Line], runs: Now) -> str:
    """Say how late or early a day runs, as long as something of it is to come."""
    if programme.cancelled_at is not None or runs.is_over or not any(line.planned for line in lines):
        return ""
    minutes = lateness_of(programme)
    if minutes > 0:
        return _("The day runs %(minutes)s min later than planned.", minutes=minutes)
    return _("The day runs %(minutes)s min earlier than planned.", minutes=-minutes) if minutes else ""
