"""Asking a question, rewording it, withdrawing it, asking it together with others (C07)."""

from __future__ import annotations

from dataclasses import asdict

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.api import (
    Form,
    SubjectCard,
    form_page,
    message,
    now,
    question_to_take_up,
    requires,
    see,
    take_up,
    texts,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.forms.copils import given
from plugins.copils.forms.questions import AskForm, InviteForm, RewordForm
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import COLLECTIVE_LEAST, Question
from plugins.copils.queries.agenda import next_copil, takes_questions
from plugins.copils.queries.glances import glances
from plugins.copils.queries.questions import readable_question
from plugins.copils.services import asking
from plugins.copils.services.asking import (
    ask_question,
    must_change,
    put_back,
    reword_question,
    withdraw_question,
    words_of,
)
from plugins.copils.services.collectives import ask_in_own_name, decline, give_voice, invite, take_voice_back
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import copil_to_ask, own_question, question_to_leave, question_to_touch
from plugins.copils.views.readers import readers_of

_ = texts("copils")


def see_question(question: Question) -> Response:
    """Go to the page of a question, or to its copil if it is no longer open to this person."""
    if readable_question(viewer(), question.id, at=now()) is not None:
        return see("copils.question", question_id=question.id)
    return see("copils.copil", copil_id=question.copil_id) if question.copil_id else see("copils.copils")


def url_of(question: Question) -> str:
    """Give the address of the page of a question."""
    return url_for("copils.question", question_id=question.id)


def _again() -> Question | None:
    """Give the question that the address names as the one to put once more, if its words are open to this person."""
    number = request.args.get("again", type=int)
    found = readable_question(viewer(), number, at=now()) if number and 0 < number < 2**31 else None
    if found is None or glances([found], viewer(), at=now())[0].is_hidden:
        return None
    return found


@blueprint.route("/sessions/<int:copil_id>/ask", methods=["GET", "POST"])
@requires(permissions.ASK, copil=copil_to_ask)
def ask(copil):
    """Ask a question: one sentence, in a minute, from a phone (law 1)."""
    again, origin = _again(), question_to_take_up()
    form = AskForm(data=_prefilled(again, origin))
    if form.submitted():
        with form.attempt():
            question = _ask(form, copil, again)
            if origin:
                take_up(question.subject, origin.subject, actor=viewer(), at=now())
            message(_said(question, copil))
            return see_question(question)
    is_late = not takes_questions(copil, at=now())
    goes_to = next_copil([viewer().person_id or 0], origin=copil, at=now()) if is_late else None
    cancel_url = url_for("copils.copil", copil_id=copil.id)
    context = {"copil": copil, "is_late": is_late, "goes_to": goes_to, "again": again, "origin": origin}
    context["readers"] = readers_of(copil)
    return form_page("copils/ask.html", form, cancel_url=cancel_url, details_open=form.is_unfolded, **context)


def _prefilled(again: Question | None, origin: SubjectCard | None) -> dict[str, str | None]:
    if again:
        return {"text": again.text, "details": again.details}
    return {"text": origin.title} if origin else {}


def _ask(form: AskForm, copil: Copil, again: Question | None) -> Question:
    who, at, again_id = viewer(), now(), again.id if again else None
    question = ask_question(who, copil, words=form.words, is_collective=form.is_collective, again_id=again_id, at=at)
    if form.is_collective and form.person.data is not None:
        invite(who, question, person=form.person.data, at=at)
    return question


def _said(question: Question, copil: Copil) -> str:
    if question.asked_at is None:
        return _("Your question is kept. Invite others: it appears with the third voice.")
    if question.copil_id == copil.id:
        return _("Your question is on the agenda. You may change it until the agenda is settled.")
    if question.copil_id is not None:
        return _("The agenda of this copil is settled: your question is put at the next one.")
    return _("Your question is kept. It goes by itself to the next copil that is announced.")


@blueprint.route("/q/<int:question_id>/reword", methods=["GET", "POST"])
@requires(permissions.ASK, question=own_question)
def reword(question):
    """Change the words of a question; of a returned one, send it again."""
    must_change(question, question.copil, at=now())
    form = RewordForm(obj=question).shown_with(asdict(words_of(question)))
    form.of(is_collective=question.is_collective)
    if form.submitted():
        with form.attempt():
            is_sent = question.returned_at is not None and question.asked_at is not None
            reword_question(viewer(), question, words=form.words, seen=form.seen.data, at=now())
            message(_("Your question is asked again.") if is_sent else _("The question is reworded."))
            return see_question(question)
    return form_page("copils/reword.html", form, question=question, cancel_url=url_of(question))


@blueprint.route("/q/<int:question_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.ASK, question=own_question)
def withdraw(question):
    """Ask before a question is taken back."""
    form = Form()
    if form.submitted():
        withdraw_question(viewer(), question, at=now())
        message(_("The question is withdrawn. You may put it back until the agenda is settled."))
        return see_question(question)
    must_change(question, question.copil, at=now())
    return form_page("copils/withdraw.html", form, question=question, cancel_url=url_of(question))


@blueprint.post("/q/<int:question_id>/give-back")
@requires(permissions.ASK, question=own_question)
def give_origin_back(question):
    """Give back the question that this one comes from."""
    asking.give_origin_back(viewer(), question, at=now())
    message(_("The question it comes from is given back: it may be taken up otherwise."))
    return see_question(question)


@blueprint.post("/q/<int:question_id>/back")
@requires(permissions.ASK, question=own_question)
def question_back(question):
    """Put a withdrawn question back."""
    put_back(viewer(), question, at=now())
    message(_("The question is asked again."))
    return see_question(question)


@blueprint.route("/q/<int:question_id>/invite", methods=["GET", "POST"])
@requires(permissions.ASK, question=own_question)
def invite_voice(question):
    """Invite somebody to ask it together."""
    form = InviteForm()
    if form.submitted():
        with form.attempt():
            invite(viewer(), question, person=given(form.person.data), at=now())
            message(_("%(name)s is invited.", name=given(form.person.data).name))
            return see_question(question)
    return form_page("copils/invite.html", form, question=question, cancel_url=url_of(question))


@blueprint.post("/q/<int:question_id>/voice")
@requires(permissions.ASK, question=question_to_touch)
def voice(question):
    """Ask it too, invited to; or support it."""
    given = give_voice(viewer(), question, at=now())
    message(_("You support this question.") if given.is_support else _("You ask this question too."))
    return see_question(question)


@blueprint.post("/q/<int:question_id>/decline")
@requires(permissions.ASK, question=question_to_touch)
def decline_voice(question):
    """Say no to an invitation."""
    decline(viewer(), question, at=now())
    message(_("You do not ask this question. Nobody is told."))
    return see_question(question)


@blueprint.route("/q/<int:question_id>/leave", methods=["GET", "POST"])
@requires(permissions.ASK, question=question_to_leave)
def leave_voice(question):
    """Ask before one takes one’s voice back."""
    form = Form()
    if form.submitted():
        with form.attempt():
            take_voice_back(viewer(), question, at=now())
            message(_("Your voice is taken back."))
            return see_question(question)
    (glance,) = glances([question], viewer(), at=now())
    context = {"question": question, "glance": glance, "least": COLLECTIVE_LEAST}
    return form_page("copils/leave_voice.html", form, cancel_url=url_of(question), **context)


@blueprint.route("/q/<int:question_id>/alone", methods=["GET", "POST"])
@requires(permissions.ASK, question=own_question)
def ask_alone(question):
    """Ask before what a collective was to ask is asked in one’s own name."""
    form = Form()
    if form.submitted():
        with form.attempt():
            ask_in_own_name(viewer(), question, at=now())
            message(_("You ask this question in your own name."))
            return see_question(question)
    return form_page("copils/ask_alone.html", form, question=question, cancel_url=url_of(question))
