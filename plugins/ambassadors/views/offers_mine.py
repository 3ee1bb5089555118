"""What waits for a person on « Aujourd'hui » about themself, and « Mon niveau » as notices speak of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import url_for

from portal.api import HomeItem, SubjectCard, Viewer, can, now, texts

from plugins.ambassadors import permissions
from plugins.ambassadors.models.card import CONFIRM_DAYS
from plugins.ambassadors.models.engagement import ANSWER_DAYS
from plugins.ambassadors.queries.cards import REMIND_DAYS
from plugins.ambassadors.queries.waiting import waiting_for
from plugins.ambassadors.services.sweeping import LEVEL

_ = texts("ambassadors")


def levels(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name the page of one's own level: it is that of whoever reads."""
    known = LEVEL.id in ids and viewer.is_agent
    return [SubjectCard(_("My level"), url_for("ambassadors.level"), LEVEL)] if known else []


def home_items(viewer: Viewer) -> Iterable[HomeItem]:
    """Give the paper card to read, the card to confirm, the question to answer."""
    if viewer.person_id is None or not can(viewer, permissions.CARD):
        return
    waiting, mine = waiting_for(viewer), url_for("ambassadors.mine")
    if waiting.typed_at is not None:
        words = _("Nobody else reads it: it becomes your card when you send it.")
        action = (_("Read it"), url_for("ambassadors.write"))
        yield HomeItem("todo", _("A paper card was typed for you"), mine, (words,), waiting.typed_at, action)
    if waiting.confirmed_at is not None:
        hides_at = waiting.confirmed_at + timedelta(days=CONFIRM_DAYS)
        if hides_at - timedelta(days=REMIND_DAYS) <= now():
            action = (_("Look at it"), mine)
            title = _("Your card will soon be a year old: is it still true?")
            title = title if now() < hides_at else _("Your card is a year old, and hidden: is it still true?")
            yield HomeItem("todo", title, mine, (), hides_at, action)
    if waiting.asked_at is not None:
        level, due_at = url_for("ambassadors.level"), waiting.asked_at + timedelta(days=ANSWER_DAYS)
        words = _("Yes, or on pause: both are fine.")
        yield HomeItem("todo", _("Still in?"), level, (words,), due_at, (_("Answer"), level))
