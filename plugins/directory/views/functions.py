"""Functions: what answers for what, who holds it now and who did before, what is vacant, what lies outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import url_for

from portal.api import (
    Action,
    Column,
    Form,
    FunctionCard,
    Subject,
    actions_of,
    add_function,
    can,
    change_function,
    close_function,
    export,
    export_links,
    fold,
    form_page,
    functions,
    held_listing,
    hold_function,
    holdings_of,
    local_day,
    local_midnight,
    message,
    now,
    page,
    requires,
    sections_of,
    see,
    texts,
    vacate_function,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.organisation import FunctionFilters, FunctionForm, HoldForm
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.loaders import one_function

_ = texts("directory")
KEPT = ("q", "state")


def _found(filters: FunctionFilters) -> list[FunctionCard]:
    state, words = filters.state.data, fold(filters.q.data).split()
    cards = functions(at=now(), with_closed=state == "closed")
    return [card for card in cards if _is_in(card, state) and all(word in _words_of(card) for word in words)]


def _is_in(card: FunctionCard, state: str) -> bool:
    if state == "closed":
        return card.closed_at is not None
    return {"vacant": card.is_vacant, "outside": card.body is not None}.get(state, True)


def _words_of(card: FunctionCard) -> str:
    parts = [card.name, card.holder.name if card.holder else "", card.service or "", card.body or ""]
    return fold(" ".join(parts))


@blueprint.get("/functions")
@requires(permissions.READ)
def function_list():
    """List the functions with their holders."""
    filters = FunctionFilters()
    return page(
        "directory/functions.html",
        page=held_listing(_found(filters), key=lambda card: [fold(card.name), card.id]),
        filters=filters,
        exports=export_links("directory.functions_export", *KEPT),
        may_manage=can(viewer(), permissions.MANAGE),
    )


@blueprint.get("/functions.<any(csv, json):fmt>")
@requires(permissions.READ)
def functions_export(fmt):
    """Give the same functions as the list, as a file (G4)."""
    columns = [
        Column("name", _("Function")),
        Column("holder", _("Holder")),
        Column("since", _("From")),
        Column("service", _("Service")),
        Column("body", _("Outside body")),
    ]
    return export(fmt, "directory-functions", columns=columns, rows=map(_line, _found(FunctionFilters())))


def _line(card: FunctionCard) -> dict[str, Any]:
    since = local_day(card.since_at) if card.since_at else None
    holder = card.holder.name if card.holder else None
    return {"name": card.name, "holder": holder, "since": since, "service": card.service, "body": card.body}


@blueprint.get("/functions/<int:function_id>")
@requires(permissions.READ, function=one_function)
def show_function(function):
    """Show a function: who holds it, who did, what other plugins tie to it."""
    subject = Subject("portal.function", function.id)
    return page(
        "directory/function.html",
        function=function,
        holdings=holdings_of(function.id),
        now_at=now(),
        offers=[*_offers(function), *actions_of(subject)],
        sections=sections_of(subject),
    )


def _offers(function: FunctionCard) -> Iterator[Action]:
    if not can(viewer(), permissions.MANAGE) or function.closed_at is not None:
        return
    there: dict[str, Any] = {"function_id": function.id}
    if function.body is None:
        label = _("Name a successor") if function.holder else _("Name a holder")
        yield Action(label, url_for("directory.hold", **there), kind="main")
    if function.holder is not None:
        yield Action(_("Say it is vacant"), url_for("directory.vacate", **there), "post")
    yield Action(_("Change"), url_for("directory.change_one_function", **there))
    yield Action(_("End this function"), url_for("directory.close_one_function", **there), kind="quiet")


@blueprint.route("/functions/new", methods=["GET", "POST"])
@requires(permissions.MANAGE)
def new_function():
    """Add a function."""
    form = FunctionForm()
    if form.submitted():
        with form.attempt():
            number = add_function(form.written(), actor=viewer(), at=now())
            message(_("The function is in the directory."))
            return see("directory.show_function", function_id=number)
    return form_page("directory/function_form.html", form, function=None, cancel_url=url_for("directory.function_list"))


@blueprint.route("/functions/<int:function_id>/change", methods=["GET", "POST"])
@requires(permissions.MANAGE, function=one_function)
def change_one_function(function):
    """Rename a function, or give it to another service or body."""
    form = FunctionForm(name=function.name, service_id=function.service_id, body=function.body)
    if form.submitted():
        with form.attempt():
            if change_function(function.id, form.written(), actor=viewer(), at=now()):
                message(_("The changes are kept."))
            return see("directory.show_function", function_id=function.id)
    return form_page("directory/function_form.html", form, function=function, cancel_url=_url(function))


def _url(function: FunctionCard) -> str:
    return url_for("directory.show_function", function_id=function.id)


@blueprint.route("/functions/<int:function_id>/hold", methods=["GET", "POST"])
@requires(permissions.MANAGE, function=one_function)
def hold(function):
    """Give a function to somebody, from a day on."""
    form = HoldForm(since=local_day(now()))
    if form.submitted():
        with form.attempt():
            last = form.until.data
            hold_function(
                function.id,
                form.who.id,
                since=local_midnight(form.since.data),
                until=local_midnight(last + timedelta(days=1)) if last else None,
                actor=viewer(),
            )
            message(_("%(name)s: the function is theirs.", name=form.who.name))
            return see("directory.show_function", function_id=function.id)
    return form_page("directory/hold.html", form, function=function, cancel_url=_url(function))


@blueprint.post("/functions/<int:function_id>/vacate")
@requires(permissions.MANAGE, function=one_function)
def vacate(function):
    """Say that nobody holds a function any more."""
    vacate_function(function.id, at=now(), actor=viewer())
    message(_("The function is vacant. The page of the function can name a holder again."))
    return see("directory.show_function", function_id=function.id)


@blueprint.route("/functions/<int:function_id>/close", methods=["GET", "POST"])
@requires(permissions.MANAGE, function=one_function)
def close_one_function(function):
    """Say what goes when a function exists no more, then close it."""
    form = Form()
    if form.submitted():
        with form.attempt():
            close_function(function.id, actor=viewer(), at=now())
            message(_("“%(name)s” has ended. Its history stays.", name=function.name))
            return see("directory.function_list")
    return form_page("directory/close_function.html", form, function=function, cancel_url=_url(function))
