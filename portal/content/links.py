"""Typed links from one subject to another, whichever plugins own them (G8).

A link belongs to no plugin's table, so that it outlives the absence of either side. Inside one plugin a foreign key
is simpler: do not use this there.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.models import Link
from portal.content.subjects import cards_of, check_kind, owner_of
from portal.content.titles import TIED, is_source, is_target, shared_title
from portal.db import db
from portal.loader.hooks import current_hooks
from portal.texts import CORE, texts
from portal.values import LinkCard, LinkKind, Subject, SubjectCard, Viewer

_ = texts(CORE)
SHOWN_MAX = 50
RETITLED_AT_A_TURN = 200
TITLE_LIFE = timedelta(days=1)
_SHOWN = sa.select(Link).where(TIED).order_by(Link.id).limit(SHOWN_MAX)


def link_kind(kind: str) -> LinkKind | None:
    """Give a declared kind of link; None if nobody that is on declares it."""
    kinds: dict[str, LinkKind] = current_app.config["LINK_KINDS"]
    return kinds.get(kind)


def _check(kind: str, source: Subject, target: Subject) -> None:
    if link_kind(kind) is None:
        raise KeyError(f"unknown kind of link: {kind}")
    check_kind(source.kind)
    check_kind(target.kind)


def _the(kind: str, source: Subject, target: Subject) -> sa.ColumnElement[bool]:
    return sa.and_(Link.kind == kind, is_source(source), is_target(target))


def link(kind: str, source: Subject, target: Subject, *, actor: Viewer | None, at: datetime) -> None:
    """Say that one subject is tied to another; saying it twice changes nothing.

    :param kind: declared by a plugin through `portal_link_kinds`
    :raises KeyError: the kind of the link, or of one of the subjects, is declared by no plugin
    """
    _check(kind, source, target)
    if db.session.scalar(sa.select(Link.id).where(_the(kind, source, target))) is not None:
        return
    made = Link(
        kind=kind,
        source_kind=source.kind,
        source_id=source.id,
        source_title=shared_title(source),
        target_kind=target.kind,
        target_id=target.id,
        target_title=shared_title(target),
        made_at=at,
        titled_at=real_now(),
    )
    db.session.add(made)
    db.session.flush()
    record("portal.linked", source, actor=actor, at=at, facts={"kind": kind, "target": str(target)})


def unlink(kind: str, source: Subject, target: Subject, *, actor: Viewer | None, at: datetime) -> None:
    """Take a link back; taking back one that is not there changes nothing.

    :raises KeyError: as for `link`
    """
    _check(kind, source, target)
    gone = db.session.execute(sa.delete(Link).where(_the(kind, source, target)).returning(Link.id)).first()
    if gone is not None:
        record("portal.unlinked", source, actor=actor, at=at, facts={"kind": kind, "target": str(target)})


def linked(kind: str, source: Subject) -> list[Subject]:
    """Give what links of one kind lead to from a subject, the first made first, whoever may read it."""
    found = sa.select(Link).where(Link.kind == kind, is_source(source)).order_by(Link.id)
    return [Subject(row.target_kind, row.target_id) for row in db.session.scalars(found)]


def link_cards(subject: Subject, viewer: Viewer) -> list[LinkCard]:
    """Give the links of a subject whose other side this viewer may read, oldest first, fifty at most.

    If the plugin of the other side is off, its last known title stands there as text, for agents, where every agent
    could read it. What is absent or private is not there at all: not even that a link exists.
    """
    rows = db.session.scalars(_SHOWN, {"kind": subject.kind, "number": subject.id})
    others = {row: _other(row, subject) for row in rows}
    cards = cards_of(others.values(), viewer)
    told = (_card(row, subject, cards.get(other), viewer) for row, other in others.items())
    return [card for card in told if card is not None]


def _leaves(row: Link, subject: Subject) -> bool:
    return (row.source_kind, row.source_id) == (subject.kind, subject.id)


def _other(row: Link, subject: Subject) -> Subject:
    if _leaves(row, subject):
        return Subject(row.target_kind, row.target_id)
    return Subject(row.source_kind, row.source_id)


def _card(row: Link, subject: Subject, card: SubjectCard | None, viewer: Viewer) -> LinkCard | None:
    leaves, kind = _leaves(row, subject), link_kind(row.kind)
    words = str(kind.forth if leaves else kind.back) if kind else _("linked to")
    if _is_on(_other(row, subject).kind):
        return LinkCard(words, card.title, card.url) if card and words else None
    last_known = row.target_title if leaves else row.source_title
    return LinkCard(words, last_known, None) if last_known and viewer.is_agent else None


def retitle(_at: datetime) -> bool:
    """Look up once a day the titles of links, of what changed by itself too; tell whether more wait.

    A side whose plugin is off keeps its last known title.
    """
    at = real_now()
    old = sa.select(Link).where(Link.titled_at < at - TITLE_LIFE).order_by(Link.titled_at).limit(RETITLED_AT_A_TURN)
    rows = list(db.session.scalars(old))
    for row in rows:
        row.titled_at = at
        if _is_on(row.source_kind):
            row.source_title = shared_title(Subject(row.source_kind, row.source_id))
        if _is_on(row.target_kind):
            row.target_title = shared_title(Subject(row.target_kind, row.target_id))
    db.session.flush()
    return len(rows) == RETITLED_AT_A_TURN


def _is_on(kind: str) -> bool:
    return owner_of(kind) in current_hooks().plugin_ids
