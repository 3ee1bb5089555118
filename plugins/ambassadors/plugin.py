"""The table of contents of `ambassadors`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import (
    Action,
    Event,
    Form,
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
from plugins.ambassadors.forms.settings import AmbassadorsSettings
from plugins.ambassadors.jobs import ambassadors_jobs
from plugins.ambassadors.services.leaving import forget
from plugins.ambassadors.views import (
    assessing,
    board,
    cards,
    finding,
    level,
    mine,
    mirrors,
    offers,
    offers_board,
    offers_mine,
    offers_people,
    offers_requests,
    offers_words,
    paper,
    requests,
    talents,
    wanted,
    words,
)
from plugins.ambassadors.views.blueprint import blueprint

_ = texts("ambassadors")

# imported for their routes
PAGES = (assessing, board, cards, finding, level, mine, mirrors, paper, requests, talents, wanted, words)
AT_HOME = (offers_mine.home_items, offers_requests.home_items)
NAMED = {
    "ambassadors.card": offers.cards_of,
    "ambassadors.cards": offers.all_cards,
    "ambassadors.level": offers_mine.levels,
    "ambassadors.request": offers_requests.cards,
    "ambassadors.board": offers_board.boards,
    "ambassadors.wanted": offers_board.wanted_of,
    "ambassadors.words": offers_words.vocabularies,
}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of « Les gens » and « Partager », and those of who administers."""
    return [
        NavItem("people", _.later("Find somebody"), "ambassadors.find", order=12, also=("people/",)),
        NavItem("share", _.later("Wanted"), "ambassadors.board", order=60),
        NavItem("people", _.later("Who can help whom"), "ambassadors.talents", order=14, also=("talents/",)),
        NavItem("share", _.later("My card"), "ambassadors.mine", permissions.CARD, order=70, also=("level", "typing")),
        NavItem("share", _.later("Requests"), "ambassadors.requests", permissions.ASK, order=75),
        NavItem("share", _.later("Mirror of mix"), "ambassadors.mirrors", permissions.MIRROR, order=80, also=("mix",)),
        NavItem("administer", _.later("Vocabulary of talents and roles"), "ambassadors.words", permissions.WORDS),
        NavItem("administer", _.later("Workforce"), "ambassadors.workforce", permissions.WORKFORCE, order=75),
        NavItem("administer", _.later("Impact assessment"), "ambassadors.impact_assessment", permissions.ASSESS),
    ]


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("ambassadors.card", _.later("Card")),
        SubjectType("ambassadors.cards", _.later("Cards")),
        SubjectType("ambassadors.request", _.later("Request")),
        SubjectType("ambassadors.level", _.later("My level")),
        SubjectType("ambassadors.board", _.later("Board of what is looked for")),
        SubjectType("ambassadors.wanted", _.later("What is looked for")),
        SubjectType("ambassadors.words", _.later("Vocabulary of talents and roles")),
        SubjectType("ambassadors.workforce", _.later("Workforce"), in_audit=True),
    ]


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
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return AmbassadorsSettings


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return ambassadors_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for this person, and what was answered to them."""
    return [item for part in AT_HOME for item in part(viewer)]


@hookimpl
def portal_event(event: Event) -> None:
    """Forget who leaves."""
    if event.name == "portal.person_left":
        forget(event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)
