"""Who reads the audit is in the audit: nothing is given before a reading was opened, and it closes by itself.

The audit speaks of everything, also of what is private (P19). Read here are only the acts on what administrators look
after (`OPEN_KINDS`, by the core's own names) and on the kinds that a plugin opens with `SubjectType(…, in_audit=True)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from portal.content.audit import GENESIS, broken_links, record
from portal.content.clock import now, real_now
from portal.content.models import AuditEntry, AuditHead, AuditPerson
from portal.db import db
from portal.errors import Forbidden
from portal.texts import CORE, texts
from portal.values import Subject, Viewer

_ = texts(CORE)
OPENED = "portal.audit_opened"
READING_MINUTES = 60
OPEN_KINDS = (
    "portal.user",
    "portal.plugin",
    "portal.screen",
    "portal.group",
    "portal.function",
    "portal.service",
    "portal.instance",
)
READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the whole chain found.

    :ivar broken: numbers of the entries that do not follow from what stands before them; empty if all is whole
    :ivar is_cut: the last entries are missing
    """

    since: datetime | None
    broken: tuple[int, ...]
    is_cut: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing was changed, taken out or cut off."""
        return not self.broken and not self.is_cut


def open_audit(reader: Viewer, *, reason: str) -> None:
    """Open the audit to a person for an hour; the opening is an entry of the audit.

    :param reason: a code of the caller, no personal text
    """
    subject = Subject("portal.user", reader.person_id or 0)
    record("portal.audit_opened", subject, actor=reader, at=now(), facts={"reason": reason})


def audit_until(reader: Viewer) -> datetime | None:
    """Give the instant until which the audit is open to a person, on the security clock; None if it is not."""
    opened = (
        sa.select(sa.func.max(AuditEntry.recorded_at))
        .join(AuditPerson, AuditPerson.audit_id == AuditEntry.id)
        .where(AuditEntry.action == OPENED, AuditPerson.actor_id == reader.person_id)
    )
    last = db.session.scalar(opened)
    until = last + timedelta(minutes=READING_MINUTES) if last else None
    return until if until and until > real_now() else None


def audit_table(reader: Viewer) -> sa.Subquery:
    """Give the audit as a read-only table, for whoever has opened it.

    Columns: `id` `at` `recorded_at` `action` `subject_kind` `subject_id` `facts` `actor_id` (None: the portal itself,
    or forgotten).

    :raises Forbidden: the reading is not open, or no longer
    """
    if audit_until(reader) is None:
        raise Forbidden(_("Open the audit log first: whoever reads it is written down in it."))
    own = sa.and_(AuditEntry.subject_kind.in_(OPEN_KINDS), AuditEntry.action.startswith("portal."))
    opened = AuditEntry.subject_kind.in_(current_app.config["AUDIT_KINDS"])
    names = ("id", "at", "recorded_at", "action", "subject_kind", "subject_id", "facts")
    return (
        sa.select(*(getattr(AuditEntry, name) for name in names), AuditPerson.actor_id)
        .outerjoin(AuditPerson, AuditPerson.audit_id == AuditEntry.id)
        .where(sa.or_(own, opened))
        .subquery("audit_read")
    )


def check_chain() -> ChainReport:
    """Check every link of the chain, from the first to the one that the head remembers."""
    broken: list[int] = []
    first, last = None, None
    while entries := _following(last):
        first = first or entries[0].recorded_at
        broken += broken_links(entries, after=last)
        last = entries[-1]
        db.session.expunge_all()
    head = db.session.execute(sa.select(AuditHead.last_id, AuditHead.hash)).one()
    reached = (last.id, last.hash) if last else (0, GENESIS)
    return ChainReport(first, tuple(broken), is_cut=(head.last_id, head.hash) != reached)


def _following(last: AuditEntry | None) -> list[AuditEntry]:
    after = sa.select(AuditEntry).where(AuditEntry.id > (last.id if last else 0))
    return list(db.session.scalars(after.order_by(AuditEntry.id).limit(READ_AT_ONCE)))
