"""Announcing a copil, moving it, calling it off, handing it over (C07)."""

from __future__ import annotations

from datetime import timedelta

from flask import request, url_for

from portal.api import (
    Invalid,
    form_page,
    function_choices,
    instant,
    local_midnight,
    message,
    now,
    person,
    requires,
    see,
    texts,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.forms.copils import AnnounceForm, CancelForm, HandOverForm, MoveForm, given
from plugins.copils.models.copil import Copil
from plugins.copils.queries.calendar import is_usual
from plugins.copils.services.announcing import Plan, earliest_day
from plugins.copils.services.announcing import announce as announce_copil
from plugins.copils.services.moving import cancel as cancel_copil
from plugins.copils.services.moving import hand_over
from plugins.copils.services.moving import move as move_copil
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import copil_to_hand_over, own_copil

_ = texts("copils")

USUAL_HOUR = timedelta(hours=14)


@blueprint.route("/sessions/new", methods=["GET", "POST"])
@requires(permissions.ANNOUNCE)
def announce():
    """Announce a copil: everything but its title and who is to answer is filled in beforehand."""
    at, who = now(), viewer()
    earliest = earliest_day(at, hour=USUAL_HOUR)
    form = AnnounceForm(held_at=local_midnight(earliest) + USUAL_HOUR, facilitator=person(who.person_id or 0))
    form.offer(function_choices())
    if form.submitted():
        with form.attempt():
            copil = announce_copil(who, plan=Plan(**form.data), at=at)
            _must_be_meant(form)
            message(_("The copil is announced: questions are taken from now on."))
            return _back(copil)
    return form_page(
        "copils/announce.html",
        form,
        earliest=earliest,
        details_open=bool(form.facilitator.errors),
        cancel_url=url_for("copils.copils"),
    )


def _must_be_meant(form: AnnounceForm | MoveForm) -> None:
    """Go on only if people work at the hour that was given, or it was said to be meant.

    :raises Invalid: asks whether it is; sent once more, it is
    """
    held_at = given(form.held_at.data)
    if is_usual(held_at) or request.form.get("sure") == held_at.isoformat():
        return
    form.asks_if_sure, when = True, instant(held_at)
    raise Invalid(_("Few people work on %(when)s. If it is meant, send it once more.", when=when), field="held_at")


def _back(copil: Copil):
    return see("copils.copil", copil_id=copil.id)


def _form(template, form, copil, **context):
    return form_page(
        f"copils/{template}.html",
        form,
        copil=copil,
        cancel_url=url_for("copils.copil", copil_id=copil.id),
        **context,
    )


@blueprint.route("/sessions/<int:copil_id>/move", methods=["GET", "POST"])
@requires(permissions.FACILITATE, copil=own_copil)
def move(copil):
    """Give a copil another day."""
    form, at = MoveForm(obj=copil), now()
    if form.submitted():
        with form.attempt():
            move_copil(viewer(), copil, held_at=given(form.held_at.data), reason=form.reason.data or "", at=at)
            _must_be_meant(form)
            message(_("The copil is moved; those whom it concerns are told."))
            return _back(copil)
    return _form("move", form, copil, is_settled=at >= copil.freezes_at)


@blueprint.route("/sessions/<int:copil_id>/cancel", methods=["GET", "POST"])
@requires(permissions.FACILITATE, copil=own_copil)
def cancel(copil):
    """Ask before a copil is called off."""
    form = CancelForm()
    if form.submitted():
        with form.attempt():
            cancel_copil(viewer(), copil, reason=form.reason.data or "", at=now())
            message(_("The copil is called off; those whom it concerns are told."))
            return _back(copil)
    return _form("cancel", form, copil)


@blueprint.route("/sessions/<int:copil_id>/facilitator", methods=["GET", "POST"])
@requires(permissions.FACILITATE, copil=copil_to_hand_over)
def facilitator(copil):
    """Name who facilitates from now on."""
    form = HandOverForm()
    if form.submitted():
        with form.attempt():
            hand_over(viewer(), copil, facilitator=given(form.facilitator.data), at=now())
            message(_("%(name)s facilitates this copil.", name=person(copil.facilitator_id).name))
            return _back(copil)
    return _form("hand_over", form, copil)
