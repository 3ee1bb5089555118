"""The table of contents of `ambassadors`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import (
    Action,
    Event,
    HomeItem,
    Job,
    NavItem,
    Section,
    Subject,
    SubjectCard,
    SubjectType,
    Viewer,
    hookimpl,
    texts,
)

from plugins.ambassadors import permissions
from plugins.ambassadors.services.leaving import forget
from plugins.ambassadors.services.requests import close_late
from plugins.ambassadors.views import cards, finding, mine, offers, offers_people, offers_requests, requests
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")

# imported for their routes
PAGES = (cards, finding, mine, requests)
NAMED = {
    "ambassadors.card": offers.cards_of,
    "ambassadors.cards": offers.all_cards,
    "ambassadors.request": offers_requests.cards,
}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of the group « Les gens »."""
    return [
        NavItem("people", _.later("Find somebody"), "ambassadors.find", order=50),
        NavItem("people", _.later("My card"), "ambassadors.mine", permissions.CARD, order=70),
        NavItem("people", _.later("Requests"), "ambassadors.requests", permissions.ASK, order=80),
    ]


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("ambassadors.card", _.later("Card")),
        SubjectType("ambassadors.cards", _.later("Cards")),
        SubjectType("ambassadors.request", _.later("Request")),
    ]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return [Job("requests", every_minutes=60, run=close_late)]


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for this person, and what was answered to them."""
    return offers_requests.home_items(viewer)


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Offer to ask somebody."""
    return offers_people.actions(subject, viewer)


@hookimpl
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """Say on the page of a person what they say of themself."""
    return offers_people.sections(subject, viewer)


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
