"""Writing down what is answered, and correcting it (C07 SPEC 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request

from portal.api import (
    Conflict,
    local_day,
    message,
    now,
    page,
    person,
    requires,
    see,
    session,
    texts,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.forms.answers import AnswerForm, CorrectAnswerForm
from plugins.copils.forms.copils import ClickForm
from plugins.copils.models.question import Question
from plugins.copils.queries.question_states import ANSWERS
from plugins.copils.services.answering import answer_question, correct_answer, may_answer, may_correct
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import question_to_answer
from plugins.copils.views.rooms import answer_form, offer_functions, room_of

_ = texts("copils")


@blueprint.route("/q/<int:question_id>/answer", methods=["GET", "POST"])
@requires(permissions.ANSWER, question=question_to_answer)
def answer(question):
    """Write down what is answered."""
    copil, at = question.copil, now()
    form = answer_form(copil)
    if form.submitted():
        with form.attempt():
            ago = timedelta(seconds=ClickForm().seconds_ago)
            answer_question(viewer(), question, copil, reply=form.reply(local_day(at)), at=at, ago=ago)
            message(_("The answer is written down."))
            if form.absent:
                message(_("“%(name)s” is not in the room: it commits in its absence.", name=form.absent), "wait")
            return _on(form, question)
    return _form("answer", form, question, may=may_answer(viewer(), question, copil, at=at))


@blueprint.route("/q/<int:question_id>/answer/correct", methods=["GET", "POST"])
@requires(permissions.ANSWER, question=question_to_answer)
def correct(question):
    """Write another answer in the place of the first."""
    copil, at = question.copil, now()
    form = CorrectAnswerForm.of(question)
    offer_functions(form, copil)
    if form.submitted():
        with form.attempt():
            reply = form.reply(local_day(at))
            correct_answer(viewer(), question, copil, reply=reply, seen=form.seen.data, at=at)
            message(_("The answer is corrected; what was first written stays readable."))
            return _on(form, question)
    return _form("correct_answer", form, question, may=may_correct(viewer(), question, copil, at=at))


def _in_room(form: AnswerForm, question: Question) -> dict[str, Any] | None:
    """Give the room with the form as it was filled, unless the room has gone on to something else."""
    copil = question.copil
    if not form.room.data or copil is None or viewer().person_id != copil.facilitator_id:
        return None
    shown = room_of(copil, form)
    return shown if shown["current"] is question and shown["form"] else None


def _on(form: AnswerForm, question: Question):
    """Go back to the room, where the next question waits, or to the question."""
    if form.room.data and question.copil_id:
        return see("copils.live", copil_id=question.copil_id)
    return see("copils.question", question_id=question.id)


def _form(template: str, form: AnswerForm, question: Question, *, may: bool):
    """Answer the page of the form, the room if it was filled there; with what stands meanwhile, 409: one was faster."""
    session.refresh(question)
    was_sent = form.is_submitted()
    if not was_sent and not may:
        raise Conflict(_("Nothing can be answered here: it is too early, too late, or not yours to answer."))
    room = _in_room(form, question) if was_sent else None
    if room is not None:
        return page("copils/live.html", status=422, **room)
    stands = question.answered_at is not None
    status = (409 if stands and template == "answer" else 422) if was_sent else 200
    return page(
        f"copils/{template}.html",
        status=status,
        form=form,
        question=question,
        copil=question.copil,
        stands=stands,
        answers=ANSWERS,
        by=person(question.answered_by_id) if question.answered_by_id else None,
        action_url=request.path,  # shown in the room, which has an address of its own
        cancel_url=_on(form, question).location,
    )
