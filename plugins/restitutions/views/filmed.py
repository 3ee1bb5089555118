"""Those who are filmed: who is named, the sheet that each of them keeps, where they answer and take it back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from portal.api import (
    absolute_url,
    form_page,
    message,
    now,
    page,
    people,
    person,
    qr_uri,
    readers_sentence,
    requires,
    see,
    session,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.restitutions import permissions
from plugins.restitutions.forms.filmed import ConsentForm, NameForm, ReasonForm
from plugins.restitutions.models import Consent, Restitution, Status
from plugins.restitutions.queries.restitutions import consents_of
from plugins.restitutions.queries.said import name_of
from plugins.restitutions.services.clearing import CLEARABLE
from plugins.restitutions.services.consents import add_consent, agree, consent_token, remove, rename, take_back
from plugins.restitutions.services.emptying import SCOPE
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import consent_of, former_restitution, my_consent, own_consent, standing
from plugins.restitutions.views.offers import url_of

_ = texts("restitutions")


@blueprint.route("/<int:restitution_id>/filmed", methods=["GET", "POST"])
@requires(permissions.ADD, restitution=former_restitution)
def filmed(restitution):
    """List who is filmed, and name somebody; of what was taken down, the list alone."""
    form = ConsentForm()
    if request.method == "POST":
        standing(restitution)
    if form.submitted():
        with form.attempt():
            who = form.person.data
            consent = add_consent(
                viewer(),
                restitution,
                form.name.data,
                form.given_on.data,
                at=now(),
                person_id=who.id if who else None,
            )
            message(_("%(name)s is named.", name=_name(consent)), "wait" if consent.is_awaited else "good")
            return see("restitutions.filmed", restitution_id=restitution.id)
    told = {"restitution": restitution, "consents": _named(restitution), "cancel_url": url_of(restitution)}
    then = readers_sentence(restitution.audience, restitution.reader_group_id)
    if restitution.status == Status.WITHDRAWN:
        return page("restitutions/filmed_before.html", **told)
    return form_page("restitutions/filmed.html", form, then=then, **told)


def _named(restitution: Restitution) -> list[tuple[Consent, str]]:
    """Give those who are named, each with their name."""
    found = consents_of(restitution.id)
    colleagues = people(consent.person_id for consent in found if consent.person_id)
    return [(one, colleagues[one.person_id].name if one.person_id else one.name) for one in found]


def _name(consent: Consent) -> str:
    return person(consent.person_id).name if consent.person_id else consent.name


@blueprint.route("/consents/<int:consent_id>/name", methods=["GET", "POST"])
@requires(permissions.ADD, consent=own_consent)
def correct_name(consent):
    """Correct the name of somebody who is filmed."""
    said = name_of(consent)
    form = NameForm(data=said).shown_with(said)
    if form.submitted():
        with form.attempt():
            rename(viewer(), consent, form.name.data, form.reason.data, seen=form.seen.data, at=now())
            message(_("It is kept."))
            return see("restitutions.filmed", restitution_id=consent.restitution_id)
    return form_page("restitutions/name.html", form, **_around(consent))


@blueprint.route("/consents/<int:consent_id>/remove", methods=["GET", "POST"])
@requires(permissions.ADD, consent=own_consent)
def remove_name(consent):
    """Name somebody no longer."""
    form = ReasonForm()
    if form.submitted():
        with form.attempt():
            number, name = consent.restitution_id, _name(consent)
            remove(viewer(), consent, form.reason.data, at=now())
            message(_("%(name)s is no longer named.", name=name))
            return see("restitutions.filmed", restitution_id=number)
    return form_page("restitutions/unname.html", form, **_around(consent))


def _around(consent: Consent) -> dict[str, Any]:
    return {
        "consent": consent,
        "name": _name(consent),
        "restitution": session.get_one(Restitution, consent.restitution_id),
        "cancel_url": url_for("restitutions.filmed", restitution_id=consent.restitution_id),
    }


@blueprint.get("/consents/<int:consent_id>/sheet")
@requires(permissions.ADD, consent=own_consent)
def consent_sheet(consent):
    """Print the sheet that somebody who is filmed keeps; its code opens their address and nothing else."""
    text = consent_token(consent)
    address = absolute_url("restitutions.consent", token=text) if text else None
    return page(
        "restitutions/consent_sheet.html",
        door=qr_uri(address) if address else None,
        own_address=address,
        printed_at=now(),
        **_around(consent),
    )


@blueprint.route("/consents/<int:consent_id>/take-back", methods=["GET", "POST"])
@requires(permissions.ADD, consent=own_consent)
def take_consent_back(consent):
    """Say no for somebody who said so."""
    if request.method == "POST":
        take_back(viewer(), consent, at=now())
        message(_("It is taken down. Nothing of its video is served any more."))
        return see("restitutions.restitution", restitution_id=consent.restitution_id)
    return page(_SAYING_NO[consent.withdrawn_at is not None], is_self=False, **_around(consent))


_SAYING_NO = {False: "restitutions/consent.html", True: "restitutions/consent_gone.html"}


@blueprint.route("/consents/<int:consent_id>/mine", methods=["GET", "POST"])
@signed_in(consent=my_consent)
def own_answer(consent):
    """Let a colleague who is filmed agree, or say no, before and after."""
    restitution = session.get_one(Restitution, consent.restitution_id)
    return _answered(consent, watch_url=url_of(restitution) if restitution.status in CLEARABLE else None)


@blueprint.route("/consent/<token>", methods=["GET", "POST"])
@token(SCOPE, consent=consent_of)
def consent(consent):
    """Let somebody who is filmed agree, or say no, without an account."""
    place = session.get_one(Restitution, consent.restitution_id).place
    return _answered(consent, watch_url=place.watch_url if place else None)


def _answered(consent: Consent, *, watch_url: str | None):
    """Take the answer, and show where it stands; what is neither yes nor no is no answer yet."""
    who = viewer() if consent.person_id else None
    if request.method == "POST" and request.form.get("answer") == "yes":
        agree(who, consent, at=now())
    elif request.method == "POST" and (request.form.get("answer") == "no" or not consent.is_awaited):
        take_back(who, consent, at=now())
    around = _around(consent) | {"cancel_url": request.path, "watch_url": watch_url}
    if not consent.is_awaited:
        return page(_SAYING_NO[consent.withdrawn_at is not None], is_self=True, **around)
    of = around["restitution"]
    readers = readers_sentence(of.audience, of.reader_group_id)
    return page("restitutions/asked.html", owner=person(of.author_id), readers=readers, **around)
