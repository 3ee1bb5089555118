"""Signing up for a slot and taking it back, in one click (C34 SPEC 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Viewer, record, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SignUp, Slot
from plugins.programmes.queries.hours import at_once, end_of
from plugins.programmes.queries.people import coming_counts, my_sign_ups
from plugins.programmes.queries.shown import Shown, shown
from plugins.programmes.queries.slots import ends_of, readable_slot, rows_of
from plugins.programmes.services.facts import hold, must_be_held

_ = texts("programmes")

EVE = timedelta(days=1)  # whose night may reach into the day
# Who comes is read by who organises: the history, which everybody reads, leaves these out.
UNSAID = ("programmes.signed_up", "programmes.signed_off")


class Elsewhere(Conflict):
    """Somebody comes to something else at that hour: `other`, as they may read it."""

    def __init__(self, other: Shown) -> None:
        super().__init__(_("You come to “%(title)s” at that hour. Sign off there first.", title=other.title))
        self.other = other


def sign_up(actor: Viewer, slot: Slot, *, at: datetime) -> None:
    """Sign somebody up; doing it twice changes nothing.

    Rule: C34 SPEC 3.

    :raises Forbidden: nobody is signed in, or they may not read the day
    :raises Conflict: nobody signs up for it, it is full, over, taken off
    :raises Elsewhere: they come to something else at that hour
    """
    person_id = _person(actor)
    if readable_slot(actor, slot.id, at=at) is None:
        raise Forbidden(_("There is no slot at this address, or it is not open to you."))
    programme = session.get_one(Programme, slot.programme_id)
    hold(programme)
    session.refresh(slot)
    must_be_held(programme)
    if _of(slot, person_id) is not None:
        return
    refusal = why_not(programme, slot, at=at)
    if refusal:
        raise Conflict(refusal)
    others = my_sign_ups(actor, since=programme.held_on - EVE, at=at)
    ends = ends_of([slot, *others])
    for other in others:
        if at_once([shown(slot, at=at), other], ends):
            raise Elsewhere(other)
    session.add(SignUp(slot_id=slot.id, person_id=person_id, signed_at=at))
    session.flush()
    record("programmes.signed_up", slot.subject, actor=actor, at=at)


def sign_off(actor: Viewer, slot: Slot, *, at: datetime) -> None:
    """Take a sign-up back; doing it twice changes nothing.

    :raises Forbidden: nobody is signed in
    """
    gone = sa.delete(SignUp).where(SignUp.slot_id == slot.id, SignUp.person_id == _person(actor))
    if session.scalar(gone.returning(SignUp.id)) is None:
        return
    record("programmes.signed_off", slot.subject, actor=actor, at=at)


def _person(actor: Viewer) -> int:
    if actor.person_id is None:
        raise Forbidden(_("Sign in to say that you come."))
    return actor.person_id


def _of(slot: Slot, person_id: int) -> SignUp | None:
    return session.scalar(sa.select(SignUp).where(SignUp.slot_id == slot.id, SignUp.person_id == person_id))


def is_over(programme: Programme, slot: Slot, *, at: datetime) -> bool:
    """Tell whether a slot is behind us: nobody comes to it any more, nor stays away."""
    return at >= end_of(slot, rows_of(programme), day=programme.held_on)


def why_not(programme: Programme, slot: Slot, *, at: datetime) -> str:
    """Say why nobody signs up for a slot any more; nothing if one may."""
    if not slot.takes_names or slot.cancelled_at is not None:
        return _("Nobody needs to sign up for this: just come.")
    if is_over(programme, slot, at=at):
        return _("This is over.")
    if slot.seats is not None and coming_counts([slot.id]).get(slot.id, 0) >= slot.seats:
        return _("Every seat is taken. One may be given back: look again later.")
    return ""
