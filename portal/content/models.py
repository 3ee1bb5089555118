"""Tables of the content wing: audit, passages, outbox, tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal, group_id, person_id

AUDIT_KEEP_DAYS = 183


class AuditEntry(CoreBase):
    """One change of state; append-only by trigger, chained by hash. Holds no name and no address."""

    __tablename__ = "audit"
    __plain__ = ("action", "subject_kind", "facts", "commitment", "previous_hash", "hash")
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(sa.String(80), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
    commitment: Mapped[str] = mapped_column(sa.String(64))
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
    __table_args__ = (sa.Index("ix_audit_subject", "subject_kind", "subject_id"),)


class AuditPerson(CoreBase):
    """Who stands behind an audit entry, with the salt of its commitment; goes after six months or at erasure."""

    __tablename__ = "audit_person"
    __personal__ = {
        "actor_id": Personal("actor_id", "who did it", AUDIT_KEEP_DAYS, "delete"),
        "salt": Personal("actor_id", "opens the commitment", AUDIT_KEEP_DAYS, "delete"),
    }
    audit_id: Mapped[int] = mapped_column(sa.ForeignKey("audit.id"), primary_key=True)
    actor_id: Mapped[int | None] = person_id(nullable=True)
    salt: Mapped[str] = mapped_column(sa.String(32))


class AuditHead(CoreBase):
    """Last link of the chain: its row lock puts the writers of one database in a line."""

    __tablename__ = "audit_head"
    __plain__ = ("hash",)
    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))


class Passage(CoreBase):
    """A derived state that a subject has passed into, recorded once."""

    __tablename__ = "passages"
    __plain__ = ("subject_kind", "state")
    subject_kind: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    at: Mapped[datetime]


class OutboxMessage(CoreBase):
    """Something to deliver after the commit, at least once."""

    __tablename__ = "outbox"
    __plain__ = ("kind", "plugin", "key", "payload", "last_error")
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    plugin: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.String(200))


class Token(CoreBase):
    """An address that opens one thing: one-time links, shared screens, walls, QR codes, feeds.

    The token itself is not stored: it is an HMAC of `nonce` under the collectivity's key (decision 0006).
    """

    __tablename__ = "tokens"
    __plain__ = ("scope", "nonce", "subject_kind", "label")
    __personal__ = {"person_id": Personal("person_id", "whose link it is", 30, "delete")}
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(40), index=True)
    nonce: Mapped[str] = mapped_column(sa.String(32))
    subject_kind: Mapped[str | None] = mapped_column(sa.String(60))
    subject_id: Mapped[int | None]
    person_id: Mapped[int | None] = person_id(nullable=True)
    group_id: Mapped[int | None] = group_id(nullable=True)
    label: Mapped[str | None] = mapped_column(sa.String(120))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    uses_left: Mapped[int | None]
