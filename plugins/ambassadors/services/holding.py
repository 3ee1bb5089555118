"""What an act holds of a person before it writes, in one order everywhere, so that no two acts wait for one another.

The card; the requests that wait; the engagement; what hangs on them (fields, a paper card, an answer for the mirror);
then the audit, and notices. Who asks somebody holds their card: nobody is asked while they hide it or pause.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.api import Audience, session

from plugins.ambassadors.models.card import Card
from plugins.ambassadors.models.engagement import Engagement
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.queries.requests import is_unanswered

T = TypeVar("T")
FRESH = {"populate_existing": True}
_OF: sa.BindParameter[Any] = sa.bindparam("people", expanding=True)
_CARDS = sa.select(Card).where(Card.person_id.in_(_OF)).order_by(Card.id).with_for_update()
_PERSON = sa.table("users", sa.column("id"))
# what refers to a person goes on being written meanwhile
_ONE = sa.select(_PERSON.c.id).where(_PERSON.c.id == sa.bindparam("person")).with_for_update(key_share=True)
_WAITING = sa.select(HelpRequest).where(HelpRequest.person_id.in_(_OF), is_unanswered()).order_by(HelpRequest.id)


def hold_person(person_id: int) -> None:
    """Let a second click of the same person wait until the first one is written."""
    session.execute(_ONE, {"person": person_id})


def hold_cards(person_ids: Iterable[int]) -> list[Card]:
    """Hold the cards of people, and with them who would ask them for something."""
    return list(session.scalars(_CARDS, {"people": sorted(person_ids)}, execution_options=FRESH))


def hold_card(person_id: int) -> Card | None:
    """Hold the card of a person; None if they have none."""
    return next(iter(hold_cards([person_id])), None)


def hold_waiting(person_ids: Iterable[int], *, at: datetime) -> list[HelpRequest]:
    """Hold what people were asked and have not answered."""
    values = {"people": sorted(person_ids), "read_at": at}
    return list(session.scalars(_WAITING.with_for_update(), values, execution_options=FRESH))


def hold_engagement(person_id: int, *, at: datetime) -> Engagement:
    """Hold where a person stands; at first it is no level at all, which nobody knows of."""
    fresh = {"level": "", "before": "", "audience": Audience.SELF, "chosen_at": at, "active_at": at}
    return begin(Engagement, Engagement.author_id, person_id, **fresh)


def begin(model: type[T], whose: Any, person_id: int, **values: Any) -> T:
    """Hold the one row that a table has of a person; begin it with these values if there is none.

    Of two who begin at once one waits, and finds what the other wrote.
    """
    found = sa.select(model).where(whose == person_id).with_for_update()
    if session.scalar(found, execution_options=FRESH) is None:
        begin_unless(model, whose, person_id, **values)
    return session.scalars(found, execution_options=FRESH).one()


def begin_unless(model: type[Any], whose: Any, person_id: int, **values: Any) -> bool:
    """Write the row of a person unless there is one; tell whether it was written."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(model).values({whose.key: person_id, **values}).on_conflict_do_nothing(index_elements=[whose.key])
    return session.execute(row.returning(model.id)).first() is not None
