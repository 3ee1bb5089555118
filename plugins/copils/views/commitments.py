"""The page of a commitment, what its owner does with it, what those who asked say of it (C07)."""

from __future__ import annotations

from flask import url_for

from portal.api import (
    actions_of,
    form_page,
    history_of,
    message,
    now,
    page,
    requires,
    sections_of,
    see,
    signed_in,
    texts,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.forms.commitments import DONE, KnownByForm, PostponeForm, ProofForm, VerdictForm
from plugins.copils.queries.commitments import former_days, glances, refusals_of
from plugins.copils.services.confirming import ACTS_OF_ASKERS, confirm, must_witness, refuse, say_how_known
from plugins.copils.services.facts import must_answer_for
from plugins.copils.services.keeping import postpone, say_done, take_on
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import one_commitment
from plugins.copils.views.readers import readers_of

_ = texts("copils")


@blueprint.get("/c/<int:commitment_id>")
@signed_in(commitment=one_commitment)
def commitment(commitment):
    """Show one commitment: what, who, until when, how one will know, and all that became of it."""
    at, question = now(), commitment.question
    (glance,) = glances([commitment], at=at)
    offers = actions_of(commitment.subject)
    return page(
        "copils/commitment.html",
        glance=glance,
        commitment=commitment,
        question=question,
        copil=commitment.copil,
        former=former_days(commitment.id),
        refusals=refusals_of(commitment.id),
        readers=readers_of(commitment),
        sections=sections_of(commitment.subject),
        main=[action for action in offers if action.kind == "main"],  # beside the title: a phone shows it at once
        offers=[action for action in offers if action.kind != "main"],
        past=history_of(commitment.subject, without=ACTS_OF_ASKERS),
    )


def _form_page(template, form, commitment):
    (glance,) = glances([commitment], at=now())
    cancel_url = url_for("copils.commitment", commitment_id=commitment.id)
    return form_page(f"copils/{template}.html", form, glance=glance, commitment=commitment, cancel_url=cancel_url)


@blueprint.route("/c/<int:commitment_id>/done", methods=["GET", "POST"])
@requires(permissions.KEEP, commitment=one_commitment)
def say_done_page(commitment):
    """Say that it is done."""
    must_answer_for(viewer(), commitment, commitment.copil, at=now())
    form = ProofForm()
    if form.submitted():
        with form.attempt():
            say_done(viewer(), commitment, proof=form.proof.data, at=now())
            message(_("Said. Those who asked now say whether it is really done."))
            return see("copils.commitment", commitment_id=commitment.id)
    return _form_page("say_done", form, commitment)


@blueprint.route("/c/<int:commitment_id>/postpone", methods=["GET", "POST"])
@requires(permissions.KEEP, commitment=one_commitment)
def postpone_page(commitment):
    """Give a later day."""
    must_answer_for(viewer(), commitment, commitment.copil, at=now())
    form = PostponeForm()
    if form.submitted():
        with form.attempt():
            postpone(viewer(), commitment, due_on=form.due_on.data, reason=form.reason.data, at=now())
            message(_("The new day is written down. The former one stays readable, with your reason."))
            return see("copils.commitment", commitment_id=commitment.id)
    return _form_page("postpone", form, commitment)


@blueprint.post("/c/<int:commitment_id>/take-on")
@requires(permissions.KEEP, commitment=one_commitment)
def take_on_post(commitment):
    """Take on what a predecessor promised."""
    take_on(viewer(), commitment, at=now())
    message(_("You answer for this commitment from now on."))
    return see("copils.commitment", commitment_id=commitment.id)


@blueprint.route("/c/<int:commitment_id>/known-by", methods=["GET", "POST"])
@requires(permissions.CONFIRM, commitment=one_commitment)
def known_by_page(commitment):
    """Write how one will know that it is done."""
    must_witness(viewer(), commitment, at=now())
    form = KnownByForm(known_by=commitment.known_by)
    if form.submitted():
        with form.attempt():
            say_how_known(viewer(), commitment, known_by=form.known_by.data, at=now())
            message(_("Written down: everybody knows by what it will be judged."))
            return see("copils.commitment", commitment_id=commitment.id)
    return _form_page("known_by", form, commitment)


@blueprint.route("/c/<int:commitment_id>/verdict", methods=["GET", "POST"])
@requires(permissions.CONFIRM, commitment=one_commitment)
def verdict_page(commitment):
    """Say whether it is really done."""
    must_witness(viewer(), commitment, at=now())
    form = VerdictForm()
    if form.submitted():
        with form.attempt():
            _judge(commitment, form)
            return see("copils.commitment", commitment_id=commitment.id)
    return _form_page("verdict", form, commitment)


def _judge(commitment, form):
    if form.verdict.data == DONE:
        confirm(viewer(), commitment, at=now())
        message(_("Kept. Thank you for having asked, and for having looked."))
        return
    refuse(viewer(), commitment, reason=form.reason.data, at=now())
    message(_("It is open again, and everybody can read why."), "wait")
