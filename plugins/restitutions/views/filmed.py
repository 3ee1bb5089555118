"""Those who are filmed: who agreed, the sheet that each of them keeps, the address by which they take it back."""

from __future__ import annotations

from flask import request, url_for

from portal.api import absolute_url, form_page, message, now, page, qr_uri, requires, see, session, texts, token, viewer

from plugins.restitutions import permissions
from plugins.restitutions.forms import ConsentForm
from plugins.restitutions.models import Restitution
from plugins.restitutions.queries.restitutions import consents_of
from plugins.restitutions.services.consents import add_consent, consent_token, take_back
from plugins.restitutions.services.emptying import SCOPE
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import consent_of, former_restitution, own_consent
from plugins.restitutions.views.offers import url_of

_ = texts("restitutions")


@blueprint.route("/<int:restitution_id>/filmed", methods=["GET", "POST"])
@requires(permissions.ADD, restitution=former_restitution)
def filmed(restitution):
    """List who is filmed, and note that somebody agrees."""
    form = ConsentForm()
    if form.submitted():
        with form.attempt():
            consent = add_consent(viewer(), restitution, form.name.data, form.given_on.data, at=now())
            message(
                _("It is noted. Print the sheet for %(name)s: it says how to change one’s mind.", name=consent.name)
            )
            return see("restitutions.filmed", restitution_id=restitution.id)
    consents = consents_of(restitution.id)
    back = url_of(restitution)
    return form_page("restitutions/filmed.html", form, restitution=restitution, consents=consents, cancel_url=back)


@blueprint.get("/consents/<int:consent_id>/sheet")
@requires(permissions.ADD, consent=own_consent)
def consent_sheet(consent):
    """Print the sheet that somebody who is filmed keeps; its code opens their address and nothing else."""
    text = consent_token(consent)
    address = absolute_url("restitutions.consent", token=text) if text else None
    return page(
        "restitutions/consent_sheet.html",
        consent=consent,
        restitution=session.get_one(Restitution, consent.restitution_id),
        door=qr_uri(address) if address else None,
        own_address=address,
        printed_at=now(),
    )


@blueprint.route("/consents/<int:consent_id>/take-back", methods=["GET", "POST"])
@requires(permissions.ADD, consent=own_consent)
def take_consent_back(consent):
    """Take a consent back for somebody who said so."""
    if request.method == "POST":
        take_back(viewer(), consent, at=now())
        message(_("It is taken down. Nothing of its video is served any more."))
        return see("restitutions.restitution", restitution_id=consent.restitution_id)
    back = url_for("restitutions.filmed", restitution_id=consent.restitution_id)
    return _asking(consent, cancel_url=back, is_self=False)


@blueprint.route("/consent/<token>", methods=["GET", "POST"])
@token(SCOPE, consent=consent_of)
def consent(consent):
    """Let somebody who is filmed take their consent back, without an account."""
    if request.method == "POST":
        take_back(None, consent, at=now())
    own = request.path
    return _asking(consent, cancel_url=own, is_self=True)


def _asking(consent, *, cancel_url: str, is_self: bool):
    restitution = session.get_one(Restitution, consent.restitution_id)
    template = "restitutions/consent_gone.html" if consent.withdrawn_at else "restitutions/consent.html"
    return page(template, consent=consent, restitution=restitution, cancel_url=cancel_url, is_self=is_self)
