"""The table of contents of `labs`: what the plugin answers to each hook of the portal."""

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
    Subject,
    SubjectCard,
    SubjectType,
    Viewer,
    hookimpl,
    session,
    texts,
)

from plugins.labs import permissions
from plugins.labs.forms.settings import LabsSettings
from plugins.labs.jobs import labs_jobs
from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.reviewed import team_of
from plugins.labs.services.news import tell
from plugins.labs.views import (
    acts,
    ephemerals,
    guests,
    labs,
    margins,
    members,
    projecting,
    projects,
    steering,
    votes,
    walls,
)
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.home import home_items
from plugins.labs.views.subjects import actions_on, cards_of

_ = texts("labs")

# imported for their routes
PAGES = (acts, ephemerals, guests, labs, margins, members, projecting, projects, steering, votes, walls)


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of the group « Expérimenter »."""
    return [
        NavItem("experiment", _.later("Labs"), "labs.index", order=10),
        NavItem("experiment", _.later("Ephemeral labs"), "labs.ephemerals", order=20),
        NavItem("experiment", _.later("Projects"), "labs.projects", order=30),
    ]


@hookimpl
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return LabsSettings


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("labs.lab", _.later("Lab"), can_follow=True),
        SubjectType("labs.ephemeral", _.later("Ephemeral lab"), can_follow=True),
        SubjectType("labs.project", _.later("Project"), can_follow=True),
        SubjectType("labs.vote", _.later("Vote")),
    ]


@hookimpl
def portal_link_kinds() -> list[LinkKind]:
    """Give the link from an ephemeral lab to the question it was opened for."""
    return [LinkKind("labs.takes_up", _.later("takes up the question"), _.later("taken up as an ephemeral lab"))]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return labs_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what is open now, what waits for this person, what is promised."""
    return list(home_items(viewer))


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what one may do with a lab, an ephemeral lab, a project."""
    return actions_on(subject, viewer)


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    return cards_of(kind, ids, viewer)


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns."""
    tell(event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)


@hookimpl(optionalhook=True)
def restitutions_sessions(subject: Subject) -> list[Subject]:
    """Say that a lab of an hour is a session, which may be restituted."""
    return [subject] if subject.kind == "labs.ephemeral" else []


@hookimpl(optionalhook=True)
def restitutions_readers(subject: Subject) -> list[tuple[str, int | None, frozenset[int]]]:
    """Say who may read a lab of an hour: its restitutions are for no more; and who opened it."""
    found = session.get(Ephemeral, subject.id) if subject.kind == "labs.ephemeral" else None
    return [(found.audience, found.reader_group_id, frozenset({found.author_id}))] if found else []


@hookimpl(optionalhook=True)
def regards_kinds() -> list[str]:
    """Name what of ours can be reviewed."""
    return [_("a lab"), _("a project"), _("an ephemeral lab")]


@hookimpl(optionalhook=True)
def regards_team(subject: Subject) -> list[frozenset[int]]:
    """Say whose work is reviewed when peers leave regards on a lab, a project, an ephemeral lab."""
    team = team_of(subject)
    return [team] if team else []
