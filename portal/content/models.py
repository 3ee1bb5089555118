"""Tables of the content wing: audit, passages, outbox, jobs, links, notices, follows, tokens, erasures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal, group_id, person_id

AUDIT_KEEP_DAYS = 183
NOTICE_KEEP_DAYS = 183


class AuditEntry(CoreBase):
    """One change of state; append-only by trigger, chained by hash. Holds no name and no address."""

    __tablename__ = "audit"
    __plain__ = ("action", "subject_kind", "facts", "commitment", "previous_hash", "hash")
    __clock__ = "real"
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
        "actor_id": Personal("actor_id", "says who did it", AUDIT_KEEP_DAYS, "delete", since="audit_id.recorded_at"),
        # nobody's: it goes after six months, too, where the portal acted by itself
        "salt": Personal(None, "opens the commitment", AUDIT_KEEP_DAYS, "delete", since="audit_id.recorded_at"),
    }
    __clock__ = "real"
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
    __of_plugin__ = ("subject_kind",)
    subject_kind: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    at: Mapped[datetime]


class OutboxMessage(CoreBase):
    """Something to deliver after the commit, at least once.

    :ivar stopped_at: when it was given up for good; `last_error` says why
    """

    __tablename__ = "outbox"
    __plain__ = ("kind", "plugin", "key", "last_error")
    __personal__ = {"payload": Personal(None, "waits to be delivered", 30, "delete", since=("done_at", "stopped_at"))}
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
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
    stopped_at: Mapped[datetime | None]


class JobRun(CoreBase):
    """When a job of `portal work` is due next, so that several workers share the jobs by claiming (operational).

    The row of `portal`, `round` says when a worker last came by: an old one is a dead worker.
    """

    __tablename__ = "job_runs"
    __plain__ = ("plugin", "job")
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
    plugin: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    job: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    ran_at: Mapped[datetime]
    due_at: Mapped[datetime]


class Link(CoreBase):
    """A typed relation from one subject to another (G8).

    :ivar source_title: what the source was last called, if every agent may read it; for when its plugin is off
    :ivar target_title: the same of the target
    :ivar titled_at: when both titles were last looked up
    """

    __tablename__ = "links"
    __plain__ = ("kind", "source_kind", "source_title", "target_kind", "target_title")
    __of_plugin__ = ("kind", "source_kind")  # a link *to* a purged subject degrades to its last known title
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    source_kind: Mapped[str] = mapped_column(sa.String(60))
    source_id: Mapped[int]
    source_title: Mapped[str | None] = mapped_column(sa.String(300))
    target_kind: Mapped[str] = mapped_column(sa.String(60))
    target_id: Mapped[int]
    target_title: Mapped[str | None] = mapped_column(sa.String(300))
    made_at: Mapped[datetime]
    titled_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (
        sa.Index("ix_links_source", "source_kind", "source_id", "target_kind", "target_id", "kind", unique=True),
        sa.Index("ix_links_target", "target_kind", "target_id"),
    )


class Notice(CoreBase):
    """Something new for one person, about a subject. Its words are a key, filled and translated when it is read.

    :ivar domain: whose catalogue holds the key
    :ivar facts: JSON values for the places of the text; no names, no titles: those are looked up when read
    :ivar must_act: waits for an act of this person
    :ivar digested_at: when a digest took it up
    """

    __tablename__ = "notices"
    __plain__ = ("subject_kind", "domain", "text", "facts")
    __of_plugin__ = ("domain", "subject_kind")
    __personal__ = {
        "person_id": Personal("person_id", "is told what is new", NOTICE_KEEP_DAYS, "delete"),
        "actor_id": Personal("actor_id", "did what is told", NOTICE_KEEP_DAYS, "pseudonym"),
        # not the actor's to know: their archive tells the rows that speak of them
        "read_at": Personal("person_id", "no longer shows as new what was read", NOTICE_KEEP_DAYS, "delete"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = person_id(nullable=True)
    person_id: Mapped[int] = person_id()
    subject_kind: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[int]
    domain: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.String(300))
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    must_act: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime | None]
    digested_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_notices_subject", "subject_kind", "subject_id"),)


class Follow(CoreBase):
    """A person who wishes to be told what becomes of a subject."""

    __tablename__ = "follows"
    __plain__ = ("subject_kind",)
    __of_plugin__ = ("subject_kind",)
    __personal__ = {"person_id": Personal("person_id", "wishes to be told", None, "delete")}
    subject_kind: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)
    since_at: Mapped[datetime]


class Token(CoreBase):
    """An address that opens one thing: one-time links, shared screens, walls, QR codes, feeds.

    The token itself is not stored: it is an HMAC of `nonce` under the collectivity's key (decision 0006).
    """

    __tablename__ = "tokens"
    __plain__ = ("scope", "nonce", "subject_kind", "label")
    __personal__ = {
        "person_id": Personal("person_id", "whose link it is", 30, "delete", since=("revoked_at", "expires_at"))
    }
    __clock__ = "real"
    __of_plugin__ = ("scope", "subject_kind")
    __table_args__ = (sa.Index("ix_tokens_scope_subject", "scope", "subject_kind", "subject_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(40))
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


class Erasure(CoreBase):
    """One erasure of a person: an id and dates, so that a restored backup is made to forget again.

    :ivar user_created_at: tells this person from another whom an older backup gave the same number
    """

    __tablename__ = "erasures"
    __personal__ = {"user_id": Personal("user_id", "says whose data were erased, by a number", on_erase="pseudonym")}
    __clock__ = "real"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = person_id()
    user_created_at: Mapped[datetime]
    erased_at: Mapped[datetime]
