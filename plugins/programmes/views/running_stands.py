"""What one does with a stand: add it, change it, hold it, order it, close it and open it again (C35 SPEC 1)."""

from __future__ import annotations

from flask import url_for

from portal.api import Person, form_page, group_cards, message, now, page, person, requires, see, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.forms.stands import ChangeStandForm, HolderForm, NewStandForm, NumberForm
from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.stands import programme_of
from plugins.programmes.services.facts import must_be_held
from plugins.programmes.services.stands import (
    add_holder,
    add_stand,
    change_stand,
    close_stand,
    move_stand,
    must_be_kept,
    remove_holder,
    reopen_stand,
)
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.fair_loaders import held_stand, organised_stand
from plugins.programmes.views.loaders import own_programme

_ = texts("programmes")


def _to(stand: Stand):
    return see("programmes.stand", stand_id=stand.id)


def _url(stand: Stand) -> str:
    return url_for("programmes.stand", stand_id=stand.id)


def _form(form, programme, stand, cancel_url):
    return form_page(
        "programmes/stand_form.html",
        form,
        programme=programme,
        stand=stand,
        cancel_url=cancel_url,
        details_open=form.is_folded_wrong,
    )


@blueprint.route("/<int:programme_id>/stands/new", methods=["GET", "POST"])
@requires(permissions.ORGANISE, programme=own_programme)
def new_stand(programme):
    """Add a stand."""
    must_be_held(programme)
    form = NewStandForm()
    form.offer(group_cards(viewer()))
    if form.submitted():
        with form.attempt():
            stand = add_stand(viewer(), programme, form.plan, holder=form.holder.data, at=now())
            message(_("The stand is there. Print its poster: the code on it opens its page without an account."))
            return _to(stand)
    cancel_url = url_for("programmes.stands", programme_id=programme.id)
    return _form(form, programme, None, cancel_url)


@blueprint.route("/stands/<int:stand_id>/change", methods=["GET", "POST"])
@requires(permissions.HOLD, stand=held_stand)
def stand_change(stand):
    """Write a stand anew."""
    must_be_kept(stand)
    form = ChangeStandForm.of(stand)
    form.offer(group_cards(viewer()))
    if form.submitted():
        with form.attempt():
            change_stand(viewer(), stand, form.plan, seen=form.seen.data, at=now())
            message(_("The stand says it now."))
            return _to(stand)
    return _form(form, programme_of(stand), stand, _url(stand))


@blueprint.route("/stands/<int:stand_id>/holders", methods=["GET", "POST"])
@requires(permissions.HOLD, stand=held_stand)
def stand_holder(stand):
    """Name somebody who holds it too."""
    must_be_kept(stand)
    form = HolderForm()
    if form.submitted() and form.person.data:
        with form.attempt():
            add_holder(viewer(), stand, form.person.data, at=now())
            message(_("%(name)s holds this stand.", name=form.person.data.name))
            return _to(stand)
    return form_page(
        "programmes/stand_holder.html", form, stand=stand, programme=programme_of(stand), cancel_url=_url(stand)
    )


@blueprint.post("/stands/<int:stand_id>/holders/<int:person_id>/remove")
@requires(permissions.HOLD, stand=held_stand)
def stand_holder_remove(stand, person_id):
    """Let somebody hold it no more."""
    who: Person = person(person_id)
    remove_holder(viewer(), stand, who.id, at=now())
    message(_("%(name)s no longer holds this stand. If that was a mistake, add them again.", name=who.name))
    return _to(stand)


@blueprint.get("/stands/<int:stand_id>/close")
@requires(permissions.ORGANISE, stand=organised_stand)
def stand_close_page(stand):
    """Ask before a stand is closed."""
    return page("programmes/stand_close.html", stand=stand, programme=programme_of(stand), cancel_url=_url(stand))


@blueprint.post("/stands/<int:stand_id>/close")
@requires(permissions.ORGANISE, stand=organised_stand)
def stand_close(stand):
    """Close it."""
    close_stand(viewer(), stand, at=now())
    message(_("The stand is closed. It can be opened again from the list of stands, with the same code."))
    return see("programmes.stands", programme_id=stand.programme_id)


@blueprint.post("/stands/<int:stand_id>/reopen")
@requires(permissions.ORGANISE, stand=organised_stand)
def stand_reopen(stand):
    """Open it again."""
    reopen_stand(viewer(), stand, at=now())
    message(_("The stand is back, and its poster is good again."))
    return _to(stand)


@blueprint.post("/stands/<int:stand_id>/order")
@requires(permissions.ORGANISE, stand=organised_stand)
def stand_order(stand):
    """Give it another place in the order of the turns."""
    move_stand(viewer(), stand, to=NumberForm().to.data, at=now())
    return see("programmes.stands", programme_id=stand.programme_id)
