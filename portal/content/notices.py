"""Notices: what is new for a person, about a subject (G9). In the portal at once; by mail only if they must act.

A notice holds a key of a catalogue and numbers, never a name or a title: its words are made when it is read, in the
reader's language, from what the reader may read then. Somebody who may no longer read the subject is told nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from flask import current_app

from portal.content.events import queue
from portal.content.models import Notice, OutboxMessage
from portal.content.subjects import check_kind, owner_of
from portal.db import db
from portal.texts import Later
from portal.values import Subject, Viewer

MAIL = "mail"


def notify(
    person_ids: Iterable[int],
    about: Subject,
    text: object,
    *,
    at: datetime,
    actor: Viewer | None = None,
    must_act: bool = False,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Tell people what is new about a subject, in the transaction of the change; not the actor, of their own act.

    Told twice before it is read, it is one notice. A mail leaves only for who must act, has an address and wants it.
    Rule: G9.

    :param text: `_.later("…")`; its places are `%(title)s` (of the subject), `%(actor)s`, and those of `facts`
    :param facts: JSON values, without personal text
    :raises KeyError: the kind of the subject is declared by no plugin
    """
    check_kind(about.kind)
    said = cast("Later", text)
    told = {*person_ids} - {actor.person_id if actor else None}
    if not told:
        return
    waiting = {row.person_id: row for row in _unread(about, said) if row.person_id in told}
    for person_id in sorted(told):
        notice = waiting.get(person_id) or Notice(
            person_id=person_id, subject_kind=about.kind, subject_id=about.id, domain=said.domain, text=said.message
        )
        notice.facts, notice.at, notice.must_act = dict(facts or {}), at, must_act
        notice.actor_id = actor.person_id if actor else None
        db.session.add(notice)
        waiting[person_id] = notice
    db.session.flush()
    if must_act and current_app.config["MAIL"] is not None:
        _queue_mails([waiting[person_id] for person_id in sorted(told)])


def _unread(about: Subject, said: Later) -> Iterable[Notice]:
    """Give what was told in these words of a subject and is not read yet."""
    same_words = sa.and_(Notice.domain == said.domain, Notice.text == said.message, Notice.read_at.is_(None))
    of_it = sa.and_(Notice.subject_kind == about.kind, Notice.subject_id == about.id)
    return db.session.scalars(sa.select(Notice).where(of_it, same_words))


def _queue_mails(notices: Iterable[Notice]) -> None:
    """Put a copy in the outbox, once for each thing that happened, however often it is told."""
    keys = {_key(notice): notice for notice in notices}
    known = set(db.session.scalars(sa.select(OutboxMessage.key).where(OutboxMessage.key.in_(keys))))
    for key, notice in keys.items():
        if key not in known:
            queue(MAIL, owner_of(notice.subject_kind), {"notice": notice.id, "urgent": True}, key=key)


def _key(notice: Notice) -> str:
    facts = (notice.person_id, notice.subject_kind, notice.subject_id, notice.domain, notice.text, notice.at)
    return hashlib.sha256(":".join(map(str, facts)).encode()).hexdigest()


def settle(about: Subject, *, at: datetime) -> None:
    """Note as read, by everybody, what they were asked to do about a subject: it is done, or no longer to be done."""
    of_it = sa.and_(Notice.subject_kind == about.kind, Notice.subject_id == about.id)
    asked = sa.update(Notice).where(of_it, Notice.must_act, Notice.read_at.is_(None))
    db.session.execute(asked.values(read_at=at))


def notices_of(person_id: int) -> sa.Select[Notice]:
    """Select what a person was told."""
    return sa.select(Notice).where(Notice.person_id == person_id)


def has_news(person_id: int) -> bool:
    """Tell whether a person was told something they have not read."""
    unread = sa.select(Notice.id).where(Notice.person_id == person_id, Notice.read_at.is_(None)).limit(1)
    return db.session.scalar(unread) is not None


def mark_read(person_id: int, *, at: datetime, notice_id: int | None = None, until_id: int | None = None) -> None:
    """Note that a person has read one notice, or all those they had received until one."""
    mine = sa.update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        mine = mine.where(Notice.id == notice_id)
    if until_id is not None:
        mine = mine.where(Notice.id <= until_id)
    db.session.execute(mine.values(read_at=at))


def forget_notices(person_id: int) -> None:
    """Let a person be told nothing any more: they leave."""
    db.session.execute(sa.delete(Notice).where(Notice.person_id == person_id))
