"""Choices that several forms offer: a service, at its place in the tree."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice

from portal.api import services

INDENT = "\u2003"


def as_id(value: object) -> int | None:
    """Read the id of a choice; empty for none.

    :raises ValueError: not the number of a row
    """
    if value in {None, ""}:
        return None
    number = int(str(value))
    if not 0 < number < 2**31:
        raise ValueError(value)
    return number


def service_choices(none: str, *, without: frozenset[int] = frozenset()) -> list[SelectChoice]:
    """Give the open services, indented as in the tree, after a first choice that is none of them."""
    tree = [card for card in services() if card.id not in without]
    return [SelectChoice("", none), *(SelectChoice(str(card.id), INDENT * card.depth + card.name) for card in tree)]
