"""Asking somebody through the portal, and answering in one click (C08 SPEC 6)."""

from __future__ import annotations

from flask import request as asked_page
from flask import url_for

from portal.api import Subject, form_page, listing, message, now, page, reading, requires, resolve, see, texts, viewer

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.requests import BOX_WORDS, AskForm, ReachForm, RequestFilters
from plugins.ambassadors.queries.requests import NEWEST, exchanges, own_request, requests_of
from plugins.ambassadors.queries.time import free_words
from plugins.ambassadors.services.requests import agree, ask, decline, say_reach, withdraw
from plugins.ambassadors.views import offers_requests
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import one_card, one_exchange

_ = texts("ambassadors")


@blueprint.route("/people/<int:person_id>/ask", methods=["GET", "POST"])
@requires(permissions.ASK, shown=one_card)
def ask_person(shown):
    """Ask somebody who shows a card for help."""
    form = AskForm(data={"words": _same_words()})
    if form.submitted():
        with form.attempt():
            request = ask(viewer(), shown.person_id, form.words.data, at=now())
            message(_("It is asked. You will be told here whether they are available."))
            return see("ambassadors.request", request_id=request.id)
    card_url = url_for("ambassadors.card", person_id=shown.person_id)
    name = offers_requests.name_of(shown.person_id)
    return form_page(
        "ambassadors/ask.html", form, cancel_url=card_url, name=name, free=shown.free, free_words=free_words
    )


def _same_words():
    """Give the words of the request of one's own that the address names, to ask somebody else the same."""
    number = asked_page.args.get("again", type=int)
    found = own_request(viewer(), number) if number and 0 < number < 2**31 else None
    return found.words if found and found.asker_id == viewer().person_id else ""


@blueprint.get("/requests")
@requires(permissions.ASK)
def requests():
    """List what one asked and was asked, newest first; for oneself alone."""
    at, filters = now(), RequestFilters()
    found = listing(requests_of(filters.chosen), reading(viewer(), at=at), order_by=NEWEST)
    return page(
        "ambassadors/requests.html",
        page=found,
        exchanges=exchanges(found.items, viewer(), at=at),
        mark_of=offers_requests.mark_of,
        boxes=BOX_WORDS,
        chosen=filters.chosen,
    )


@blueprint.get("/requests/<int:request_id>")
@requires(permissions.ASK, exchange=one_exchange)
def request(exchange):
    """Show a request to one of the two."""
    return page(
        "ambassadors/request.html",
        exchange=exchange,
        title=offers_requests.title_of(exchange),
        mark=offers_requests.mark_of(exchange),
        directory=resolve(Subject("portal.user", exchange.other.id)),
        offers=offers_requests.actions(exchange),
    )


def _back(exchange):
    return see("ambassadors.request", request_id=exchange.id)


@blueprint.post("/requests/<int:request_id>/yes")
@requires(permissions.ASK, exchange=one_exchange)
def say_yes(exchange):
    """Say that one is available; how to be reached comes next, if one wishes."""
    agree(viewer(), exchange.request, at=now())
    message(_("%(name)s knows that you are available.", name=exchange.other.name))
    return see("ambassadors.reach", request_id=exchange.id)


@blueprint.post("/requests/<int:request_id>/no")
@requires(permissions.ASK, exchange=one_exchange)
def say_no(exchange):
    """Say that one is not available: one click, no reason."""
    decline(viewer(), exchange.request, at=now())
    message(_("%(name)s only reads “not available”. You need not explain.", name=exchange.other.name))
    return _back(exchange)


@blueprint.route("/requests/<int:request_id>/reach", methods=["GET", "POST"])
@requires(permissions.ASK, exchange=one_exchange)
def reach(exchange):
    """Say how one may be reached; one may also leave it."""
    offers_requests.must_be_agreed(exchange)
    form = ReachForm(data={"reach": exchange.request.reach or ""})
    if form.submitted():
        with form.attempt():
            say_reach(viewer(), exchange.request, form.reach.data, at=now())
            message(_("It is kept."))
            return _back(exchange)
    cancel_url = url_for("ambassadors.request", request_id=exchange.id)
    return form_page("ambassadors/reach.html", form, cancel_url=cancel_url, exchange=exchange)


@blueprint.post("/requests/<int:request_id>/withdraw")
@requires(permissions.ASK, exchange=one_exchange)
def withdraw_request(exchange):
    """Take back what one asked."""
    if withdraw(viewer(), exchange.request, at=now()):
        message(_("Your request is withdrawn, and %(name)s knows it.", name=exchange.other.name))
    return _back(exchange)
