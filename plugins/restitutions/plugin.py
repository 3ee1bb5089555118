"""The table of contents of `restitutions`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import (
    Action,
    Event,
    Form,
    HomeItem,
    Job,
    LinkKind,
    NavItem,
    Section,
    Subject,
    SubjectCard,
    SubjectType,
    Viewer,
    hookimpl,
    texts,
)

from plugins.restitutions import permissions
from plugins.restitutions.forms.settings import RestitutionsSettings
from plugins.restitutions.jobs import restitutions_jobs
from plugins.restitutions.services.news import tell
from plugins.restitutions.services.publishing import LINK
from plugins.restitutions.views import choices, clearing, filmed, lists, offers, pages, writing
from plugins.restitutions.views.blueprint import blueprint

_ = texts("restitutions")

PAGES = (choices, clearing, filmed, lists, pages, writing)  # imported for their routes


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entry of the group « Partager »."""
    return [NavItem("share", _.later("Restitutions"), "restitutions.index", order=30)]


@hookimpl
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return RestitutionsSettings


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType(offers.KIND, _.later("Restitution"), can_follow=True),
        SubjectType(offers.CONSENT, _.later("Consent of somebody filmed")),
    ]


@hookimpl
def portal_link_kinds() -> list[LinkKind]:
    """Give the link from a restitution to its session."""
    return [LinkKind(LINK, _.later("restitution of"), "")]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return restitutions_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for this person."""
    return list(offers.home_items(viewer))


@hookimpl
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """List the restitutions of a session on its page."""
    return offers.section_of_session(subject, viewer)


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what one may do with a restitution, or add to a session."""
    if subject.kind == offers.KIND:
        return list(offers.actions(subject, viewer))
    return offers.actions_on_session(subject, viewer)


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name restitutions for somebody who may read them, and what somebody filmed is asked."""
    return offers.cards(kind, ids, viewer)


@hookimpl
def portal_obstacles() -> list[Action]:
    """Say how many restitutions have no captions."""
    return offers.obstacles()


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns."""
    tell(event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)


@hookimpl(optionalhook=True)
def programmes_pack(sessions: list[Subject], viewer: Viewer) -> list[tuple[str, bytes]]:
    """Give the list of the videos of the day of a stand, for the pack of its evening."""
    return offers.pack(sessions, viewer)
