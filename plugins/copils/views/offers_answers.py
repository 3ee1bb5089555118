"""Writing an answer down, offered on the page of the question to whoever decides or facilitates there."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from portal.api import Action, Subject, Viewer, can, now, texts

from plugins.copils import permissions
from plugins.copils.queries.question_states import State
from plugins.copils.services.answering import may_answer, may_correct
from plugins.copils.views.loaders import glance_for

_ = texts("copils")
PUT = {State.ASKED, State.ANSWERED, State.UNANSWERED}


def actions(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Give the one of the two acts that is possible now."""
    if subject.kind != "copils.question" or not can(viewer, permissions.ANSWER):
        return
    at, glance = now(), glance_for(viewer, subject.id)
    if glance is None or glance.copil is None or glance.state not in PUT:
        return
    question, copil = glance.question, glance.copil
    if not may_answer(viewer, question, copil, at=at):
        return
    if question.answered_at is None:
        url = url_for("copils.answer", question_id=question.id)
        yield Action(_("Write the answer down"), url, kind="main", order=5)
    elif may_correct(viewer, question, copil, at=at):
        yield Action(_("Correct the answer"), url_for("copils.correct", question_id=question.id), order=50)
