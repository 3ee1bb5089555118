"""The card of somebody else, as far as they opened it (C08 SPEC 3)."""

from __future__ import annotations

from portal.api import Subject, actions_of, now, page, people, sections_of, signed_in, texts, viewer

from plugins.ambassadors.queries.engagement import shown_level
from plugins.ambassadors.queries.time import free_words
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import one_card

_ = texts("ambassadors")


def subject_of(person_id: int) -> Subject:
    """Name the card of a person as others speak of it: by the number of the person."""
    return Subject("ambassadors.card", person_id)


@blueprint.get("/people/<int:person_id>")
@signed_in(shown=one_card)
def card(shown):
    """Show what a person tells of themself to this reader."""
    about = subject_of(shown.person_id)
    return page(
        "ambassadors/card.html",
        shown=shown,
        person=people([shown.person_id])[shown.person_id],
        free_words=free_words,
        level=shown_level(viewer(), shown.person_id, at=now()),
        offers=actions_of(about),
        sections=sections_of(about),
    )
