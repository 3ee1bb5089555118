"""The table of contents of `regards`: what the plugin answers to each hook of the portal."""

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

from plugins.regards import permissions
from plugins.regards.forms.settings import RegardsSettings
from plugins.regards.jobs import regards_jobs
from plugins.regards.services.news import hear
from plugins.regards.views import acts, boards, cards, masking, offers, packs, questions, visitors, walls
from plugins.regards.views.blueprint import blueprint

_ = texts("regards")

PAGES = (acts, boards, cards, masking, questions, visitors, walls)  # imported for their routes


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries: rounds beside what is tried, questions beside what is asked of deciders."""
    return [
        NavItem("experiment", _.later("Reviews by peers"), "regards.index", order=40),
        NavItem("decide", _.later("Open questions"), "regards.questions", order=30),
    ]


@hookimpl
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return RegardsSettings


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("regards.board", _.later("Round of reviews"), can_follow=True),
        SubjectType("regards.question", _.later("Open question"), can_follow=True, is_question=True),
        SubjectType("regards.wall", _.later("Wall of the open questions")),
    ]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return regards_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for this person."""
    return list(offers.home_items(viewer))


@hookimpl
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """Show the rounds on the page of what they review."""
    return list(offers.sections(subject, viewer))


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what one may do with a round, a question, or something that is reviewed."""
    return list(offers.actions(subject, viewer))


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    return list(offers.cards(kind, ids, viewer))


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns; note who takes a question up."""
    hear(event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)


@hookimpl(optionalhook=True)
def programmes_pack(subject: Subject, viewer: Viewer) -> list[tuple[str, bytes]]:
    """Give what a stand takes home the same evening."""
    return list(packs.files_of(subject, viewer))
