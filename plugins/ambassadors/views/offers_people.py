"""What stands on the page of a person, and on their card, for somebody whom they opened it to."""

from __future__ import annotations

from flask import url_for

from portal.api import Action, Section, Subject, Viewer, can, now, texts

from plugins.ambassadors import permissions
from plugins.ambassadors.queries.cards import shown_cards
from plugins.ambassadors.queries.requests import showing
from plugins.ambassadors.queries.time import free_words

_ = texts("ambassadors")
PERSON, CARD = "portal.user", "ambassadors.card"


def actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Offer to ask somebody who shows `viewer` a card now; cards are named by the number of their person."""
    if subject.kind not in {PERSON, CARD} or not viewer.is_signed_in or not can(viewer, permissions.ASK):
        return []
    if not showing(viewer, [subject.id], at=now()):
        return []
    url = url_for("ambassadors.ask_person", person_id=subject.id)
    return [Action(_("Ask them for help"), url, kind="main" if subject.kind == CARD else "", order=20)]


def sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """Give, beside what the directory knows of a person, what they say of themself to `viewer`."""
    if subject.kind != PERSON or not viewer.is_signed_in:
        return []
    shown = shown_cards(viewer, [subject.id], at=now()).get(subject.id)
    if shown is None:
        return []
    context = {"shown": shown, "free_words": free_words}
    return [Section(_("In their own words"), "ambassadors/_section.html", context)]
