"""Deliver what the outbox holds: any number of `portal work` share it by claiming; at least once each."""

from __future__ import annotations

import logging
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.content.clock import real_now
from portal.content.events import from_json
from portal.content.models import OutboxMessage
from portal.db import db, is_postgresql, side_write, transaction
from portal.loader.hooks import current_hooks

log = logging.getLogger(__name__)
CLAIM_MINUTES = 5
MAX_PAUSE_MINUTES = 360


def claim(engine: Engine) -> int | None:
    """Take one message that is due, for five minutes; None if there is none.

    A process that dies with it loses its claim, and the message is delivered again.
    """
    at = real_now()
    due = (
        sa.select(OutboxMessage.id)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.next_try_at <= at)
        .where(OutboxMessage.plugin.in_(current_hooks().plugin_ids))
        .order_by(OutboxMessage.id)
        .limit(1)
    )
    if is_postgresql(engine):
        due = due.with_for_update(skip_locked=True)
    take = (
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == due.scalar_subquery())
        .values(next_try_at=at + timedelta(minutes=CLAIM_MINUTES), attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage.id)
    )
    with side_write(engine) as conn:
        return conn.scalar(take)


def deliver(message_id: int) -> bool:
    """Deliver one claimed message in a transaction of its own; tell whether it went."""
    try:
        with transaction():
            message = db.session.get_one(OutboxMessage, message_id)
            if message.done_at is None:
                event = from_json(message.payload)
                current_hooks().call_one(message.plugin, "portal_event_after", event=event)
                message.done_at = real_now()
    except (Exception, SystemExit) as error:
        log.exception("outbox message %s failed", message_id)
        postpone(message_id, type(error).__name__)
        return False
    return True


def postpone(message_id: int, reason: str) -> None:
    """Leave a message for later: 1, 2, 4 … minutes, six hours at most."""
    with transaction():
        message = db.session.get_one(OutboxMessage, message_id)
        pause = min(2 ** (message.attempts - 1), MAX_PAUSE_MINUTES)
        message.next_try_at = real_now() + timedelta(minutes=pause)
        message.last_error = reason[:200]


def deliver_due(engine: Engine) -> int:
    """Deliver every message that is due; give how many went."""
    sent = 0
    while (message_id := claim(engine)) is not None:
        sent += deliver(message_id)
    return sent
