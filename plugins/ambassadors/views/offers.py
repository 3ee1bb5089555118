"""Cards as others speak of them: their title, and what one may do there."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.api import SubjectCard, Viewer, now, people, texts

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.queries.cards import shown_cards
from plugins.ambassadors.views.cards import subject_of

_ = texts("ambassadors")


def cards_of(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name the cards of these people for somebody who may read something of them."""
    shown = shown_cards(viewer, ids, at=now()) if viewer.is_signed_in else {}
    names = people(shown)
    return [
        SubjectCard(names[number].name, url_for("ambassadors.card", person_id=number), subject_of(number))
        for number in shown
        if not names[number].has_left
    ]


def all_cards(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name the cards as a whole: what the audit says, it says of all of them."""
    return [SubjectCard(_("Cards"), url_for("ambassadors.mine"), CARDS)] if CARDS.id in ids and viewer.is_agent else []
