"""The board: what was promised, by which function, and what became of it; its exports, its page for everybody (C07)."""

from __future__ import annotations

from flask import url_for

from portal.api import (
    ANONYMOUS,
    Table,
    absolute_url,
    actions_of,
    export_links,
    exported,
    listing,
    local_day,
    now,
    page,
    public,
    signed_in,
    texts,
    viewer,
)

from plugins.copils.forms.commitments import STATES, BoardFilters
from plugins.copils.queries.commitment_states import WORDS
from plugins.copils.queries.commitments import (
    NEWEST,
    PRESSING,
    asked,
    every_function,
    glances,
    promising_copils,
    with_first_days,
)
from plugins.copils.services.hall import BOARD
from plugins.copils.views.blueprint import blueprint

_ = texts("copils")

FILTERS = ("q", "state", "function", "copil", "month")


def _found(search, who, at):
    values = asked(who, at=at, **search.values)
    order = PRESSING if search.is_of_owed else NEWEST
    return listing(search.statement, values, order_by=order, ascending=search.is_of_owed)


@blueprint.get("/")
@signed_in()
def board():
    """List what was promised: what is owed, by the day that presses; what is looked for otherwise, newest first."""
    at, filters = now(), BoardFilters()
    functions = every_function(at=at)
    found = _found(filters.search, viewer(), at)
    return page(
        "copils/board.html",
        page=found,
        glances=glances(found.items, at=at),
        filters=filters,
        states=STATES,
        functions=[("", _("all the functions")), *((card.id, card.name) for card in functions.values())],
        copils=[("", _("all the copils")), *((copil.id, copil.title) for copil in promising_copils(viewer(), at=at))],
        is_filtered=any(filters.data.values()),
        exports=export_links("copils.board_export", *FILTERS),
        offers=actions_of(BOARD),
    )


def _holder(row):
    function = row[0].function
    return function.holder.name if function.holder else function.body


def _day_of(name):
    def read(row):
        instant = getattr(row[0].commitment, name)
        return local_day(instant) if instant else None

    return read


COLUMNS: Table = {
    "text": (_.later("Commitment"), lambda row: row[0].commitment.text),
    "question": (_.later("Question"), lambda row: row[0].commitment.question.text),
    "function": (_.later("Function"), lambda row: row[0].function.name),
    "holder": (_.later("Held today by"), _holder),
    "due_on": (_.later("Due on"), lambda row: row[0].commitment.due_on),
    "first_due_on": (_.later("First promised for"), lambda row: row[1]),
    "postponed": (_.later("Times postponed"), lambda row: row[0].commitment.postponed),
    "state": (_.later("State"), lambda row: WORDS[row[0].state]),
    "said_done_on": (_.later("Said done on"), _day_of("proposed_at")),
    "confirmed_on": (_.later("Confirmed on"), _day_of("confirmed_at")),
    "copil": (_.later("Copil"), lambda row: row[0].commitment.copil.title),
    "address": (
        _.later("Address"),
        lambda row: absolute_url("copils.commitment", commitment_id=row[0].commitment.id),
    ),
}


@blueprint.get("/commitments.<any(csv, json):fmt>")
@signed_in()
def board_export(fmt):
    """Give the same rows as the board, in the same order (C07 SPEC 13)."""
    return exported(fmt, "commitments", COLUMNS, with_first_days(viewer(), BoardFilters().search, at=now()))


@blueprint.get("/public")
@public()
def public_board():
    """List the commitments that everybody may read, without the names of those who hold the functions."""
    at, filters = now(), BoardFilters()
    found = _found(filters.search, ANONYMOUS, at)
    return page(
        "copils/public_board.html",
        page=found,
        glances=glances(found.items, at=at),
        filters=filters,
        states=STATES,
        home_url=url_for("copils.board"),
    )
