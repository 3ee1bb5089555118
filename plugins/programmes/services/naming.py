"""Who organises a day, who runs a slot: named by those who organise it (C34)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Conflict, Event, Person, Viewer, publish, session, texts

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import Host, Slot
from plugins.programmes.services.facts import hold, must_be_held, must_organise
from plugins.programmes.services.walls import close_walls_of

_ = texts("programmes")


def name_organiser(actor: Viewer, programme: Programme, person: Person, *, at: datetime) -> None:
    """Let somebody organise the day too; doing it twice changes nothing.

    :raises Forbidden: the actor does not organise it
    """
    must_organise(actor, programme)
    hold(programme)
    if person.id == programme.author_id or _organiser(programme, person.id) is not None:
        return
    session.add(Organiser(programme_id=programme.id, person_id=person.id))
    session.flush()
    publish(Event("programmes.organiser_named", programme.subject, actor.person_id, at))


def drop_organiser(actor: Viewer, programme: Programme, person_id: int, *, at: datetime) -> None:
    """Let somebody organise it no more, and close the walls they opened; doing it twice changes nothing.

    :raises Forbidden: the actor does not organise it
    :raises Conflict: it is who made the day
    """
    must_organise(actor, programme)
    if person_id == programme.author_id:
        raise Conflict(_("Who made the day organises it to the end."))
    gone = sa.delete(Organiser).where(Organiser.programme_id == programme.id, Organiser.person_id == person_id)
    if session.scalar(gone.returning(Organiser.id)) is None:
        return
    close_walls_of(programme, person_id)
    publish(Event("programmes.organiser_dropped", programme.subject, actor.person_id, at))


def _organiser(programme: Programme, person_id: int) -> Organiser | None:
    theirs = (Organiser.programme_id == programme.id, Organiser.person_id == person_id)
    return session.scalar(sa.select(Organiser).where(*theirs))


def name_host(actor: Viewer, slot: Slot, person: Person, *, at: datetime) -> None:
    """Say that somebody runs a slot; doing it twice changes nothing.

    :raises Forbidden: the actor does not organise the day
    :raises Conflict: it was cancelled
    """
    programme = session.get_one(Programme, slot.programme_id)
    must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    if _host(slot, person.id) is not None:
        return
    session.add(Host(slot_id=slot.id, person_id=person.id))
    _note(slot, at)
    publish(Event("programmes.host_named", slot.subject, actor.person_id, at))


def drop_host(actor: Viewer, slot: Slot, person_id: int, *, at: datetime) -> None:
    """Say that somebody runs it no more; doing it twice changes nothing.

    :raises Forbidden: the actor does not organise the day
    """
    must_organise(actor, session.get_one(Programme, slot.programme_id))
    gone = sa.delete(Host).where(Host.slot_id == slot.id, Host.person_id == person_id)
    if session.scalar(gone.returning(Host.id)) is None:
        return
    _note(slot, at)
    publish(Event("programmes.host_dropped", slot.subject, actor.person_id, at))


def _host(slot: Slot, person_id: int) -> Host | None:
    return session.scalar(sa.select(Host).where(Host.slot_id == slot.id, Host.person_id == person_id))


def _note(slot: Slot, at: datetime) -> None:
    slot.sequence += 1
    slot.changed_at = at
    session.flush()
