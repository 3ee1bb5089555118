"""Last known titles of linked subjects, for the day when the plugin of one side is off (G8).

While it is off nobody can say who may read what, so a title is kept only if *every agent* may read it, and forgotten
as soon as that is no longer so (decision 0013). Titles of the core's own subjects are never kept: it is never off.
"""

from __future__ import annotations

import sqlalchemy as sa

from portal.content.models import Link
from portal.content.subjects import card_of, is_of_core
from portal.db import db
from portal.values import Subject, Viewer

ANY_AGENT = Viewer(is_agent=True)
MAX_TITLE = 300
_KIND, _NUMBER = sa.bindparam("kind", type_=sa.String()), sa.bindparam("number", type_=sa.Integer())
# the links of a subject, for a statement built once: each page of a subject asks
TIED = sa.or_(
    sa.and_(Link.source_kind == _KIND, Link.source_id == _NUMBER),
    sa.and_(Link.target_kind == _KIND, Link.target_id == _NUMBER),
)
_ONE = sa.select(Link.id).where(TIED).limit(1)


def shared_title(subject: Subject) -> str | None:
    """Give what a subject is called, if every agent may read it."""
    if is_of_core(subject.kind):
        return None
    card = card_of(subject, ANY_AGENT)
    return card.title[:MAX_TITLE] if card else None


def is_source(subject: Subject) -> sa.ColumnElement[bool]:
    """Give the criterion of the links that leave a subject."""
    return sa.and_(Link.source_kind == subject.kind, Link.source_id == subject.id)


def is_target(subject: Subject) -> sa.ColumnElement[bool]:
    """Give the criterion of the links that arrive at a subject."""
    return sa.and_(Link.target_kind == subject.kind, Link.target_id == subject.id)


def refresh_titles(subject: Subject) -> None:
    """Write again what a linked subject is called; done whenever a change of it is recorded."""
    if is_of_core(subject.kind):
        return
    if db.session.scalar(_ONE, {"kind": subject.kind, "number": subject.id}) is None:
        return
    title = shared_title(subject)
    db.session.execute(sa.update(Link).where(is_source(subject)).values(source_title=title))
    db.session.execute(sa.update(Link).where(is_target(subject)).values(target_title=title))
