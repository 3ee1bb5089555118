"""Publish what happened: audit entry, listeners in the transaction, deliveries after the commit."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.models import OutboxMessage
from portal.db import db
from portal.loader.hooks import current_hooks
from portal.values import Event, Subject, Viewer

AFTER, LISTENER = "event", "listener"  # kinds of message: to `portal_event_after`; to a `portal_event` that broke


def publish(event: Event) -> None:
    """Say that something happened: written in the audit, told to `portal_event`, queued for `portal_event_after`.

    :raises PortalError: a listener refuses the change
    """
    actor = Viewer(person_id=event.actor_id) if event.actor_id is not None else None
    record(event.name, event.subject, actor=actor, at=event.at, facts=event.facts)
    hooks = current_hooks()
    for answer in hooks.ask("portal_event", event=event):
        if answer.broke:
            queue(LISTENER, answer.plugin, to_json(event))  # it missed a fact: told again, alone, after the commit
    for plugin in hooks.implementers("portal_event_after"):
        queue(AFTER, plugin, to_json(event))


def queue(kind: str, plugin: str, payload: dict[str, Any], *, key: str | None = None) -> None:
    """Put a message in the outbox, in the transaction of the change that causes it.

    :param key: what it is known by to whoever receives it twice; drawn if it is not said
    """
    at = real_now()
    message = OutboxMessage(kind=kind, plugin=plugin, payload=payload, created_at=at, next_try_at=at)
    message.key = key or secrets.token_hex(16)
    db.session.add(message)


def to_json(event: Event) -> dict[str, Any]:
    """Write an event as JSON values."""
    return {
        "name": event.name,
        "subject": [event.subject.kind, event.subject.id],
        "actor_id": event.actor_id,
        "at": event.at.isoformat(),
        "facts": dict(event.facts),
    }


def from_json(payload: dict[str, Any]) -> Event:
    """Read an event back."""
    kind, number = payload["subject"]
    at = datetime.fromisoformat(payload["at"])
    return Event(payload["name"], Subject(kind, number), payload["actor_id"], at, payload["facts"])
