"""The table of contents of `ambassadors`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import Event, NavItem, SubjectCard, SubjectType, Viewer, hookimpl, texts

from plugins.ambassadors import permissions
from plugins.ambassadors.services.leaving import forget
from plugins.ambassadors.views import cards, mine, offers
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")

# imported for their routes
PAGES = (cards, mine)
NAMED = {"ambassadors.card": offers.cards_of, "ambassadors.cards": offers.all_cards}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of the group « Les gens »."""
    return [NavItem("people", _.later("My card"), "ambassadors.mine", permissions.CARD, order=70)]


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("ambassadors.card", _.later("Card")),
        SubjectType("ambassadors.cards", _.later("Cards")),
    ]


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    return NAMED[kind](ids, viewer) if kind in NAMED else []


@hookimpl
def portal_event(event: Event) -> None:
    """Forget who leaves."""
    if event.name == "portal.person_left":
        forget(event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)
