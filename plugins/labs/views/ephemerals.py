"""Pages of the ephemeral labs: the list and its exports, one lab, mine (C01)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from portal.api import (
    Action,
    Column,
    absolute_url,
    actions_of,
    export,
    history_of,
    listing,
    now,
    page,
    people,
    readers_sentence,
    sections_of,
    session,
    show_token,
    signed_in,
    texts,
    viewer,
)

from plugins.labs.forms.ephemerals import EphemeralFilters
from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import COUNTED, CURRENT, WORDS, State, is_in
from plugins.labs.queries.ephemerals import (
    Glance,
    counted_in,
    current_among,
    ephemerals_matching,
    former_tellings,
    former_wordings,
    glance_at,
    glances,
    guests_of,
    joined_by,
    kin_of,
    one_ephemeral,
    open_ephemerals,
    opened_by,
    participants_of,
    sees_names,
    to_tell_by,
)
from plugins.labs.queries.labs import labs_of, open_labs
from plugins.labs.queries.related import related_to
from plugins.labs.queries.sand import minutes_left
from plugins.labs.services.opening import GUEST_SCOPE
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.exporting import export_links
from plugins.labs.views.offers import card_offers, own_lab_offers

_ = texts("labs")

COUNT_UP_TO = 1000
BATCH = 500
MINE_SHOWN = 30
# who came and went is said by the list of people, for those who may see it; never by the history
QUIET = ("labs.ephemeral_joined", "labs.ephemeral_left", "labs.guest_entered", "labs.guest_left")

Card = tuple[Glance, list[Action]]


def cards(ephemerals: list[Ephemeral]) -> list[Card]:
    """Give what is seen of each lab in a list, with the one way to act."""
    who = viewer()
    return [(glance, card_offers(glance, who)) for glance in glances(ephemerals, who, at=now())]


def ephemerals_of_lab(lab_id: int) -> list[Card]:
    """Give the open labs, then the announced ones, of a permanent lab, for its page."""
    who = viewer()
    return [(glance, card_offers(glance, who)) for glance in open_ephemerals(who, lab_id=lab_id, at=now())]


def _matching(filters: EphemeralFilters) -> sa.Select[Ephemeral]:
    state, lab = filters.state.data or "", filters.lab.data or ""
    states = [State(state)] if state in WORDS else []
    lab_id = int(lab) if lab.isascii() and lab.isdigit() and len(lab) < 10 else None
    return ephemerals_matching(viewer(), at=now(), words=filters.q.data or "", states=states, lab_id=lab_id)


def _total(statement: sa.Select[Ephemeral]) -> str:
    """Say how many labs there are; one that did not happen, or was called off, is shown and not counted."""
    count = counted_in(statement, at=now(), up_to=COUNT_UP_TO + 1)
    if count > COUNT_UP_TO:
        return _("more than 1,000 ephemeral labs")
    words = _.plural("%(num)s ephemeral lab", "%(num)s ephemeral labs", count)
    left_out = session.scalar(statement.where(sa.not_(is_in(*COUNTED, at=now()))).limit(1)) is not None
    return _("%(count)s, not counting those that did not happen", count=words) if left_out else words


@blueprint.get("/e/")
@signed_in()
def ephemerals():
    """List the ephemeral labs: what is open, what is announced, then the newest, whatever became of them."""
    filters = EphemeralFilters()
    statement = _matching(filters)
    past = listing(statement.where(sa.not_(is_in(*CURRENT, at=now()))), order_by=[Ephemeral.starts_at, Ephemeral.id])
    current = [] if past.first_url else current_among(statement, at=now())
    shown = cards([*current, *past.items])
    return page(
        "labs/ephemerals.html",
        page=replace(past, total_text=_total(statement)),
        current=shown[: len(current)],
        past=shown[len(current) :],
        filters=filters,
        states=[("", _("all states")), *WORDS.items()],
        labs=[("", _("all")), *((lab.id, lab.name) for lab in open_labs())],
        exports=export_links("labs.ephemerals_export", "q", "state", "lab"),
        may_open=labs_of(viewer()),
    )


@blueprint.get("/e/labs.<any(csv, json):fmt>")
@signed_in()
def ephemerals_export(fmt):
    """Give exactly the labs of the list, newest first."""
    statement = _matching(EphemeralFilters()).order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc())
    return export(fmt, "ephemeral-labs", columns=_columns(), rows=_rows(statement))


def _columns() -> list[Column]:
    titles = {
        "lab": _("Lab"),
        "question": _("The question"),
        "state": _("State"),
        "starts_at": _("Starts"),
        "ends_at": _("Ends"),
        "place": _("Where"),
        "people": _("People"),
        "outcome": _("What became of it"),
        "learnt": _("What was learnt"),
        "address": _("Address"),
    }
    return [Column(key, title) for key, title in titles.items()]


def _rows(statement: sa.Select[Ephemeral]) -> Iterator[dict[str, object]]:
    for batch in session.scalars(statement.execution_options(yield_per=BATCH)).partitions():
        for glance in glances(batch, viewer(), at=now()):
            yield _row(glance)


def _row(glance: Glance) -> dict[str, object]:
    ephemeral = glance.ephemeral
    return {
        "lab": glance.lab.name,
        "question": ephemeral.question,
        "state": glance.mark[0],
        "starts_at": ephemeral.starts_at,
        "ends_at": ephemeral.ends_at,
        "place": ephemeral.place,
        "people": glance.people,
        "outcome": glance.outcome if glance.is_over else "",
        "learnt": ephemeral.learnt or "",
        "address": absolute_url("labs.ephemeral", ephemeral_id=ephemeral.id),
    }


@blueprint.get("/e/<int:ephemeral_id>")
@signed_in(ephemeral=one_ephemeral)
def ephemeral(ephemeral):
    """Show one lab: its question, how long it lasts, who is in it, what was learnt."""
    offers = actions_of(ephemeral.subject)
    return page(
        "labs/ephemeral.html",
        main=[offer for offer in offers if offer.kind == "main"],
        offers=[offer for offer in offers if offer.kind != "main"],
        sections=sections_of(ephemeral.subject),
        past=history_of(ephemeral.subject, without=QUIET),
        **_facts(ephemeral),
    )


def _facts(ephemeral: Ephemeral) -> dict[str, Any]:
    at, who = now(), viewer()
    glance = glance_at(ephemeral, who, at=at)
    names = sees_names(who, glance)
    token = show_token(GUEST_SCOPE, ephemeral.subject) if glance.state in CURRENT else None
    return {
        "glance": glance,
        "ephemeral": ephemeral,
        "minutes_left": minutes_left(ephemeral, at=at),
        "participants": participants_of(ephemeral) if names else [],
        "guests": guests_of(ephemeral) if names else [],
        "names": names,
        "who": people({ephemeral.author_id, ephemeral.told_by_id, ephemeral.extended_by_id} - {None}),
        "wordings": former_wordings(ephemeral),
        "tellings": former_tellings(ephemeral),
        "kin": kin_of(ephemeral, who, at=at),
        "related": related_to(ephemeral, who, at=at),
        "readers": readers_sentence(ephemeral.audience, ephemeral.group_id),
        "door": absolute_url("labs.guest_door", token=token) if token else None,
    }


@blueprint.get("/mine")
@signed_in()
def my_labs():
    """Gather what is mine: labs I am in, labs to tell, labs I opened, the labs I belong to."""
    at, who = now(), viewer()
    joined, to_tell = joined_by(who, at=at), to_tell_by(who, at=at)
    newest = opened_by(who).order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc()).limit(MINE_SHOWN)
    others = [opened for opened in session.scalars(newest) if opened not in joined and opened not in to_tell]
    return page(
        "labs/mine.html",
        joined=cards(joined),
        to_tell=cards(to_tell),
        opened=cards(others),
        labs=[(lab, own_lab_offers(lab, who)) for lab in labs_of(who)],
    )
