"""Slots in one's own calendar: a file of a day, of one slot, and the feed of what concerns a person (C34 SPEC 4)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from portal.api import (
    Audience,
    absolute_url,
    can,
    message,
    now,
    page,
    public,
    requires,
    see,
    signed_in,
    texts,
    token,
    viewer,
)

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.agenda import agenda_of
from plugins.programmes.queries.calendars import Entry, file_of
from plugins.programmes.queries.programmes import readable_programme
from plugins.programmes.queries.shown import shown
from plugins.programmes.queries.slots import all_slots_of
from plugins.programmes.services.feeds import FEED_SCOPE, close_feed, feed_of, open_feed
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.loaders import one_programme, one_slot

_ = texts("programmes")
GONE = _.later("This calendar is closed. Whoever it belongs to can open another from “My agenda”.")


def address_in(programme: Programme, slot_id: int | None = None) -> str:
    """Give the address of the page of a day, or of one of its slots, that whoever may read it can open anywhere."""
    if programme.audience == Audience.PUBLIC:
        anchor = f"slot-{slot_id}" if slot_id else None
        return absolute_url("programmes.public_day", programme_id=programme.id, _anchor=anchor)
    if slot_id is not None:
        return absolute_url("programmes.slot", slot_id=slot_id)
    return absolute_url("programmes.programme", programme_id=programme.id)


@blueprint.get("/<int:programme_id>.ics")
@public(programme=one_programme)
def day_calendar(programme) -> Response:
    """Give a day as a file; of a cancelled one, the file that takes it off a calendar."""
    found = [(slot, programme) for slot in all_slots_of(programme, at=now())]
    return _file(found, name=programme.title, filename=f"programme-{programme.id}")


@blueprint.get("/slots/<int:slot_id>.ics")
@public(slot=one_slot)
def slot_calendar(slot) -> Response:
    """Give one slot as a file; once it is taken off, the file that takes it off a calendar."""
    at = now()
    programme = readable_programme(viewer(), slot.programme_id, at=at)
    found = [(shown(slot, at=at), programme)] if programme else []
    return _file(found, name=found[0][0].title, filename=f"programme-slot-{slot.id}")


@blueprint.get("/feed/<token>/agenda.ics")
@token(FEED_SCOPE, reader=True, gone=GONE)
def agenda_feed(grant) -> Response:
    """Give what concerns whoever opened this address."""
    return _file(agenda_of(viewer(), at=now()), name=_("My days"), filename="agenda", is_feed=True)


def _file(entries: Sequence[Entry], *, name: str, filename: str, is_feed: bool = False) -> Response:
    """Answer a calendar file; a calendar that has this very file already is told so (304)."""
    made = file_of(entries, name=name, address=address_in, is_feed=is_feed)
    answer = Response(made.content, content_type=f"text/calendar; charset=utf-8; method={made.method}")
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}.ics"'
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/agenda")
@signed_in()
def agenda():
    """List my days to come, and offer to read them in my own calendar."""
    who, at = viewer(), now()
    may_subscribe = can(who, permissions.SUBSCRIBE)  # not on a shared screen: an address that opens is read there
    code = feed_of(who) if may_subscribe else None
    coming = agenda_of(who, at=at, past_days=0)
    return page(
        "programmes/agenda.html",
        entries=[entry for entry in coming if entry[0].cancelled_at is None and entry[1].cancelled_at is None],
        may_subscribe=may_subscribe,
        address=absolute_url("programmes.agenda_feed", token=code) if code else None,
    )


@blueprint.post("/agenda/feed")
@requires(permissions.SUBSCRIBE)
def feed_open():
    """Open my feed."""
    open_feed(viewer(), at=now())
    message(_("The address is ready. Whoever has it reads your days: keep it to yourself."))
    return see("programmes.agenda")


@blueprint.post("/agenda/feed/close")
@requires(permissions.SUBSCRIBE)
def feed_close():
    """Close it."""
    close_feed(viewer(), at=now())
    message(_("That address no longer opens anything. Take the subscription off your calendar too."))
    return see("programmes.agenda")
