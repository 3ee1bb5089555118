"""One thing that is looked for: posted, read, changed, closed by its author; « je peux » by anybody else (C44)."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from portal.api import (
    Conflict,
    can,
    form_page,
    local_day,
    message,
    now,
    page,
    people,
    requires,
    see,
    signed_in,
    texts,
    viewer,
)

from plugins.ambassadors import permissions
from plugins.ambassadors.forms.board import WantedForm, wanted_values
from plugins.ambassadors.forms.requests import ReachForm
from plugins.ambassadors.models.wanted import Wanted
from plugins.ambassadors.queries.board import is_open, own_reply, replies_for, state_of
from plugins.ambassadors.queries.time import TIME_WORDS
from plugins.ambassadors.queries.vocabulary import tags_by_id
from plugins.ambassadors.services.board import (
    change_wanted,
    close_wanted,
    post_again,
    post_wanted,
    say_i_can,
    say_i_cannot,
)
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import one_wanted, own_open_wanted, own_wanted

_ = texts("ambassadors")


@blueprint.route("/board/new", methods=["GET", "POST"])
@requires(permissions.WANT)
def post_opening():
    """Post what is looked for."""
    form = WantedForm(viewer(), today=local_day(now()))
    if form.submitted():
        with form.attempt():
            posted = post_wanted(viewer(), form.opening, at=now())
            message(_("It is on the board."))
            return see("ambassadors.wanted", wanted_id=posted.id)
    return form_page("ambassadors/post.html", form, cancel_url=url_for("ambassadors.board"), wanted=None)


@blueprint.get("/board/<int:wanted_id>")
@signed_in(wanted=one_wanted)
def wanted(wanted):
    """Show what is looked for; to its author, who can."""
    said = own_reply(viewer(), wanted)
    return page("ambassadors/wanted.html", reach_form=ReachForm(reach=said.reach if said else ""), **_shown(wanted))


def _shown(wanted: Wanted) -> dict[str, Any]:
    at, who, replies = now(), viewer(), replies_for(viewer(), wanted)
    role = tags_by_id([wanted.tag_id]).get(wanted.tag_id) if wanted.tag_id else None
    return {
        "wanted": wanted,
        "role": role,
        "time": TIME_WORDS[wanted.minutes],
        "mark": state_of(wanted, at=at),
        "is_open": is_open(wanted, at=at),
        "is_own": wanted.author_id == who.person_id,
        "said": own_reply(who, wanted),
        "replies": replies,
        "names": people([wanted.author_id, *(reply.person_id for reply in replies)]),
        "may_answer": can(who, permissions.ASK),
        "may_want": can(who, permissions.WANT, wanted),
        "may_post": can(who, permissions.WANT),
    }


@blueprint.route("/board/<int:wanted_id>/change", methods=["GET", "POST"])
@requires(permissions.WANT, wanted=own_open_wanted)
def change_opening(wanted):
    """Write it otherwise."""
    form = WantedForm(viewer(), today=local_day(now()), data=wanted_values(wanted))
    if form.submitted():
        with form.attempt():
            change_wanted(viewer(), wanted, form.opening, at=now())
            message(_("Changed. Those who said that they can are told."))
            return see("ambassadors.wanted", wanted_id=wanted.id)
    back = url_for("ambassadors.wanted", wanted_id=wanted.id)
    return form_page("ambassadors/post.html", form, cancel_url=back, wanted=wanted)


@blueprint.post("/board/<int:wanted_id>/close/<any(found, over):how>")
@requires(permissions.WANT, wanted=own_wanted)
def close_opening(wanted, how) -> Response:
    """Take it off the board."""
    close_wanted(viewer(), wanted, is_found=how == "found", at=now())
    message(_("It is off the board. Those who said that they could are thanked."))
    return see("ambassadors.wanted", wanted_id=wanted.id)


@blueprint.post("/board/<int:wanted_id>/again")
@requires(permissions.WANT, wanted=own_wanted)
def post_opening_again(wanted) -> Response:
    """Put it back on the board."""
    post_again(viewer(), wanted, at=now())
    message(_("It is on the board again."))
    return see("ambassadors.wanted", wanted_id=wanted.id)


@blueprint.post("/board/<int:wanted_id>/can")
@requires(permissions.ASK, wanted=one_wanted)
def answer_opening(wanted):
    """Say that one can: one click, and how to be reached if one likes."""
    form = ReachForm()
    if form.submitted():
        try:
            say_i_can(viewer(), wanted, reach=form.reach.data or "", at=now())
        except Conflict as refusal:  # its page says so, and gives back what was typed
            form.refuse(refusal)
        else:
            message(_("Said. Only who posted it knows."))
            return see("ambassadors.wanted", wanted_id=wanted.id)
    return form_page("ambassadors/wanted.html", form, reach_form=form, **_shown(wanted))


@blueprint.post("/board/<int:wanted_id>/cannot")
@requires(permissions.ASK, wanted=one_wanted)
def unanswer_opening(wanted) -> Response:
    """Take one's word back."""
    say_i_cannot(viewer(), wanted, at=now())
    message(_("Taken back: nothing of it is kept."))
    return see("ambassadors.wanted", wanted_id=wanted.id)
