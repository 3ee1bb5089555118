"""Moderation can do two things only: return a question with a reason, or mask a personal name (C07 SPEC 11).

Masking is in `masking`.
"""

from __future__ import annotations

from datetime import datetime

from portal.api import Conflict, Event, Invalid, Viewer, local_day, publish, session, texts

from plugins.copils.models.copil import MAX_REASON, Copil
from plugins.copils.models.question import Question
from plugins.copils.services.facts import hold_with_copil, must_be_shown, must_facilitate
from plugins.copils.services.placing import free_merged

_ = texts("copils")


def return_question(actor: Viewer, question: Question, *, reason: str, at: datetime) -> None:
    """Return a question to those who ask it, with a reason that everybody reads; doing it twice changes nothing.

    :raises Forbidden: the actor does not facilitate this copil, or decides there
    :raises Conflict: it is answered, withdrawn, or not public yet; the copil has begun, or answers are due
    :raises Invalid: no reason, or one too long
    """
    must_moderate(actor, question, at=at)
    if question.returned_at is not None:
        return
    must_be_shown(question)
    if question.answered_at is not None:
        raise Conflict(_("This question was withdrawn or answered: it no longer changes."))
    if not may_return(question.copil, at=at):
        raise Conflict(
            _("It is too late to return it: what is asked at this copil is answered, or shown without an answer.")
        )
    words = " ".join(reason.split())
    if not words or len(words) > MAX_REASON:
        raise Invalid(_("Say why, in %(most)s signs at most.", most=MAX_REASON), field="reason")
    free_merged(question)
    question.returned_at, question.return_reason, question.returned_by_id = at, words, actor.person_id
    session.flush()
    publish(Event("copils.question_returned", question.subject, actor.person_id, at, {"copil": question.copil_id}))


def may_return(copil: Copil | None, *, at: datetime) -> bool:
    """Tell whether questions may still be returned: « sans réponse » is not taken off a page (C07 SPEC 4)."""
    return copil is not None and copil.began_at is None and local_day(at) <= copil.answers_due_on


def must_moderate(actor: Viewer, question: Question, *, at: datetime) -> int:
    """Hold a question with its copil, and give the actor's id.

    :raises Forbidden: the actor does not facilitate this copil, or decides there
    :raises Conflict: it is public nowhere yet
    """
    copil = hold_with_copil(question)
    if copil is None or question.asked_at is None:
        raise Conflict(_("This question stands on no agenda yet."))
    return must_facilitate(actor, copil, at=at)
