"""Who leaves takes all of it along: nothing of a card is a history of the collectivity (C08, G6)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import Event, session

from plugins.ambassadors.models.card import Card, Draft
from plugins.ambassadors.models.engagement import Engagement, LevelChange
from plugins.ambassadors.models.mirror import Mix
from plugins.ambassadors.models.wanted import Reply, Wanted
from plugins.ambassadors.services.holding import hold_card
from plugins.ambassadors.services.requests import leave_requests

OF_PERSON = (
    Card.person_id,
    Draft.person_id,
    Engagement.author_id,
    LevelChange.person_id,
    Reply.person_id,
    Mix.person_id,
)


def forget(event: Event) -> None:
    """Delete what somebody who left said of themself and what they asked, in the same transaction.

    What they were asked stays with whoever asked, under the pseudonym, « pas disponible ».
    """
    hold_card(event.subject.id)
    leave_requests(event.subject.id, at=event.at)
    for column in OF_PERSON:
        session.execute(sa.delete(column.class_).where(column == event.subject.id))
    theirs = sa.update(Wanted).where(Wanted.author_id == event.subject.id, Wanted.closed_at.is_(None))
    session.execute(theirs.values(closed_at=event.at))  # nobody is left to read who can
