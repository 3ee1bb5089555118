"""The table of contents of `programmes`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from datetime import datetime

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

from plugins.programmes import permissions
from plugins.programmes.forms.settings import ProgrammesSettings
from plugins.programmes.jobs import programmes_jobs
from plugins.programmes.services.leaving import give_seats_back
from plugins.programmes.services.news import TELLERS
from plugins.programmes.views import (
    calendars,
    coming,
    days,
    delaying,
    offers_days,
    offers_fair,
    offers_home,
    offers_slots,
    packs,
    preparing,
    running_stands,
    slots,
    stands,
    turns,
    walls,
)
from plugins.programmes.views.blueprint import blueprint

_ = texts("programmes")

# imported for their routes
PAGES = (calendars, coming, days, delaying, packs, preparing, running_stands, slots, stands, turns, walls)
OF_KIND = {
    "programmes.programme": offers_days,
    "programmes.slot": offers_slots,
}
CARDS = {
    "programmes.agenda": offers_fair.agenda_cards,
    "programmes.closed": offers_fair.closed_cards,
    "programmes.programme": offers_days.cards,
    "programmes.slot": offers_slots.cards,
    "programmes.stand": offers_fair.cards,
}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of the group « Partager »."""
    return [
        NavItem("share", _.later("Days"), "programmes.programmes", order=10),
        NavItem("share", _.later("My agenda"), "programmes.agenda", order=12),
    ]


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
        SubjectType("programmes.agenda", _.later("Agenda of a person")),
        SubjectType("programmes.closed", _.later("Day that is no longer open to somebody")),
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
    """Give what one may do with a day, with a slot, with a stand."""
    part = OF_KIND.get(subject.kind)
    own = part.actions(subject, viewer) if part else ()
    return [*own, *offers_fair.actions(subject, viewer)]


@hookimpl
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """Give the stands of a day, for its page."""
    return list(offers_fair.sections(subject, viewer))


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    cards = CARDS.get(kind)
    return list(cards(ids, viewer)) if cards else []


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns; who left gives their seats back."""
    if event.name == "portal.person_left":
        give_seats_back(event)
    if event.name in TELLERS:
        TELLERS[event.name](event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)


@hookimpl(optionalhook=True)
def regards_kinds() -> list[str]:
    """Name what of ours can be reviewed."""
    return [_("a stand"), _("a workshop")]


@hookimpl(optionalhook=True)
def regards_team(subject: Subject) -> list[frozenset[int]]:
    """Give who is reviewed at a stand, or at a workshop (C36 SPEC 2)."""
    return offers_fair.team_of(subject)


@hookimpl(optionalhook=True)
def regards_visitors_until(subject: Subject) -> list[datetime]:
    """Let visitors without account leave a regard at a stand until the end of the fair."""
    return offers_fair.visitors_until(subject)


@hookimpl(optionalhook=True)
def restitutions_sessions(subject: Subject) -> list[Subject]:
    """Let days and slots be restituted (C33)."""
    return offers_fair.session_of(subject)


@hookimpl(optionalhook=True)
def restitutions_readers(subject: Subject) -> list[tuple[str, int | None, frozenset[int]]]:
    """Say who may read a day and its slots: their restitutions are for no more; and who runs them."""
    return offers_fair.readers_of(subject)
