"""The table of contents of `copils`: what the plugin answers to each hook of the portal."""

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
    is_question,
    now,
    session,
    settle,
    texts,
)

from plugins.copils import permissions
from plugins.copils.forms.settings import CopilsSettings
from plugins.copils.jobs import copils_jobs
from plugins.copils.models.copil import Copil
from plugins.copils.queries.deciders import held_by
from plugins.copils.services import news_commitments, news_copils, news_questions
from plugins.copils.views import (
    announcing,
    answers,
    asking,
    board,
    commitments,
    copils,
    hall,
    live,
    moderating,
    offers_answers,
    offers_board,
    offers_commitments,
    offers_copils,
    offers_questions,
    picture,
    questions,
    walls,
)
from plugins.copils.views.blueprint import blueprint

_ = texts("copils")

# imported for their routes
PAGES = (announcing, answers, asking, board, commitments, copils, hall, live, moderating, picture, questions, walls)
AT_HOME = (offers_copils, offers_questions, offers_commitments)
OF_KIND = {
    "copils.copil": offers_copils,
    "copils.question": offers_questions,
    "copils.commitment": offers_commitments,
    "copils.board": offers_board,
}
DONE = {"asked", "cancelled", "closed", "confirmed", "postponed", "proposed", "reconfirmed", "refused", "withdrawn"}
TELLERS = {**news_copils.TELLERS, **news_questions.TELLERS, **news_commitments.TELLERS}


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of the group « Décider »."""
    return [
        NavItem("decide", _.later("Commitments"), "copils.board", order=10),
        NavItem("decide", _.later("Inverted copils"), "copils.copils", order=20, also=("q/",)),
    ]


@hookimpl
def portal_settings() -> type[Form]:
    """Give what the collectivity sets."""
    return CopilsSettings


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of."""
    return [
        SubjectType("copils.copil", _.later("Copil"), can_follow=True),
        SubjectType("copils.question", _.later("Question"), can_follow=True),
        SubjectType("copils.commitment", _.later("Commitment"), can_follow=True),
        SubjectType("copils.board", _.later("Board of commitments")),
    ]


@hookimpl
def portal_link_kinds() -> list[LinkKind]:
    """Give the link from a question to the open question it comes from."""
    return [LinkKind("copils.takes_up", _.later("takes up the question"), _.later("put at a copil as"))]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return copils_jobs()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what is happening, what waits for this person, what was promised."""
    held = held_by(viewer.person_id, at=now())
    return [item for part in AT_HOME for item in part.home_items(viewer, held)]


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what one may do with a copil, a question, a commitment; with an open question of another plugin."""
    if is_question(subject.kind):
        return list(offers_questions.of_others(subject, viewer))
    part = OF_KIND.get(subject.kind)
    answering = offers_answers.actions(subject, viewer)
    return [*part.actions(subject, viewer), *answering] if part else []


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name subjects of ours for somebody who may read them."""
    part = OF_KIND.get(kind)
    return list(part.cards(ids, viewer)) if part else []


@hookimpl
def portal_event(event: Event) -> None:
    """Tell those whom it concerns; what was to be done and is done stays nobody's news."""
    if event.name in TELLERS and event.name.rpartition("_")[2] in DONE:
        settle(event.subject, at=event.at)
    if event.name in TELLERS:
        TELLERS[event.name](event)


@hookimpl
def portal_may(viewer: Viewer, permission: str, target: object | None) -> bool | None:
    """Refuse what the facts do not allow."""
    return permissions.may(viewer, permission, target)


@hookimpl(optionalhook=True)
def restitutions_sessions(subject: Subject) -> list[Subject]:
    """Say that a copil is a session, which may be restituted."""
    return [subject] if subject.kind == "copils.copil" else []


@hookimpl(optionalhook=True)
def restitutions_readers(subject: Subject) -> list[tuple[str, int | None, frozenset[int]]]:
    """Say who may read a copil: its restitutions are for no more; and who facilitates it."""
    found = session.get(Copil, subject.id) if subject.kind == "copils.copil" else None
    return [(found.audience, found.reader_group_id, frozenset({found.facilitator_id}))] if found else []
