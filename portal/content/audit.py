"""The audit log: append-only, chained by hash from the first migration (domain G1, trust P16).

An entry holds facts without names; who did it lives in `audit_person`, tied by a salted commitment, and may go without
breaking the chain. Triggers refuse UPDATE and DELETE on `audit`.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.models import AuditEntry, AuditHead, AuditPerson
from portal.content.subjects import check_kind
from portal.content.titles import refresh_titles
from portal.db import db
from portal.values import Subject, Viewer

GENESIS = "0" * 64
# Tables and not entities: an import writes tens of thousands of entries, and the session has nothing to learn of them.
HEAD: Any
ENTRIES: Any
PERSONS: Any
HEAD, ENTRIES, PERSONS = AuditHead.__table__, AuditEntry.__table__, AuditPerson.__table__
NEXT = sa.update(HEAD).values(last_id=HEAD.c.last_id + 1).returning(HEAD.c.last_id, HEAD.c.hash)
LAST = sa.update(HEAD).values(hash=sa.bindparam("last"))
_ABOUT = (
    sa.select(AuditEntry, AuditPerson.actor_id)
    .outerjoin(AuditPerson, AuditPerson.audit_id == AuditEntry.id)
    .where(AuditEntry.subject_kind == sa.bindparam("kind"), AuditEntry.subject_id == sa.bindparam("number"))
    .where(AuditEntry.action.not_in(sa.bindparam("without", expanding=True)))
    .order_by(AuditEntry.id.desc())
    .limit(sa.bindparam("last"))
)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Hash one entry with the hash of the entry before it.

    :param entry: id, at, recorded_at (aware), action, subject_kind, subject_id, facts, commitment, previous_hash
    """
    body = {
        key: value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
        for key, value in entry.items()
        if key != "hash"
    }
    return _sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def record(
    action: str, subject: Subject, *, actor: Viewer | None, at: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """Write that something changed, in the transaction of the change (G1).

    :param action: `<plugin>.<past verb>`
    :param at: domain instant of the change
    :param facts: JSON values, without personal text
    :raises KeyError: the kind of the subject is declared by no plugin
    """
    check_kind(subject.kind)
    write_entry(db.session, action, subject, actor_id=actor.person_id if actor else None, at=at, facts=facts)


def write_entry(
    through: Any,
    action: str,
    subject: Subject,
    *,
    actor_id: int | None,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write an entry through a session or a connection, where there is no request: a purge drops tables."""
    head = through.execute(NEXT).one()
    salt = secrets.token_hex(16)
    values: dict[str, Any] = {
        "id": head.last_id,
        "at": at,
        "recorded_at": real_now(),
        "action": action,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "facts": dict(facts or {}),
        "commitment": _sha256(f"{salt}:{actor_id}"),
        "previous_hash": head.hash,
    }
    values["hash"] = entry_hash(values)
    through.execute(sa.insert(ENTRIES), values)
    through.execute(sa.insert(PERSONS), {"audit_id": head.last_id, "actor_id": actor_id, "salt": salt})
    through.execute(LAST, {"last": values["hash"]})
    refresh_titles(subject)


def broken_links(entries: Iterable[AuditEntry], *, after: AuditEntry | None = None) -> list[int]:
    """List the ids of entries, oldest first, whose hash does not follow from what stands before them.

    :param after: the entry they must follow from; None for the beginning of the chain
    """
    broken: list[int] = []
    previous, expected_id = (after.hash, after.id + 1) if after else (GENESIS, 1)
    for entry in entries:
        values = {column.key: getattr(entry, column.key) for column in sa.inspect(AuditEntry).columns}
        if entry.id != expected_id or entry.previous_hash != previous or entry_hash(values) != entry.hash:
            broken.append(entry.id)
        previous, expected_id = entry.hash, entry.id + 1
    return broken


def audit_chain() -> Iterable[AuditEntry]:
    """Give every entry, oldest first."""
    return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000))


def entries_about(
    subject: Subject, *, limit: int = 50, without: tuple[str, ...] = ()
) -> list[tuple[AuditEntry, int | None]]:
    """Give the last entries about a subject with the actor's id (None once forgotten), newest first.

    :param without: actions left out, before the last are counted
    """
    asked = {"kind": subject.kind, "number": subject.id, "without": without, "last": limit}
    return [(entry, actor_id) for entry, actor_id in db.session.execute(_ABOUT, asked)]
