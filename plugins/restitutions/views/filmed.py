"""Those who are filmed: who is named, the sheet that each of them keeps, where they answer and take it back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from portal.api import (
    ANONYMOUS,
    Viewer,
    absolute_url,
    form_page,
    message,
    now,
    page,
    people,
    person,
    qr_uri,
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
from plugins.restitutions.services.consents import (
    ReadersChanged,
    add_consent,
    agree,
    agree_to_no_others,
    consent_token,
    remove,
    rename,
    take_back,
)
from plugins.restitutions.services.emptying import SCOPE
from plugins.restitutions.services.widening import readers_before
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import consent_of, former_restitution, my_consent, own_consent, standing
from plugins.restitutions.views.offers import url_of
from plugins.restitutions.views.readers import in_words, meanwhile

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
                seen=form.seen.data,
            )
            message(_("%(name)s is named.", name=_name(consent)), "wait" if consent.is_awaited(restitution) else "good")
            return see("restitutions.filmed", restitution_id=restitution.id)
    told = {"restitution": restitution, "consents": _named(restitution), "cancel_url": url_of(restitution)}
    if restitution.status == Status.WITHDRAWN:
        return page("restitutions/filmed_before.html", **told)
    form.seen.data = restitution.readers.edition  # of those whom this page says: so of a refusal too
    then = in_words(restitution.readers, restitution, viewer())
    return form_page("restitutions/filmed.html", form, then=then, **told)


def _named(restitution: Restitution) -> list[tuple[Consent, str, str]]:
    """Give those who are named, each with their name, and to whom they agreed to be shown."""
    found = consents_of(restitution.id)
    colleagues = people(consent.person_id for consent in found if consent.person_id)
    agreed = {one.agreed for one in found if one.given_on}
    words = {readers: in_words(readers, restitution, viewer()) for readers in agreed}
    names = [colleagues[one.person_id].name if one.person_id else one.name for one in found]
    return [(one, name, words.get(one.agreed, "")) for one, name in zip(found, names, strict=True)]


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
    is_own = consent.person_id == viewer().person_id
    restitution = session.get_one(Restitution, consent.restitution_id)
    address = absolute_url("restitutions.consent", token=text) if text else None
    return page(
        "restitutions/consent_sheet.html",
        door=qr_uri(address) if address else None,
        own_address=address,
        printed_at=now(),
        **_around(consent),
        **_asked(consent, restitution, viewer() if is_own else ANONYMOUS),
    )


@blueprint.route("/consents/<int:consent_id>/take-back", methods=["GET", "POST"])
@requires(permissions.ADD, consent=own_consent)
def take_consent_back(consent):
    """Say no for somebody who said so."""
    if request.method == "POST":
        take_back(viewer(), consent, at=now())
        message(_("It is taken down. Nothing of its video is served any more."))
        return see("restitutions.restitution", restitution_id=consent.restitution_id)
    return page(_SAYING_NO[consent.withdrawn_at is not None], is_self=False, owner=None, **_around(consent))


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
    """Take the answer, and show where it stands; what is no answer of these changes nothing."""
    answer = request.form.get("answer", "")
    who = viewer() if consent.person_id else None
    restitution = session.get_one(Restitution, consent.restitution_id)
    late = None
    try:
        if answer == "yes":
            agree(who, consent, seen=request.form.get("seen"), at=now())
        elif answer == "not wider":
            agree_to_no_others(who, consent, at=now())
        elif answer == "no" and request.form.get("sure"):
            take_back(who, consent, at=now())
    except ReadersChanged as refusal:
        late = str(refusal)
    around = _around(consent) | {"cancel_url": request.path, "watch_url": watch_url, "late": late, "answer": answer}
    return _where_it_stands(consent, around | _asked(consent, restitution, who or ANONYMOUS))


def _asked(consent: Consent, restitution: Restitution, reader: Viewer) -> dict[str, Any]:
    """Say to whom one is asked to be shown, to whom one agreed to be, and to whom it goes back if not wider.

    :param reader: whoever is filmed, who knows other circles by their name than whoever prints their sheet
    """
    about = {"owner": person(restitution.author_id), "meanwhile": meanwhile(restitution)}
    said = {"readers": restitution.readers}
    if consent.given_on:
        said |= {"agreed": consent.agreed, "before": readers_before(consent, restitution)}
    return about | {name: in_words(readers, restitution, reader) for name, readers in said.items()}


def _where_it_stands(consent: Consent, around: dict[str, Any]):
    """Show what is asked; before it is too late, what a no destroys; afterwards, what was answered."""
    if not consent.is_open:
        return page(_SAYING_NO[consent.withdrawn_at is not None], is_self=True, **around)
    waits, answer, status = consent.is_awaited(around["restitution"]), around["answer"], 409 if around["late"] else 200
    if waits and answer != "no" and request.args.get("no") is None:
        template = "restitutions/asked_anew.html" if consent.given_on else "restitutions/asked.html"
        no_url = url_for(str(request.endpoint), no=1, **(request.view_args or {}))
        return page(template, status=status, no_url=no_url, **around)
    if answer in {"yes", "not wider"}:
        return page("restitutions/answered.html", status=status, **around)
    return page("restitutions/consent.html", is_self=True, **around)
