"""The table of contents of `programmes`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import (
    Action,
    Event,
    Form,
    HomeItem,
    Job,
    NavItem,
    Subject,
    SubjectCard,
    SubjectType,
    Viewer,
    hookimpl,
    texts,
)

from plugins.programmes import permissions
from plugins.programmes.forms.settings import ProgrammesSettings
from plugins.programmes.jobs import programmes_jobs
from plugins.programmes.services.news import TELLERS
from plugins.programmes.views import (
    coming,
    days,
    delaying,
    offers_days,
    offers_home,
    offers_slots,
    preparing,
    slots,
    walls,
)
from plugins.programmes.views.blueprint import blueprint

_ = texts("programmes")

# imported for their routes
PAGES = (coming, days, delaying, preparing, slots, walls)
OF_KIND = {
    "programmes.programme": offers_days,
    "programmes.slot": offers_slots,
}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entry of the group « Partager »."""
    return [NavItem("share", _.later("Days"), "programmes.programmes", order=10)]


@hookimpl
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return ProgrammesSettings


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("programmes.programme", _.later("Programme of a day"), can_follow=True),
        SubjectType("programmes.slot", _.later("Slot")),
        SubjectType("programmes.stand", _.later("Stand")),
    ]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return programmes_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what runs today, what is to be chosen between, what one comes to or runs next."""
    return list(offers_home.home_items(viewer))


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what one may do with a day, with a slot."""
    part = OF_KIND.get(subject.kind)
    return list(part.actions(subject, viewer)) if part else []


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    part = OF_KIND.get(kind)
    return list(part.cards(ids, viewer)) if part else []


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns."""
    if event.name in TELLERS:
        TELLERS[event.name](event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)
