"""A function changes hands: what it owes passes to the successor, in the open (C07 SPEC 10).

Nothing is written for it: « à reconfirmer » is derived from the holders. Here people are only told, by the sweep: once
for each holder, and not before the day they take over.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import FunctionCard, function_cards, notify, session, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitment_states import is_owed
from plugins.copils.services.news_commitments import audience_of

_ = texts("copils")
VACANT = "vacant"
_TOLD = sa.select(Commitment.function_id, Commitment.holder_told).where(is_owed()).distinct()


def passed_on(*, at: datetime, most: int) -> list[tuple[Commitment, FunctionCard]]:
    """Hold what is owed by functions that others hold than those of whom one was told last."""
    told = session.execute(_TOLD).all()
    cards = function_cards({number for number, _told in told}, at=at)
    changed = sorted({number for number, last in told if last != _name_of(cards[number])})[:most]
    if not changed:
        return []
    news = (
        sa.and_(Commitment.function_id == number, Commitment.holder_told != _name_of(cards[number]))
        for number in changed
    )
    found = sa.select(Commitment).where(is_owed(), sa.or_(*news)).order_by(Commitment.id).limit(most)
    return [(row, cards[row.function_id]) for row in session.scalars(found.with_for_update(skip_locked=True))]


def _name_of(card: FunctionCard) -> str:
    """Name whoever holds a function by the instant since when they do: no trace of a person is kept."""
    return card.since_at.isoformat() if card.since_at else VACANT


def tell_passed_on(commitment: Commitment, card: FunctionCard, *, at: datetime) -> None:
    """Tell the successor what they find, and those who asked or follow that it waits for them, or for somebody."""
    commitment.holder_told = _name_of(card)
    session.flush()
    if card.holder is None or card.since_at is None:
        if commitment.holder_id is not None:
            text = _.later("Nobody holds any more the function that promised it: “%(title)s”")
            notify(audience_of(commitment), commitment.subject, text, at=at)
        return
    if card.holder.id == commitment.holder_id:
        return
    to_take_on = _.later("Promised by the function that you now hold, to be taken on: “%(title)s”")
    waits = _.later("Somebody else now holds the function that promised it, and is to take it on: “%(title)s”")
    notify([card.holder.id], commitment.subject, to_take_on, at=card.since_at, must_act=True)
    notify(audience_of(commitment) - {card.holder.id}, commitment.subject, waits, at=card.since_at)
