"""What waits for a person about themself: an answer, a confirmation, a paper card to read. One query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import READER, Viewer, session

from plugins.ambassadors.models.card import Card, Draft
from plugins.ambassadors.models.engagement import PAUSED, Engagement

_WAITING = sa.select(
    sa.select(Card.confirmed_at).where(Card.person_id == READER).scalar_subquery().label("confirmed_at"),
    sa.select(Draft.typed_at).where(Draft.person_id == READER).scalar_subquery().label("typed_at"),
    sa.select(Engagement.asked_at).where(Engagement.author_id == READER).scalar_subquery().label("asked_at"),
    sa.exists().where(Engagement.author_id == READER, Engagement.level == PAUSED).label("is_paused"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits.

    :ivar confirmed_at: when they last said that their card is true; None if they have none
    :ivar typed_at: when a paper card was typed for them, if one waits
    :ivar asked_at: when they were asked whether they are still in, if they did not answer
    """

    confirmed_at: datetime | None
    typed_at: datetime | None
    asked_at: datetime | None


def waiting_for(viewer: Viewer) -> Waiting:
    """Give what waits for a person; nothing for whoever pauses, who is asked nothing (C22 SPEC 5)."""
    row = session.execute(_WAITING, {"reader_id": viewer.person_id}).one()
    return Waiting(None, None, None) if row.is_paused else Waiting(row.confirmed_at, row.typed_at, row.asked_at)
