"""Following a subject: a person asks to be told what becomes of it. Who follows what is shown to nobody else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.content.models import Follow
from portal.content.subjects import check_kind
from portal.db import db
from portal.errors import Forbidden
from portal.texts import CORE, texts
from portal.values import Subject, Viewer

_ = texts(CORE)
_FOLLOWED = sa.select(Follow.person_id).where(
    Follow.subject_kind == sa.bindparam("kind"),
    Follow.subject_id == sa.bindparam("number"),
    Follow.person_id == sa.bindparam("person"),
)


def _of(subject: Subject) -> sa.ColumnElement[bool]:
    return sa.and_(Follow.subject_kind == subject.kind, Follow.subject_id == subject.id)


def follow(actor: Viewer, subject: Subject, *, at: datetime) -> None:
    """Ask to be told what becomes of a subject; asking twice changes nothing. Whether one may read it is asked before.

    :raises Forbidden: nobody is signed in
    :raises KeyError: the kind of the subject is declared by no plugin
    """
    check_kind(subject.kind)
    if actor.person_id is None:
        raise Forbidden(_("Sign in to follow this."))
    if is_following(actor, subject):
        return
    db.session.add(Follow(subject_kind=subject.kind, subject_id=subject.id, person_id=actor.person_id, since_at=at))
    db.session.flush()


def unfollow(actor: Viewer, subject: Subject) -> None:
    """Ask not to be told any more; asking twice changes nothing."""
    db.session.execute(sa.delete(Follow).where(_of(subject), Follow.person_id == actor.person_id))


def is_following(viewer: Viewer, subject: Subject) -> bool:
    """Tell whether this person follows a subject."""
    if viewer.person_id is None:
        return False
    one = {"kind": subject.kind, "number": subject.id, "person": viewer.person_id}
    return db.session.scalar(_FOLLOWED, one) is not None


def followed(viewer: Viewer, kind: str) -> set[int]:
    """Give the ids of the subjects of a kind that this person follows: what a page of theirs gathers, in one query."""
    theirs = sa.select(Follow.subject_id).where(Follow.subject_kind == kind, Follow.person_id == viewer.person_id)
    return set(db.session.scalars(theirs))


def followers(subject: Subject) -> list[int]:
    """Give the ids of those who follow a subject: to tell them something with `notify`, never to show who they are."""
    return list(db.session.scalars(sa.select(Follow.person_id).where(_of(subject)).order_by(Follow.person_id)))


def forget_follows(person_id: int) -> None:
    """Let a person follow nothing any more: they leave."""
    db.session.execute(sa.delete(Follow).where(Follow.person_id == person_id))
