"""What the clock asks, once each: « toujours partant ? », « toujours vraie ? » (C22 SPEC 6, C08 SPEC 5).

No page waits for this. It may be late; it never asks twice, and it removes nothing: who does not answer is on pause.
Who chose no level is asked nothing about it; who pauses is asked nothing at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import Subject, UtcDateTime, notify, session, texts

from plugins.ambassadors.models.card import CARDS, CONFIRM_DAYS, Card
from plugins.ambassadors.models.engagement import ANSWER_DAYS, PAUSED, QUIET_DAYS, Engagement
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.queries.cards import REMIND_DAYS
from plugins.ambassadors.services.engagement import rest
from plugins.ambassadors.services.holding import FRESH, hold_cards, hold_waiting

_ = texts("ambassadors")

LEVEL = Subject("ambassadors.level", 1)  # « Mon niveau », of whoever reads it
AT_A_TURN = 200
_SINCE: sa.BindParameter[Any] = sa.bindparam("since", type_=UtcDateTime())
_CHOSE = Engagement.level.not_in(("", PAUSED))
_PAUSES = sa.exists().where(Engagement.author_id == Card.person_id, Engagement.level == PAUSED)


def _turn(statement: sa.Select[Any], order: Any) -> sa.Select[Any]:
    """Take the first ones; what its person is changing at this very moment is left for the next turn."""
    return statement.order_by(order).limit(AT_A_TURN).with_for_update(skip_locked=True, of=order.class_)


_QUIET = _turn(
    sa.select(Engagement).where(_CHOSE, Engagement.asked_at.is_(None), Engagement.active_at <= _SINCE), Engagement.id
)
_LATE = sa.select(Engagement).where(_CHOSE, Engagement.asked_at <= _SINCE).order_by(Engagement.id)
_UNANSWERED = _LATE.with_only_columns(Engagement.author_id).limit(AT_A_TURN)
_STILL_UNANSWERED = _LATE.where(Engagement.author_id.in_(sa.bindparam("people", expanding=True))).with_for_update()
_STALE = _turn(sa.select(Card).where(Card.asked_at.is_(None), Card.confirmed_at <= _SINCE, sa.not_(_PAUSES)), Card.id)


def sweep(at: datetime) -> bool:
    """Ask the quiet, let those who did not answer pause, ask whose card grows old; say whether more wait."""
    unanswered, waiting = _unanswered(at)
    quiet, stale = _found(_QUIET, at, QUIET_DAYS), _stale(at)
    for engagement in unanswered:
        rest(engagement, [asked for asked in waiting if asked.person_id == engagement.author_id], at=at)
    if unanswered:
        text = _.later("You are on pause: your card is hidden and nobody asks you anything. Nothing is removed.")
        notify([engagement.author_id for engagement in unanswered], LEVEL, text, at=at)
    if quiet:
        text = _.later("Still in? One click is enough; without an answer within thirty days, you are on pause.")
        notify([engagement.author_id for engagement in _asked(quiet, at)], LEVEL, text, at=at)
    if stale:
        text = _.later("Is your card still true? Unless you say so, it hides a year after you last did.")
        notify([card.person_id for card in _asked(stale, at)], CARDS, text, at=at)
    return AT_A_TURN in {len(unanswered), len(quiet), len(stale)}


def _unanswered(at: datetime) -> tuple[list[Engagement], list[HelpRequest]]:
    """Hold who did not answer, in the order in which everybody holds, and what they were asked for."""
    hold_cards(ids := _found(_UNANSWERED, at, ANSWER_DAYS))
    waiting = hold_waiting(ids, at=at)
    return _found(_STILL_UNANSWERED, at, ANSWER_DAYS, people=ids), waiting


def _found(statement: sa.Select[Any], at: datetime, days: int, **others: Any) -> list[Any]:
    return list(session.scalars(statement, {"since": at - timedelta(days=days), **others}, execution_options=FRESH))


def _stale(at: datetime) -> list[Card]:
    return _found(_STALE, at, CONFIRM_DAYS - REMIND_DAYS)


def _asked(rows: list[Any], at: datetime) -> list[Any]:
    for row in rows:
        row.asked_at = at
    session.flush()
    return rows
