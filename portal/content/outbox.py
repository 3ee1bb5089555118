"""Deliver what the outbox holds: any number of `portal work` share it by claiming; at least once each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.content.clock import real_now
from portal.content.events import AFTER, LISTENER, from_json
from portal.content.models import OutboxMessage
from portal.db import db, is_postgresql, side_write, transaction
from portal.errors import PortalError
from portal.loader.hooks import current_hooks
from portal.values import Event

log = logging.getLogger(__name__)
HOOKS = {AFTER: "portal_event_after", LISTENER: "portal_event"}
CLAIM_MINUTES = 5
MAX_PAUSE_MINUTES = 360


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(OutboxMessage.done_at.is_(None), OutboxMessage.stopped_at.is_(None))


def claim(engine: Engine, *, kinds: Iterable[str] = tuple(HOOKS)) -> int | None:
    """Take one message that is due, for five minutes; None if there is none.

    A process that dies with it loses its claim, and the message is delivered again. Those of a plugin that is off wait.
    """
    at = real_now()
    due = (
        sa.select(OutboxMessage.id)
        .where(_waits(), OutboxMessage.next_try_at <= at, OutboxMessage.kind.in_(list(kinds)))
        .where(OutboxMessage.plugin.in_(current_hooks().plugin_ids))
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(1)
    )
    found = db.session.scalar(due)
    db.session.rollback()
    if found is None:  # the usual case takes no lock
        return None
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
    """Deliver one claimed event in a transaction of its own; tell whether it went."""
    try:
        with transaction():
            message = db.session.get_one(OutboxMessage, message_id)
            if message.done_at is None:
                event = from_json(message.payload)
                _tell(message.plugin, HOOKS[message.kind], event)
                message.done_at = real_now()
    except (Exception, SystemExit) as error:
        log.exception("outbox message %s failed", message_id)
        postpone(message_id, type(error).__name__)
        return False
    return True


def _tell(plugin: str, hook: str, event: Event) -> None:
    try:
        current_hooks().call_one(plugin, hook, event=event)
    except PortalError:
        if hook == HOOKS[AFTER]:
            raise  # a refusal comes too late for a listener that is told again: the change stands
    except (Exception, SystemExit) as error:
        current_hooks().note_fault(plugin, hook, error)
        raise


def postpone(message_id: int, reason: str, *, until: datetime | None = None) -> datetime:
    """Leave a message for later: 1, 2, 4 … minutes, six hours at most, or the instant that is said; give it."""
    with transaction():
        message = db.session.get_one(OutboxMessage, message_id)
        pause = min(2 ** min(message.attempts - 1, 20), MAX_PAUSE_MINUTES)
        message.next_try_at = until or real_now() + timedelta(minutes=pause)
        message.last_error = reason[:200]
        return message.next_try_at


def hold_back(kind: str, *, until: datetime) -> None:
    """Let every message of a kind wait: what carries them is away. None of them counts it as a try."""
    due = sa.update(OutboxMessage).where(_waits(), OutboxMessage.kind == kind, OutboxMessage.next_try_at < until)
    with transaction():
        db.session.execute(due.values(next_try_at=until))


def finish(message_id: int, *, refusal: str | None = None) -> None:
    """Note that a message has gone, or that it was refused for good and will not be tried again."""
    with transaction():
        message = db.session.get_one(OutboxMessage, message_id)
        if refusal is None:
            message.done_at = real_now()
        else:
            message.stopped_at, message.last_error = real_now(), refusal[:200]


def deliver_due(engine: Engine, *, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Deliver every event that is due; give how many went.

    :param goes_on: asked before each one: a worker that must stop stops between two
    """
    sent = 0
    while goes_on() and (message_id := claim(engine)) is not None:
        sent += deliver(message_id)
    return sent
