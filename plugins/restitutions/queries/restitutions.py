"""Which restitutions one may read: those that are published, by their audience; the others are their owner's alone.

But who is filmed reads what they are asked about, whatever its audience; who animates a session, what waits there for
those filmed, but not because it was opened to others than somebody agreed to; who hid one, that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.api import READER, Audience, Subject, Viewer, among_words, reading, session, sought, word_values

from plugins.restitutions.models import SHOWN, Chapter, Consent, Has, Restitution, Status
from plugins.restitutions.permissions import runs
from plugins.restitutions.values.places import Place

OWN = (Status.TO_CONFIRM, Status.TO_CHECK)
AT_ONCE = 24
NEWEST = (Restitution.created_at, Restitution.id)
_NAMED = sa.exists().where(Consent.restitution_id == Restitution.id, Consent.standing())
_FILMED = sa.exists().where(Consent.restitution_id == Restitution.id, Consent.person_id == READER, Consent.standing())
READABLE = sa.select(Restitution).where(
    sa.or_(
        sa.and_(Restitution.readable(), sa.or_(Restitution.status.in_(SHOWN), Restitution.author_id == READER)),
        sa.and_(Restitution.status == Status.HIDDEN, Restitution.hidden_by_id == READER),
        sa.and_(Restitution.status == Status.TO_CLEAR, _FILMED),
    )
)
_SOME = READABLE.where(Restitution.id.in_(sa.bindparam("some", expanding=True)))
_UNCLEARED = sa.select(Restitution).where(
    Restitution.readable(),
    Restitution.status == Status.TO_CLEAR,
    Restitution.session_kind.is_not(None),
    Restitution.id.in_(sa.bindparam("some", expanding=True)),
)
_AMONG = Consent.restitution_id.in_(sa.bindparam("some", expanding=True))
_GIVEN = sa.select(Consent).where(Consent.standing(), Consent.given_on.is_not(None), _AMONG)
_OF_SESSION = sa.and_(
    Restitution.session_kind == sa.bindparam("session_kind"), Restitution.session_id == sa.bindparam("session_id")
)
_OF = (
    sa.select(Restitution)
    .where(
        Restitution.readable(),
        Restitution.session_id.in_(sa.bindparam("numbers", expanding=True)),  # what SQLite looks up in an index
        sa.tuple_(Restitution.session_kind, Restitution.session_id).in_(sa.bindparam("sessions", expanding=True)),
        sa.or_(
            Restitution.status.in_(sa.bindparam("statuses", expanding=True)),
            sa.and_(Restitution.author_id == READER, Restitution.status.in_(sa.bindparam("own", expanding=True))),
        ),
    )
    .order_by(*NEWEST)
    .limit(AT_ONCE)
)
_SAME = (
    READABLE.where(
        Restitution.provider == sa.bindparam("provider"),
        Restitution.host == sa.bindparam("host"),
        Restitution.key == sa.bindparam("key"),
        Restitution.status != Status.WITHDRAWN,
        sa.or_(Restitution.author_id == READER, _OF_SESSION),
        Restitution.id != sa.bindparam("number"),
    )
    .order_by(Restitution.id)
    .limit(AT_ONCE)
)
_WAITING = (
    sa.select(Restitution)
    .where(
        Restitution.author_id == READER,
        sa.or_(Restitution.status.in_(OWN), sa.and_(Restitution.status == Status.TO_CLEAR, ~_NAMED)),
    )
    .order_by(*NEWEST)
    .limit(5)
)
_MINE = (
    sa.select(Consent, Restitution)
    .join(Restitution, Restitution.id == Consent.restitution_id)
    .where(Consent.person_id == READER, Restitution.status != Status.WITHDRAWN)
    .order_by(Consent.id)
)
_ASKED = _MINE.where(Consent.standing(), Restitution.status == Status.TO_CLEAR)
_MINE_AMONG = _MINE.where(Consent.id.in_(sa.bindparam("some", expanding=True)))
_MINE_OF = _MINE.where(Consent.standing(), Restitution.id == sa.bindparam("number"))
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


Pairs = list[tuple[Consent, Restitution]]


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
    """Give those that `viewer` may read; one query, another if some are not theirs to find."""
    wanted = set(ids)
    found = list(session.scalars(_SOME, reading(viewer, at=at, some=list(wanted))))
    others = wanted - {one.id for one in found} if viewer.is_signed_in else set()
    if others:
        uncleared = session.scalars(_UNCLEARED, reading(viewer, at=at, some=list(others))).all()
        anew = given_for_fewer(uncleared)
        found += [one for one in uncleared if one.id not in anew and runs(viewer, one.restituted)]
    return found


def given_for_fewer(restitutions: Sequence[Restitution]) -> set[int]:
    """Tell which of these are to be open to others than somebody who is filmed agreed to; one query at most."""
    wanted = {one.id: one for one in restitutions}
    given = session.scalars(_GIVEN, {"some": list(wanted)}) if wanted else ()
    return {one.restitution_id for one in given if not one.is_given_for(wanted[one.restitution_id])}


def restitutions_of(
    sessions: Iterable[Subject],
    viewer: Viewer,
    *,
    at: datetime,
    statuses: Sequence[Status] = SHOWN,
    own: Sequence[Status] = (),
) -> list[Restitution]:
    """List the published restitutions of some sessions that `viewer` may read, in the order they came.

    Of others that wait for those filmed, those that ask them for the first time.

    :param own: where those of `viewer` may stand besides
    """
    named = [(subject.kind, subject.id) for subject in sessions]
    numbers = [number for _kind, number in named]
    values = reading(viewer, at=at, sessions=named, numbers=numbers, statuses=list(statuses), own=list(own))
    found = session.scalars(_OF, values).all() if named else []
    anew = given_for_fewer([one for one in found if one.status == Status.TO_CLEAR])
    return [one for one in found if one.id not in anew or one.author_id == viewer.person_id]


def same_videos(
    place: Place, of: Subject | None, viewer: Viewer, *, at: datetime, but: int = 0
) -> Sequence[Restitution]:
    """List the restitutions of this very video that `viewer` added, or reads of the same session, the first first."""
    named = of_session(of) if of else {"session_kind": None, "session_id": None}
    video = {"provider": place.provider, "host": place.host, "key": place.key, "number": but}
    return session.scalars(_SAME, reading(viewer, at=at, **video, **named)).all()


def waiting_for(viewer: Viewer) -> list[Restitution]:
    """List those of `viewer` that wait for their word: a link to confirm, or to correct; who is filmed there."""
    return list(session.scalars(_WAITING, {"reader_id": viewer.person_id})) if viewer.is_signed_in else []


def asked_of(viewer: Viewer) -> Pairs:
    """List what somebody who is filmed is asked to agree to, with its restitution; five at most."""
    return [pair for pair in _pairs(_ASKED, viewer) if pair[0].is_awaited(pair[1])][:5]


def own_consents(viewer: Viewer, ids: Iterable[int]) -> Pairs:
    """Give consents of one's own with their restitutions, but of what was taken down; one query."""
    return _pairs(_MINE_AMONG, viewer, some=list(ids))


def own_consent_to(viewer: Viewer, restitution_id: int) -> Consent | None:
    """Give one's own consent to be shown in a restitution; None if one is not named there."""
    return next((consent for consent, _restitution in _pairs(_MINE_OF, viewer, number=restitution_id)), None)


def _pairs(statement: sa.Select[Consent, Restitution], viewer: Viewer, **values: Any) -> Pairs:
    found = session.execute(statement, {"reader_id": viewer.person_id, **values}) if viewer.is_signed_in else ()
    return [(consent, restitution) for consent, restitution in found]


def chapters_of(restitution_id: int) -> Sequence[Chapter]:
    """List the chapters of a video."""
    return session.scalars(_CHAPTERS, {"number": restitution_id}).all()


def consents_of(restitution_id: int) -> Sequence[Consent]:
    """List who is filmed and agreed."""
    return session.scalars(_CONSENTS, {"number": restitution_id}).all()


def count_without_captions() -> int:
    """Count the published restitutions that every agent may read, and that have no captions (C33 SPEC 6)."""
    return session.scalar(_WITHOUT_CAPTIONS) or 0
