"""What one may do with a question, its card, and what of it stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import url_for

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer, can, now, taken_up, texts

from plugins.copils import permissions
from plugins.copils.queries.agenda import merged_into, next_copil, takes_questions
from plugins.copils.queries.copils import agenda_sizes
from plugins.copils.queries.deciders import is_decider
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.question_states import State
from plugins.copils.queries.questions import asks, readable_questions
from plugins.copils.queries.questions_home import Wait, questions_waiting
from plugins.copils.services.moderating import may_return
from plugins.copils.views.loaders import glance_for

_ = texts("copils")
ON_AGENDA = {State.ASKED, State.MERGED}
WAITS = {
    Wait.CALLED: (_.later("You are invited to ask this question together"), _.later("Answer")),
    Wait.RETURNED: (_.later("This question was returned: take it up again"), _.later("Take it up again")),
    Wait.WANTED: (_.later("Others propose to ask theirs together with yours"), _.later("Answer")),
}


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read; of one that was returned or withdrawn, others are not told the words."""
    at = now()
    for glance in glances(readable_questions(viewer, ids, at=at), viewer, at=at):
        yield SubjectCard(glance.title, _url("copils.question", glance), glance.question.subject)


def _url(endpoint: str, glance: Glance) -> str:
    return url_for(endpoint, question_id=glance.question.id)


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them; whoever is to answer it, nothing (C07 SPEC 1 and 14)."""
    at = now()
    glance = glance_for(viewer, subject.id)
    if glance is None or not viewer.is_signed_in:
        return
    if glance.copil is not None and is_decider(viewer, glance.copil.id, at=at):
        return
    if can(viewer, permissions.ASK):
        yield from _of_the_field(glance, viewer, at)
    yield from _of_who_facilitates(glance, viewer, at)


def _of_the_field(glance: Glance, viewer: Viewer, at: datetime) -> Iterator[Action]:
    is_open = glance.copil is None or takes_questions(glance.copil, at=at)
    if glance.state is State.GATHERING:
        yield from _gathering(glance, viewer)
    elif glance.state is State.RETURNED and glance.is_mine:
        yield Action(_("Take it up again"), _url("copils.reword", glance), kind="main", order=10)
    elif glance.state is State.WITHDRAWN and glance.is_mine and is_open:
        yield Action(_("Put it back"), _url("copils.question_back", glance), method="post", kind="main", order=10)
    elif glance.state in {State.WAITING, *ON_AGENDA} and is_open:
        yield from _public(glance, viewer)
    if glance.is_mine and glance.state in {State.GATHERING, State.RETURNED}:
        yield from _withdrawing(glance)
    if glance.state in {State.ANSWERED, State.UNANSWERED} and not glance.is_hidden:
        yield from _again(glance, viewer, at)
    if glance.is_mine and taken_up(glance.question.subject):
        url = _url("copils.give_origin_back", glance)
        yield Action(_("Give the question it comes from back"), url, method="post", kind="quiet", order=85)


def of_others(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Offer to put an open question of another plugin at the next copil (C36 SPEC 5)."""
    if not can(viewer, permissions.ASK):
        return
    copil = next_copil([viewer.person_id or 0], origin=None, at=now())
    if copil is not None:
        url = url_for("copils.ask", copil_id=copil.id, takes_up=str(subject))
        yield Action(_("Put it at a copil"), url, order=31)


def _gathering(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if glance.is_invited:
        yield Action(_("I ask it too"), _url("copils.voice", glance), method="post", kind="main", order=10)
        yield Action(_("Not me"), _url("copils.decline_voice", glance), method="post", order=20)
    if glance.is_mine:
        yield Action(_("Invite somebody"), _url("copils.invite_voice", glance), kind="main", order=10)
        yield Action(_("Reword"), _url("copils.reword", glance), order=30)
        if glance.question.author_id == viewer.person_id:
            yield Action(_("Ask it in my own name"), _url("copils.ask_alone", glance), order=40)
        yield from _leaving(glance)


def _leaving(glance: Glance) -> Iterator[Action]:
    if glance.askers > 1:
        yield Action(_("Ask it no more"), _url("copils.leave_voice", glance), kind="quiet", order=60)


def _public(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if glance.is_supported:
        yield Action(_("Support it no more"), _url("copils.leave_voice", glance), kind="quiet", order=60)
    elif not glance.is_mine and glance.state is State.ASKED:
        label = _("I ask it too") if glance.is_invited else _("I support it")
        yield Action(label, _url("copils.voice", glance), method="post", kind="main", order=10)
    if glance.is_mine:
        yield Action(_("Reword"), _url("copils.reword", glance), order=30)
        yield from _leaving(glance)
    yield from _grouping(glance, viewer)
    if glance.is_mine:
        yield from _withdrawing(glance)


def _grouping(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    question = glance.question
    if not glance.is_mine and not asks(viewer.person_id, question):
        return
    if glance.state is State.MERGED:
        yield Action(_("Ask it on its own again"), _url("copils.part_question", glance), method="post", order=50)
    elif glance.state is not State.ASKED:
        return
    elif question.merge_wanted_id is not None:
        url = _url("copils.refuse_question", glance)
        yield Action(_("Take the proposal back"), url, method="post", kind="quiet", order=50)
    elif not merged_into([question.id]) and agenda_sizes([question.copil_id or 0]).get(question.copil_id or 0, 0) > 1:
        yield Action(_("Ask it together with another"), _url("copils.together", glance), order=50)


def _withdrawing(glance: Glance) -> Iterator[Action]:
    yield Action(_("Withdraw it"), _url("copils.withdraw", glance), kind="quiet", order=90)


def _again(glance: Glance, viewer: Viewer, at: datetime) -> Iterator[Action]:
    copil = next_copil([viewer.person_id or 0], origin=None, at=at)
    if copil is not None:
        url = url_for("copils.ask", copil_id=copil.id, again=glance.question.id)
        yield Action(_("Ask it again"), url, order=50)


def _of_who_facilitates(glance: Glance, viewer: Viewer, at: datetime) -> Iterator[Action]:
    copil = glance.copil
    if copil is None or copil.facilitator_id != viewer.person_id or not can(viewer, permissions.FACILITATE):
        return
    if glance.question.asked_at is None or glance.is_hidden:
        return
    if glance.state in ON_AGENDA and may_return(copil, at=at):
        yield Action(_("Return it with a reason"), _url("copils.give_back", glance), kind="quiet", order=80)
    yield Action(_("Mask a name"), _url("copils.mask", glance), kind="quiet", order=81)


def home_items(viewer: Viewer, held: frozenset[int]) -> Iterable[HomeItem]:
    """Give what waits for `viewer`, who holds these functions: to ask together, to take up again, to group."""
    if not viewer.is_signed_in or not can(viewer, permissions.ASK):
        return
    for question, why in questions_waiting(viewer, held, at=now()):
        url, (line, label) = url_for("copils.question", question_id=question.id), WAITS[why]
        yield HomeItem("todo", question.text, url, lines=(line,), action=(label, url))
