"""Who leaves, or may no longer read a day, gives back the seats they had taken; what is over stays (P18, G6, G7)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Event, Viewer, group_cards, members_by_group, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SignUp, Slot
from plugins.programmes.queries.programmes import readable_programme


def give_seats_back(event: Event) -> None:
    """Delete the sign-ups of somebody who left for what is still to come, in the same transaction."""
    to_come = sa.select(Slot.id).where(Slot.starts_at > event.at)
    session.execute(sa.delete(SignUp).where(SignUp.person_id == event.subject.id, SignUp.slot_id.in_(to_come)))


def give_closed_seats_back(actor: Viewer, programme: Programme, *, at: datetime) -> set[int]:
    """Delete the sign-ups for what is still to come of those who may no longer read a day, and give who they are."""
    to_come = sa.select(Slot.id).where(Slot.programme_id == programme.id, Slot.starts_at > at)
    theirs = SignUp.slot_id.in_(to_come)
    labs = members_by_group(card.id for card in group_cards(actor) if card.kind == "lab")
    gone = set()
    for person_id in set(session.scalars(sa.select(SignUp.person_id).where(theirs))):
        own = frozenset(lab for lab, members in labs.items() if person_id in {member.id for member in members})
        reader = Viewer(person_id=person_id, group_ids=own, lab_ids=own, is_agent=True)
        if readable_programme(reader, programme.id, at=at) is None:
            gone.add(person_id)
    session.execute(sa.delete(SignUp).where(theirs, SignUp.person_id.in_(gone)))
    return gone
