"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import Grant, NotFound, Viewer, now, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import Slot
from plugins.programmes.queries.people import signed_among
from plugins.programmes.queries.programmes import readable_programme
from plugins.programmes.queries.slots import readable_slot
from plugins.programmes.services.facts import must_organise
from plugins.programmes.services.walls import dies_at

_ = texts("programmes")


def one_programme(viewer: Viewer, *, programme_id: int) -> Programme:
    """Give the programme of a page.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_programme(viewer, programme_id, at=now())
    if found is None:
        raise NotFound(_("There is no programme at this address, or it is not open to you."))
    return found


def own_programme(viewer: Viewer, *, programme_id: int) -> Programme:
    """Give a programme that somebody organises.

    :raises Forbidden: they only read it
    """
    programme = one_programme(viewer, programme_id=programme_id)
    must_organise(viewer, programme)
    return programme


def projected_programme(viewer: Viewer, *, grant: Grant) -> Programme:
    """Give the day of a wall, if the person who opened it may still read it.

    :raises NotFound: they may not; the day after is over by the clock of the day, not only by that of the address
    """
    programme = one_programme(viewer, programme_id=grant.subject.id if grant.subject else 0)
    if now() >= dies_at(programme):
        raise NotFound(_("This day is over: there is nothing left to project."))
    return programme


def one_slot(viewer: Viewer, *, slot_id: int) -> Slot:
    """Give the slot of a page: show it with `shown`.

    :raises NotFound: absent, or of a programme that is not theirs to read
    """
    found = readable_slot(viewer, slot_id, at=now())
    if found is None:
        raise NotFound(_("There is no slot at this address, or it is not open to you."))
    return found


def signed_slot(viewer: Viewer, *, slot_id: int) -> Slot:
    """Give a slot that somebody reads, or signed up for while they did: they may always sign off.

    :raises NotFound: neither
    """
    slot = session.get(Slot, slot_id) if slot_id in signed_among(viewer, [slot_id]) else None
    return slot or one_slot(viewer, slot_id=slot_id)


def own_slot(viewer: Viewer, *, slot_id: int) -> Slot:
    """Give a slot of a day that somebody organises.

    :raises Forbidden: they only read it
    """
    slot = one_slot(viewer, slot_id=slot_id)
    own_programme(viewer, programme_id=slot.programme_id)
    return slot
