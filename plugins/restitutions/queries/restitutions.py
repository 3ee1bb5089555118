"""Which restitutions one may read: those that are published, by their audience; the others are their owner's alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Audience, Subject, Viewer, among_words, reading, session, sought, word_values

from plugins.restitutions.models import Chapter, Consent, Has, Restitution, Status

SHOWN = (Status.PUBLISHED, Status.UNAVAILABLE)
OWN = (Status.TO_CONFIRM, Status.TO_CHECK)
AT_ONCE = 24
NEWEST = (Restitution.created_at, Restitution.id)
READABLE = sa.select(Restitution).where(
    Restitution.readable(), sa.or_(Restitution.status.in_(SHOWN), Restitution.author_id == READER)
)
_SOME = READABLE.where(Restitution.id.in_(sa.bindparam("some", expanding=True)))
_OF_SESSION = sa.and_(
    Restitution.session_kind == sa.bindparam("session_kind"), Restitution.session_id == sa.bindparam("session_id")
)
_OF = READABLE.where(_OF_SESSION, Restitution.status.in_(SHOWN)).order_by(*NEWEST).limit(AT_ONCE)
_WAITING = (
    sa.select(Restitution)
    .where(Restitution.author_id == READER, Restitution.status.in_(OWN))
    .order_by(*NEWEST)
    .limit(5)
)
_CHAPTERS = (
    sa.select(Chapter).where(Chapter.restitution_id == sa.bindparam("number")).order_by(Chapter.starts, Chapter.id)
)
_CONSENTS = sa.select(Consent).where(Consent.restitution_id == sa.bindparam("number")).order_by(Consent.id)
# Of all agents' alone: that there is one for fewer is told to nobody else, not even by a number.
_WITHOUT_CAPTIONS = sa.select(sa.func.count()).where(
    Restitution.captions == Has.NO,
    Restitution.status.in_(SHOWN),
    Restitution.audience == Audience.INTRANET,
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for.

    :ivar of: the session it restitutes
    """

    words: tuple[str, ...] = ()
    provider: str = ""
    captions: str = ""
    of: Subject | None = None

    @property
    def statement(self) -> sa.Select[Any]:
        """Give the statement, the same one for the same fields."""
        return _sought(len(self.words), bool(self.provider), bool(self.captions), self.of is not None)

    @property
    def values(self) -> dict[str, Any]:
        """Give the values of its parameters."""
        given: dict[str, Any] = word_values(list(self.words))
        given |= {"provider": self.provider} if self.provider else {}
        given |= {"captions": self.captions} if self.captions else {}
        return given | (of_session(self.of) if self.of else {})


@lru_cache(maxsize=64)
def _sought(count: int, by_provider: bool, by_captions: bool, by_session: bool) -> sa.Select[Any]:
    wanted = READABLE.where(*among_words(Restitution.folded, count))
    if by_provider:
        wanted = wanted.where(Restitution.provider == sa.bindparam("provider"))
    if by_captions:
        wanted = wanted.where(Restitution.captions == sa.bindparam("captions"))
    return wanted.where(_OF_SESSION) if by_session else wanted


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a search."""
    return tuple(sought(text))


def of_session(subject: Subject) -> dict[str, Any]:
    """Give the values that name a session."""
    return {"session_kind": subject.kind, "session_id": subject.id}


def readable_restitutions(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Restitution]:
    """Give those that `viewer` may read; one query."""
    return list(session.scalars(_SOME, reading(viewer, at=at, some=list(ids))))


def restitutions_of(subject: Subject, viewer: Viewer, *, at: datetime) -> list[Restitution]:
    """List the published restitutions of a session that `viewer` may read, in the order they came."""
    return list(session.scalars(_OF, reading(viewer, at=at, **of_session(subject))))


def waiting_for(viewer: Viewer) -> list[Restitution]:
    """List those of `viewer` that wait for their word: a link to confirm, or to correct."""
    return list(session.scalars(_WAITING, {"reader_id": viewer.person_id})) if viewer.is_signed_in else []


def chapters_of(restitution_id: int) -> Sequence[Chapter]:
    """List the chapters of a video."""
    return session.scalars(_CHAPTERS, {"number": restitution_id}).all()


def consents_of(restitution_id: int) -> Sequence[Consent]:
    """List who is filmed and agreed."""
    return session.scalars(_CONSENTS, {"number": restitution_id}).all()


def count_without_captions() -> int:
    """Count the published restitutions that every agent may read, and that have no captions (C33 SPEC 6)."""
    return session.scalar(_WITHOUT_CAPTIONS) or 0
