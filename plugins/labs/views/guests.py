"""The door of an open lab: what its QR code opens, for people with an account and without (C01 SPEC 8)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request, url_for

from portal.api import (
    Forbidden,
    Grant,
    NotFound,
    Viewer,
    can,
    message,
    now,
    page,
    see,
    texts,
    token,
    viewer,
)

from plugins.labs import permissions
from plugins.labs.forms.ephemerals import GuestForm
from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import CURRENT, State
from plugins.labs.queries.ephemerals import Glance, ephemeral_for, glance_at, guest_by_key
from plugins.labs.queries.sand import minutes_left
from plugins.labs.services.joining import enter_as_guest, join_ephemeral, take_guest_back
from plugins.labs.services.opening import GUEST_SCOPE
from plugins.labs.views.acts import see_ephemeral
from plugins.labs.views.blueprint import blueprint

_ = texts("labs")
GONE = _.later(
    "The lab of this code has ended. If you see another code, scan it; if somebody is there, ask them. With an account,"
    " sign in: the labs that are open stand on the first page."
)


def door_of(viewer: Viewer, *, grant: Grant) -> Glance:
    """Give the lab whose code was scanned.

    :raises NotFound: it has ended or was called off: the code died with it
    """
    found = glance_at(grant.subject.id, viewer, at=now()) if grant.subject else None
    if found is None or found.state not in CURRENT:
        raise NotFound(str(GONE))
    return found


def _page(template: str, glance: Glance, **context: Any):
    ephemeral = glance.ephemeral
    left = minutes_left(ephemeral, at=now())
    return page(template, ephemeral=ephemeral, glance=glance, minutes_left=left, token=_token(), **context)


def _token() -> str:
    return str((request.view_args or {})["token"])


def _may_read(ephemeral: Ephemeral) -> bool:
    return ephemeral_for(viewer(), ephemeral.id, at=now()) is not None


@blueprint.route("/q/<token>", methods=["GET", "POST"])
@token(GUEST_SCOPE, gone=GONE, glance=door_of)
def guest_door(glance):
    """Open the door: an agent goes to the lab, a guest says who they are, if the opener allowed guests."""
    ephemeral, is_agent = glance.ephemeral, viewer().is_signed_in
    if is_agent and _may_read(ephemeral):
        return see_ephemeral(ephemeral)
    if not ephemeral.allows_guests:
        return page("labs/door_closed.html")
    if is_agent:
        return _page("labs/door_agent.html", glance)
    if glance.state is State.ANNOUNCED:
        return _page("labs/door_early.html", glance)
    return _guest_form(glance)


def _guest_form(glance: Glance):
    form = GuestForm()
    if form.submitted():
        with form.attempt():
            guest = enter_as_guest(glance.ephemeral, **form.data, at=now())
            return see("labs.guest_in", token=_token(), key=guest.key)
    form.key.data = form.key.data or secrets.token_urlsafe(24)
    return _page("labs/door_guest.html", glance, form=form, status=422 if form.is_submitted() else 200)


@blueprint.post("/q/<token>/join")
@token(GUEST_SCOPE, gone=GONE, glance=door_of)
def door_join(glance):
    """Join as an agent who scanned the code."""
    who, ephemeral = viewer(), glance.ephemeral
    if not who.is_signed_in or not (_may_read(ephemeral) or ephemeral.allows_guests):
        raise Forbidden(_("Whoever opened this lab has not opened it to guests."))
    if not can(who, permissions.JOIN, ephemeral):
        raise Forbidden(_("You cannot join a lab from here."))
    join_ephemeral(who, ephemeral, at=now())
    message(_("You are in. If that was a mistake, use “Leave”."))
    return see_ephemeral(ephemeral)


@blueprint.get("/q/<token>/in/<key>")
@token(GUEST_SCOPE, gone=GONE, glance=door_of)
def guest_in(glance, key):
    """Thank a guest: the question, the time left, and a way back."""
    guest = guest_by_key(glance.ephemeral, key)
    return _page("labs/door_in.html", glance, guest=guest, undo_url=url_for("labs.guest_out", token=_token(), key=key))


@blueprint.post("/q/<token>/in/<key>/out")
@token(GUEST_SCOPE, gone=GONE, glance=door_of)
def guest_out(glance, key):
    """« It was not me »."""
    take_guest_back(glance.ephemeral, guest_by_key(glance.ephemeral, key), at=now())
    message(_("What you wrote is erased."))
    return see("labs.guest_door", token=_token())
