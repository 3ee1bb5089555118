"""Pages of the ephemeral labs: the list and its exports, one lab, mine (C01)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from portal.api import (
    Action,
    Page,
    Table,
    absolute_url,
    actions_of,
    export_links,
    exported,
    fold,
    history_of,
    listing,
    now,
    page,
    people,
    readers_sentence,
    reading,
    sections_of,
    session,
    show_token,
    signed_in,
    texts,
    viewer,
)

from plugins.labs.forms.ephemerals import EphemeralFilters
from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import CURRENT, WORDS
from plugins.labs.queries.ephemerals import (
    Glance,
    former_tellings,
    former_wordings,
    glance_of,
    glances,
    guests_of,
    joined_by,
    kin_of,
    opened_by,
    participant_ids,
    sees_names,
    to_tell_by,
    with_glance,
)
from plugins.labs.queries.labs import labs_of, open_labs
from plugins.labs.queries.related import related_to
from plugins.labs.queries.sand import minutes_left
from plugins.labs.queries.searches import Search, but_those_above, counted_in, current_among
from plugins.labs.services.opening import GUEST_SCOPE
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.loaders import one_glance
from plugins.labs.views.offers import card_offers, main_and_others, own_lab_offers

_ = texts("labs")

COUNT_UP_TO = 1000
BATCH = 500
# who came and went is said by the list of people, for those who may see it; never by the history
QUIET = ("labs.ephemeral_joined", "labs.ephemeral_left", "labs.guest_entered", "labs.guest_left")

COLUMNS: Table = {
    "lab": (_.later("Lab"), attrgetter("lab.name")),
    "question": (_.later("The question"), attrgetter("ephemeral.question")),
    "state": (_.later("State"), lambda glance: glance.mark[0]),
    "starts_at": (_.later("Starts"), attrgetter("ephemeral.starts_at")),
    "ends_at": (_.later("Ends"), attrgetter("ephemeral.ends_at")),
    "place": (_.later("Where"), attrgetter("ephemeral.place")),
    "people": (_.later("People"), attrgetter("people")),
    "outcome": (_.later("What became of it"), lambda glance: glance.outcome if glance.is_over else ""),
    "learnt": (_.later("What was learnt"), lambda glance: glance.ephemeral.learnt or ""),
    "address": (
        _.later("Address"),
        lambda glance: absolute_url("labs.ephemeral", ephemeral_id=glance.ephemeral.id),
    ),
}
Card = tuple[Glance, list[Action]]


def _current_cards(search: Search) -> list[Card]:
    """Give what is open, then what is announced, among what is looked for, with the one way to act."""
    found = glances(current_among(search.statement), viewer(), at=now(), **search.values)
    return card_offers(found, viewer())


def ephemerals_of_lab(lab_id: int) -> list[Card]:
    """Give the open labs, then the announced ones, of a permanent lab, for its page."""
    return _current_cards(Search(lab_id=lab_id))


def _total(search: Search) -> str:
    """Say how many labs there are; one that did not happen, or was called off, is shown and not counted."""
    count, left_out = counted_in(search, viewer(), at=now(), up_to=COUNT_UP_TO + 1)
    if count > COUNT_UP_TO:
        return _("more than 1,000 ephemeral labs")
    words = _.plural("%(num)s ephemeral lab", "%(num)s ephemeral labs", count)
    return _("%(count)s, not counting those that did not happen", count=words) if left_out else words


def _past(search: Search, current: list[Card], *, at: datetime) -> Page[Any]:
    """Give the page of what is not shown above; what did not fit there stands at its place among the others."""
    asked = reading(viewer(), at=at, above=[card[0].ephemeral.id for card in current], **search.values)
    others = with_glance(but_those_above(search.statement))
    return listing(others, asked, order_by=[Ephemeral.starts_at, Ephemeral.id], counted=False)


@blueprint.get("/e/")
@signed_in()
def ephemerals():
    """List the ephemeral labs: what is open, what is announced, then the newest, whatever became of them."""
    filters, at, who = EphemeralFilters(), now(), viewer()
    current = _current_cards(filters.search)
    past = _past(filters.search, current, at=at)
    labs = open_labs()
    return page(
        "labs/ephemerals.html",
        page=replace(past, total_text=_total(filters.search)),
        current=[] if past.first_url else current,
        past=card_offers((glance_of(row, at=at) for row in past.items), who),
        filters=filters,
        states=[("", _("all states")), *WORDS.items()],
        labs=[("", _("all")), *((lab.id, lab.name) for lab in labs)],
        exports=export_links("labs.ephemerals_export", "q", "state", "lab"),
        may_open=[lab for lab in labs if lab.group_id in who.lab_ids],
    )


@blueprint.get("/e/labs.<any(csv, json):fmt>")
@signed_in()
def ephemerals_export(fmt):
    """Give exactly the labs of the list, newest first."""
    search, at = EphemeralFilters().search, now()
    statement = with_glance(search.statement).order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc())
    asked = reading(viewer(), at=at, **search.values)
    found = session.execute(statement.execution_options(yield_per=BATCH), asked)
    return exported(fmt, "ephemeral-labs", COLUMNS, (glance_of(row, at=at) for row in found))


@blueprint.get("/e/<int:ephemeral_id>")
@signed_in(glance=one_glance)
def ephemeral(glance):
    """Show one lab: its question, how long it lasts, who is in it, what was learnt."""
    subject = glance.ephemeral.subject
    return page(
        "labs/ephemeral.html",
        **main_and_others(actions_of(subject)),
        sections=sections_of(subject),
        past=history_of(subject, without=QUIET),
        **_facts(glance),
    )


def _facts(glance: Glance) -> dict[str, Any]:
    at, who, ephemeral = now(), viewer(), glance.ephemeral
    names = sees_names(who, glance)
    there = participant_ids(ephemeral) if names else []
    persons = people({*there, ephemeral.author_id, ephemeral.told_by_id, ephemeral.extended_by_id})
    token = show_token(GUEST_SCOPE, ephemeral.subject) if glance.state in CURRENT else None
    return {
        "glance": glance,
        "ephemeral": ephemeral,
        "minutes_left": minutes_left(ephemeral, at=at),
        "participants": sorted((persons[number] for number in there), key=lambda person: fold(person.name)),
        "guests": guests_of(ephemeral) if names else [],
        "names": names,
        "who": persons,
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
    joined, to_tell, opened = (card_offers(found(who, at=at), who) for found in (joined_by, to_tell_by, opened_by))
    above = {glance.ephemeral.id for glance, _offers in (*joined, *to_tell)}
    return page(
        "labs/mine.html",
        joined=joined,
        to_tell=to_tell,
        opened=[card for card in opened if card[0].ephemeral.id not in above],
        labs=[(lab, own_lab_offers(lab, who)) for lab in labs_of(who)],
    )
