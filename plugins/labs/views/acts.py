"""What one does with an ephemeral lab: open it, join it, make it longer, correct it, call it off, tell it (C01)."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from portal.api import (
    SubjectCard,
    form_page,
    message,
    now,
    page,
    question_to_take_up,
    requires,
    see,
    take_up,
    texts,
    viewer,
)

from plugins.labs import permissions
from plugins.labs.forms.ephemerals import (
    USUAL_MINUTES,
    ExtensionForm,
    OpeningForm,
    QuestionForm,
    TellingForm,
)
from plugins.labs.forms.labs import numbered
from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemerals import ephemeral_for, labs_to_continue
from plugins.labs.queries.labs import one_lab
from plugins.labs.services.joining import join_ephemeral, leave_ephemeral
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.services.running import (
    cancel_ephemeral,
    correct_question,
    extend_ephemeral,
    give_question_back,
    may_extend_by,
    must_be_ahead,
    must_be_correctable,
    must_be_extensible,
)
from plugins.labs.services.telling import must_be_tellable, tell_ephemeral, told_of
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.loaders import one_ephemeral

_ = texts("labs")


def see_ephemeral(ephemeral: Ephemeral) -> Response:
    """Go to the page of a lab, or to the list if it is no longer open to this person."""
    if ephemeral_for(viewer(), ephemeral.id, at=now()) is None:
        return see("labs.ephemerals")
    return see("labs.ephemeral", ephemeral_id=ephemeral.id)


def url_of(ephemeral: Ephemeral) -> str:
    """Give the address of the page of a lab."""
    return url_for("labs.ephemeral", ephemeral_id=ephemeral.id)


def _named(argument: str) -> Ephemeral | None:
    """Give the lab that the address names as the origin of a new one, if this person may read it."""
    number = numbered(request.args.get(argument))
    return ephemeral_for(viewer(), number, at=now()) if number else None


def _continued(lab: Lab) -> list[Ephemeral]:
    found = labs_to_continue(viewer(), lab.id, at=now())
    named = _named("continues")
    return [*found, named] if named and named.lab_id == lab.id and named not in found else found


def _prefilled(lab: Lab, asked: SubjectCard | None) -> dict[str, object]:
    sown, continued = _named("sown"), _named("continues")
    question = sown.question if sown else asked.title if asked else ""
    origin = sown or continued
    return {
        "question": question,
        "starts_at": now(),
        "minutes": min(origin.minutes if origin else USUAL_MINUTES, lab.max_minutes),
        "place": origin.place if origin and origin.place else lab.place,
        "audience": "lab",
        "allows_guests": bool(sown and sown.allows_guests),
        "continues_id": continued.id if continued else 0,
    }


@blueprint.route("/<int:lab_id>/open", methods=["GET", "POST"], endpoint="open_ephemeral")
@requires(permissions.OPEN, lab=one_lab)
def open_form(lab):
    """Open an ephemeral lab: one question, all the rest is filled in beforehand (law 1)."""
    sown, asked = _named("sown"), question_to_take_up()
    form = OpeningForm(data=_prefilled(lab, asked))
    form.offer(lab, before=_continued(lab))
    if form.submitted():
        with form.attempt():
            plan = Plan(**form.data, resown_from_id=sown.id if sown else None)
            ephemeral = open_ephemeral(viewer(), lab, plan=plan, at=now())
            if asked:
                take_up(ephemeral.subject, asked.subject, actor=viewer(), at=now())
            message(_opened_words(ephemeral))
            return see_ephemeral(ephemeral)
    return form_page("labs/ephemeral_open.html", form, lab=lab, sown=sown, asked=asked)


def _opened_words(ephemeral: Ephemeral) -> str:
    if ephemeral.starts_at > now():
        return _("The lab is announced. It opens by itself when its time comes; until then you can call it off.")
    return _("The lab is open and you are in it. It closes by itself.")


@blueprint.post("/e/<int:ephemeral_id>/give-back")
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_give_back(ephemeral):
    """Give back the question it was opened for."""
    give_question_back(viewer(), ephemeral, at=now())
    message(_("The question is given back: it may be taken up otherwise."))
    return see_ephemeral(ephemeral)


@blueprint.post("/e/<int:ephemeral_id>/join")
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_join(ephemeral):
    """Join."""
    join_ephemeral(viewer(), ephemeral, at=now())
    message(_("You are in. If that was a mistake, use “Leave”."))
    return see_ephemeral(ephemeral)


@blueprint.post("/e/<int:ephemeral_id>/leave")
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_leave(ephemeral):
    """Take one's coming back."""
    leave_ephemeral(viewer(), ephemeral, at=now())
    message(_("You are no longer in this lab. You can join it again while it is open."))
    return see_ephemeral(ephemeral)


@blueprint.route("/e/<int:ephemeral_id>/longer", methods=["GET", "POST"])
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_extend(ephemeral):
    """Make a lab last longer, once, with a reason."""
    lab = ephemeral.lab
    form = ExtensionForm()
    if not form.is_submitted():
        must_be_extensible(viewer(), ephemeral, lab=lab, at=now())
    form.offer(may_extend_by(ephemeral, lab))
    if form.submitted():
        with form.attempt():
            extend_ephemeral(viewer(), ephemeral, lab=lab, **form.data, at=now())
            message(_("The lab lasts longer. It cannot be made longer a second time."))
            return see_ephemeral(ephemeral)
    return form_page("labs/ephemeral_extend.html", form, ephemeral=ephemeral, lab=lab, cancel_url=url_of(ephemeral))


@blueprint.route("/e/<int:ephemeral_id>/question", methods=["GET", "POST"])
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_correct(ephemeral):
    """Correct the question; what it said before stays readable."""
    form = QuestionForm(obj=ephemeral)
    if not form.is_submitted():
        must_be_correctable(viewer(), ephemeral, at=now())
    if form.submitted():
        with form.attempt():
            correct_question(viewer(), ephemeral, question=form.question.data, at=now())
            message(_("The question is corrected. What it said before stays readable under it."))
            return see_ephemeral(ephemeral)
    return form_page("labs/ephemeral_correct.html", form, ephemeral=ephemeral, cancel_url=url_of(ephemeral))


@blueprint.get("/e/<int:ephemeral_id>/off")
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_cancel(ephemeral):
    """Ask before an announced lab is called off."""
    must_be_ahead(viewer(), ephemeral, at=now())
    return page("labs/ephemeral_cancel.html", ephemeral=ephemeral, cancel_url=url_of(ephemeral))


@blueprint.post("/e/<int:ephemeral_id>/off")
@requires(permissions.JOIN, ephemeral=one_ephemeral)
def ephemeral_cancel_now(ephemeral):
    """Call an announced lab off."""
    cancel_ephemeral(viewer(), ephemeral, at=now())
    message(_("The lab is called off. You can sow its question again whenever you like."))
    return see_ephemeral(ephemeral)


@blueprint.route("/e/<int:ephemeral_id>/tell", methods=["GET", "POST"])
@requires(permissions.TELL, ephemeral=one_ephemeral)
def ephemeral_tell(ephemeral):
    """Tell a lab, or correct what one has told."""
    form = TellingForm(obj=ephemeral).shown_with(told_of(ephemeral))
    if not form.is_submitted():
        must_be_tellable(viewer(), ephemeral, at=now())
    if form.submitted():
        with form.attempt():
            tell_ephemeral(viewer(), ephemeral, **form.data, at=now())
            message(_("It is told. Thank you."))
            return see_ephemeral(ephemeral)
    return form_page("labs/ephemeral_tell.html", form, ephemeral=ephemeral, cancel_url=url_of(ephemeral))
