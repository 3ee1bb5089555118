"""Who leaves gives back the seats they had taken (P18); what is over stays, under the pseudonym (G6)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import Event, session

from plugins.programmes.models.slot import SignUp, Slot


def give_seats_back(event: Event) -> None:
    """Delete the sign-ups of somebody who left for what is still to come, in the same transaction."""
    to_come = sa.select(Slot.id).where(Slot.starts_at > event.at)
    session.execute(sa.delete(SignUp).where(SignUp.person_id == event.subject.id, SignUp.slot_id.in_(to_come)))
