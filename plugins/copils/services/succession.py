"""A function changes hands: what it owes passes to the successor, in the open (C07 SPEC 10).

Nothing is written for it: « à reconfirmer » is derived from the holders. Here people are only told.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from portal.api import Event, notify, session, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitment_states import is_owed
from plugins.copils.services.news_commitments import audience_of

_ = texts("copils")
_OWED = sa.select(Commitment).where(Commitment.function_id == sa.bindparam("number"), is_owed()).order_by(Commitment.id)


def _pass_on(event: Event) -> None:
    """Tell the successor what they find, and those who asked or follow that it waits for them."""
    successor_id = int(str(event.facts["person"]))
    to_take_on = _.later("Promised by the function that you now hold, to be taken on: “%(title)s”")
    waits = _.later("Somebody else now holds the function that promised it, and is to take it on: “%(title)s”")
    for commitment in session.scalars(_OWED, {"number": event.subject.id}):
        if commitment.holder_id != successor_id:
            notify([successor_id], commitment.subject, to_take_on, at=event.at, must_act=True)
            notify(audience_of(commitment) - {successor_id}, commitment.subject, waits, at=event.at)


def _say_vacant(event: Event) -> None:
    """Tell those who asked or follow that nobody holds the function any more."""
    text = _.later("Nobody holds any more the function that promised it: “%(title)s”")
    for commitment in session.scalars(_OWED, {"number": event.subject.id}):
        notify(audience_of(commitment), commitment.subject, text, at=event.at)


TELLERS: dict[str, Callable[[Event], None]] = {
    "portal.function_held": _pass_on,
    "portal.function_vacated": _say_vacant,
}
