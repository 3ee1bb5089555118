"""Pages of the days: the list and its exports, one day, its sheet for the wall, its page for everybody (C34)."""

from __future__ import annotations

from operator import attrgetter

from flask import Response, url_for

from portal.api import (
    Table,
    absolute_url,
    actions_of,
    can,
    export_links,
    exported,
    history_of,
    listing,
    local_day,
    now,
    page,
    people,
    public,
    qr_svg,
    readers_sentence,
    reading,
    sections_of,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.programmes import permissions
from plugins.programmes.forms.days import WHEN, DayFilters
from plugins.programmes.forms.slots import KIND_WORDS
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.lines import lines_of
from plugins.programmes.queries.programmes import is_organiser, organiser_ids, tracks_of
from plugins.programmes.queries.slots import taken_off
from plugins.programmes.services.delaying import last_delay
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.calendars import address_in
from plugins.programmes.views.loaders import one_programme
from plugins.programmes.views.readers import day_context, labs_of, state_of

_ = texts("programmes")

FILTERS = ("q", "when", "lab")
BATCH = 500
COLUMNS: Table = {
    "title": (_.later("Day"), attrgetter("title")),
    "held_on": (_.later("Held on"), attrgetter("held_on")),
    "place": (_.later("Place"), attrgetter("place")),
    "state": (_.later("State"), lambda programme: state_of(programme, today=local_day(now()))[0]),
    "address": (
        _.later("Address"),
        lambda programme: absolute_url("programmes.programme", programme_id=programme.id),
    ),
}
SLOT_COLUMNS: Table = {
    "title": (_.later("Slot"), lambda row: row[0].slot.title),
    "kind": (_.later("What it is"), lambda row: KIND_WORDS[row[0].slot.kind]),
    "starts_at": (_.later("Begins"), lambda row: row[0].slot.starts_at),
    "ends_at": (_.later("Ends"), lambda row: row[0].slot.ends_at),
    "place": (_.later("Place"), lambda row: row[0].slot.place),
    "track": (_.later("Track"), lambda row: row[1]),
    "hosts": (_.later("Run by"), lambda row: ", ".join(person.name for person in row[0].hosts)),
    "words": (_.later("In more words"), lambda row: row[0].slot.words),
    "seats_left": (_.later("Seats left"), lambda row: row[0].left),
}


@blueprint.get("/")
@signed_in()
def programmes():
    """List the days one may read: what is to come, the nearest first, or what is past, the latest first."""
    filters, today = DayFilters(), local_day(now())
    search = filters.search
    values = reading(viewer(), at=now(), today=today, **search.values)
    order = [Programme.held_on, Programme.id]
    found = listing(search.statement, values, order_by=order, ascending=not search.is_past)
    labs = labs_of(viewer())
    return page(
        "programmes/programmes.html",
        page=found,
        filters=filters,
        is_filtered=any(filters.data.values()),
        states={programme.id: state_of(programme, today=today) for programme in found.items},
        labs=labs,
        lab_choices=[("", _("all the labs")), *labs.items()],
        when_choices=WHEN,
        exports=export_links("programmes.programmes_export", *FILTERS),
        may_make=can(viewer(), permissions.MAKE),
    )


@blueprint.get("/programmes.<any(csv, json):fmt>")
@signed_in()
def programmes_export(fmt):
    """Give the same days as the list, in the same order."""
    search = DayFilters().search
    values = reading(viewer(), at=now(), today=local_day(now()), **search.values)
    statement = search.in_order.execution_options(yield_per=BATCH)
    return exported(fmt, "programmes", COLUMNS, session.scalars(statement, values))


@blueprint.get("/<int:programme_id>")
@signed_in(programme=one_programme)
def programme(programme):
    """Show one day: what happens, from the first coffee to the carnival."""
    at, who = now(), viewer()
    found = list(actions_of(programme.subject))
    runs = organiser_ids(programme)
    organises = can(who, permissions.ORGANISE) and is_organiser(who, programme, named=runs)
    may_come = can(who, permissions.COME) and programme.cancelled_at is None
    return page(
        "programmes/programme.html",
        main=[action for action in found if action.kind == "main"],
        offers=[action for action in found if action.kind != "main"],
        sections=sections_of(programme.subject),
        past=history_of(programme.subject),
        state=state_of(programme, today=local_day(at)),
        lab=labs_of(who).get(programme.reader_group_id or 0),
        organisers=[person.name for person in people(runs).values()],
        organises=organises,
        may_come=may_come,
        at=at,
        off=taken_off(programme, at=at) if organises else [],
        delay=last_delay(programme) if organises else None,
        exports=export_links("programmes.slots_export", programme_id=programme.id),
        readers=readers_sentence(programme.audience, programme.reader_group_id),
        **day_context(who, programme, at=at),
    )


@blueprint.get("/<int:programme_id>/slots.<any(csv, json):fmt>")
@signed_in(programme=one_programme)
def slots_export(programme, fmt):
    """Give the slots of a day, as its page shows them: of a surprise, its hour alone (C34 SPEC 2)."""
    tracks = {track.id: track.name for track in tracks_of(programme)}
    lines = lines_of(viewer(), programme, at=now())
    return exported(fmt, "slots", SLOT_COLUMNS, ((line, tracks.get(line.slot.track_id or 0, "")) for line in lines))


@blueprint.get("/<int:programme_id>/sheet")
@signed_in(programme=one_programme)
def sheet(programme):
    """Print the day on one A4 sheet, with the code that leads to its page (C34 SPEC 5)."""
    return page(
        "programmes/sheet.html",
        address=address_in(programme),
        code=url_for("programmes.programme_qr", programme_id=programme.id),
        printed_at=now(),
        **day_context(viewer(), programme, at=now()),
    )


@blueprint.get("/<int:programme_id>/qr.svg")
@signed_in(programme=one_programme)
def programme_qr(programme) -> Response:
    """Draw the code that leads to the page of the day."""
    return qr_svg(address_in(programme))


@blueprint.get("/public/<int:programme_id>")
@public(programme=one_programme)
def public_day(programme):
    """Show a day to whoever may read it, account or not, without the name of anybody."""
    at = now()
    return page(
        "programmes/public.html",
        state=state_of(programme, today=local_day(at)),
        **day_context(viewer(), programme, at=at),
    )
