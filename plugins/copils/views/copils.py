"""Pages of the copils: the list and its exports, one copil, the sheet that calls for questions (C07)."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Any

from flask import Response, request, url_for

from portal.api import (
    Table,
    absolute_url,
    actions_of,
    can,
    export_links,
    exported,
    history_of,
    listing,
    now,
    page,
    person,
    qr_svg,
    reading,
    sections_of,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.copils import permissions
from plugins.copils.models.copil import ABSENT, PRESENT, STAND_IN, Copil
from plugins.copils.queries.agenda import agenda_glances, agenda_goes_on
from plugins.copils.queries.commitments import glances_of_copil
from plugins.copils.queries.copil_states import CURRENT, mark_of, over, state_of
from plugins.copils.queries.copils import (
    PAST,
    READABLE,
    SHOWN_AT_ONCE,
    agenda_sizes,
    copil_by_id,
    current_copils,
    former_days,
    sequels_of,
)
from plugins.copils.queries.deciders import seats_of
from plugins.copils.queries.turns import minutes_spent, turns_of
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import one_copil
from plugins.copils.views.readers import readers_of

_ = texts("copils")

BATCH = 500
IN_A_SENTENCE = {
    PRESENT: _.later("Whoever holds it sat in person."),
    STAND_IN: _.later("Somebody else sat, who could not commit it."),
    ABSENT: _.later("Nobody sat."),
}

COLUMNS: Table = {
    "title": (_.later("Copil"), attrgetter("title")),
    "held_at": (_.later("Sits on"), attrgetter("held_at")),
    "minutes": (_.later("Minutes"), attrgetter("minutes")),
    "place": (_.later("Place"), attrgetter("place")),
    "state": (_.later("State"), lambda copil: mark_of(state_of(copil, at=now()))[0]),
    "freezes_at": (_.later("Agenda settled on"), attrgetter("freezes_at")),
    "answers_due_on": (_.later("Answers due by"), attrgetter("answers_due_on")),
    "address": (_.later("Address"), lambda copil: absolute_url("copils.copil", copil_id=copil.id)),
}


@blueprint.get("/sessions/")
@signed_in()
def copils():
    """List the copils: what is announced or under way, the nearest first, then the past ones, the newest first."""
    at, who = now(), viewer()
    past = listing(PAST, reading(who, at=at, **over(at)), order_by=[Copil.held_at, Copil.id], counted=False)
    current = [] if past.first_url else current_copils(who, at=at)
    shown = [*current, *past.items]
    return page(
        "copils/copils.html",
        page=past,
        current=current,
        marks={copil.id: mark_of(state_of(copil, at=at)) for copil in shown},
        sizes=agenda_sizes(copil.id for copil in shown),
        exports=export_links("copils.copils_export"),
        may_announce=can(who, permissions.ANNOUNCE),
    )


@blueprint.get("/sessions/copils.<any(csv, json):fmt>")
@signed_in()
def copils_export(fmt):
    """Give the copils of the list, the latest first."""
    statement = READABLE.order_by(Copil.held_at.desc(), Copil.id.desc()).execution_options(yield_per=BATCH)
    return exported(fmt, "copils", COLUMNS, session.scalars(statement, reading(viewer(), at=now())))


@blueprint.get("/sessions/<int:copil_id>")
@signed_in(copil=one_copil)
def copil(copil):
    """Show one copil: when it sits, who is to answer, what is asked, how the time was shared."""
    return copil_page(copil)


def copil_page(copil: Copil, *, status: int = 200, refused: dict[str, Any] | None = None) -> Response:
    """Give the page of a copil; with a place on its agenda that was refused, if one was."""
    found = list(actions_of(copil.subject))
    return page(
        "copils/copil.html",
        status=status,
        refused=refused or {},
        main=[action for action in found if action.kind == "main"],
        offers=[action for action in found if action.kind != "main"],
        sections=sections_of(copil.subject),
        past=history_of(copil.subject),
        **_facts(copil),
    )


def _facts(copil: Copil) -> dict[str, Any]:
    at, who = now(), viewer()
    state, turns = state_of(copil, at=at), turns_of(copil.id)
    seats = seats_of(copil.id, at=copil.began_at or at)  # whoever held the function that day
    decides = who.person_id in {seat.function.holder.id for seat in seats if seat.function.holder}
    return {
        "copil": copil,
        "state": state,
        "mark": mark_of(state),
        "seats": seats,
        "presences": IN_A_SENTENCE,
        "facilitator": person(copil.facilitator_id),
        **_agenda(copil, at, may_order=who.is_signed_in and not decides),
        "promised": glances_of_copil(who, copil.id, at=at),
        "spent": minutes_spent(copil, turns, at=at) if turns else None,
        "former_days": former_days(copil),
        "follows": copil_by_id(copil.follows_id),
        "sequels": sequels_of(copil, who, at=at) if copil.is_listening else [],
        "readers": readers_of(copil),
    }


def _agenda(copil: Copil, at: datetime, *, may_order: bool) -> dict[str, Any]:
    """Give the first questions of the agenda, or all of them to whoever wants them."""
    most = None if request.args.get("questions") == "all" or request.method == "POST" else SHOWN_AT_ONCE
    goes_on = most is not None and agenda_goes_on(copil, most=most)
    return {
        "agenda": agenda_glances(viewer(), copil, at=at, may_order=may_order, most=most),
        "all_url": url_for("copils.copil", copil_id=copil.id, questions="all") if goes_on else None,
    }


@blueprint.get("/sessions/<int:copil_id>/poster")
@signed_in(copil=one_copil)
def poster(copil):
    """Print the call for questions with its code."""
    at = now()
    return page(
        "copils/poster.html",
        copil=copil,
        is_calling=state_of(copil, at=at) in CURRENT and at < copil.freezes_at,
        seats=seats_of(copil.id, at=at),
        address=absolute_url("copils.copil", copil_id=copil.id),
        code=url_for("copils.copil_qr", copil_id=copil.id),
        printed_at=at,
        poster=True,
    )


@blueprint.get("/sessions/<int:copil_id>/qr.svg")
@signed_in(copil=one_copil)
def copil_qr(copil) -> Response:
    """Draw the code that leads to the page of the copil."""
    return qr_svg(absolute_url("copils.copil", copil_id=copil.id))
