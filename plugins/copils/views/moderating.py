"""What one does with the questions of an agenda: its order, asking together, moderation (C07)."""

from __future__ import annotations

from flask import Response, request

from portal.api import Form, Invalid, NotFound, form_page, message, now, requires, see, texts, viewer

from plugins.copils import permissions
from plugins.copils.forms.questions import MaskForm, ReturnForm, TogetherForm
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.questions import readable_question
from plugins.copils.services.grouping import accept_together, part, refuse_together, want_together
from plugins.copils.services.masking import mask_name
from plugins.copils.services.moderating import return_question
from plugins.copils.services.ordering import move_question
from plugins.copils.views.asking import see_question, url_of
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.copils import copil_page
from plugins.copils.views.loaders import question_to_group, question_to_moderate, question_to_touch

_ = texts("copils")


@blueprint.post("/q/<int:question_id>/move")
@requires(permissions.ASK, question=question_to_touch)
def move_question_to(question):
    """Give a question another place on its agenda; what names no place stays where it was typed."""
    try:
        move_question(viewer(), question, to=request.form.get("to", type=int), at=now())
    except Invalid as refusal:
        typed = {"question": question, "to": request.form.get("to", ""), "error": refusal.message}
        return copil_page(question.copil, status=422, refused=typed)
    message(_("The order of the agenda has changed."))
    return see("copils.copil", copil_id=question.copil_id, _anchor=f"q{question.id}")


def _form(template: str, form: Form, question: Question) -> Response:
    """Answer a form about a question; its words are shown to those alone who may read them."""
    (glance,) = glances([question], viewer(), at=now())
    return form_page(f"copils/{template}.html", form, glance=glance, cancel_url=url_of(question))


def _others(question: Question) -> list[Glance]:
    found = agenda_of(question.copil_id) if question.copil_id else []
    return glances((other for other in found if other.id != question.id), viewer(), at=now())


@blueprint.route("/q/<int:question_id>/together", methods=["GET", "POST"])
@requires(permissions.ASK, question=question_to_group)
def together(question):
    """Propose to ask a question together with another of the same agenda."""
    form = TogetherForm()
    form.offer(_others(question))
    if form.submitted():
        with form.attempt():
            want_together(viewer(), question, other=_readable(form.other.data), at=now())
            message(_("It is proposed to those who ask the other question."))
            return see_question(question)
    return _form("together", form, question)


def _readable(question_id: int) -> Question:
    found = readable_question(viewer(), question_id, at=now())
    if found is None:
        raise NotFound(_("There is no question at this address, or it is not open to you."))
    return found


@blueprint.post("/q/<int:question_id>/together/yes")
@requires(permissions.ASK, question=question_to_touch)
def accept_question(question):
    """Agree that a question is asked together with one’s own."""
    accept_together(viewer(), question, at=now())
    message(_("The two questions are asked together. You may part them until the agenda is settled."))
    return see_question(question)


@blueprint.post("/q/<int:question_id>/together/no")
@requires(permissions.ASK, question=question_to_touch)
def refuse_question(question):
    """Say no to asking together, or take one’s own proposal back."""
    refuse_together(viewer(), question, at=now())
    message(_("Each question stays on its own."))
    return see_question(question)


@blueprint.post("/q/<int:question_id>/apart")
@requires(permissions.ASK, question=question_to_touch)
def part_question(question):
    """Ask a question on its own again."""
    part(viewer(), question, at=now())
    message(_("The question is asked on its own again."))
    return see_question(question)


@blueprint.route("/q/<int:question_id>/return", methods=["GET", "POST"])
@requires(permissions.FACILITATE, question=question_to_moderate)
def give_back(question):
    """Return a question to those who ask it, with a reason that everybody reads (C07 SPEC 11)."""
    form = ReturnForm()
    if form.submitted():
        with form.attempt():
            return_question(viewer(), question, reason=form.reason.data or "", at=now())
            message(_("The question is returned to those who ask it. Your reason stands in its place."))
            return see_question(question)
    return _form("return", form, question)


@blueprint.route("/q/<int:question_id>/mask", methods=["GET", "POST"])
@requires(permissions.FACILITATE, question=question_to_moderate)
def mask(question):
    """Mask a personal name in a question (C07 SPEC 11)."""
    form = MaskForm()
    if form.submitted():
        with form.attempt():
            mask_name(viewer(), question, name=form.name.data or "", at=now())
            message(_("The name is masked. The page says that you masked one, and not which."))
            return see_question(question)
    return _form("mask", form, question)
