"""What one sees of the ephemeral labs at a glance, who is in them, which wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import READ_AT, READER, NotFound, Viewer, fold, reading, session, texts

from plugins.labs.models.ephemeral import Ephemeral, FormerTelling, Guest, Participant, Wording
from plugins.labs.models.lab import MAX_MINUTES, Lab
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.queries.ephemeral_states import State, is_counted, is_in, mark_of, state_of
from plugins.labs.queries.searches import IN_A_LAB, KEPT_STATEMENTS, SHOWN_AT_ONCE, Labs, Search, joined, readable

_ = texts("labs")

AT_A_GLANCE = 5
CONTINUED_SHOWN = 20
OPENED_SHOWN = 30
TO_TELL_DAYS = 30
LONGEST = 2 * timedelta(minutes=MAX_MINUTES)  # extended once, by as much (C01 SPEC 4)


@dataclass(frozen=True, slots=True)
class Glance:
    """What one sees of an ephemeral lab in a list.

    :ivar people: agents and guests who are in it
    :ivar is_in: the reader is one of them
    """

    ephemeral: Ephemeral
    people: int
    is_in: bool
    state: State

    @property
    def lab(self) -> Lab:
        """Give the permanent lab it belongs to."""
        return self.ephemeral.lab

    @property
    def mark(self) -> tuple[str, str]:
        """Give word and kind of the state."""
        return mark_of(self.state)

    @property
    def is_over(self) -> bool:
        """Tell whether its time has run and somebody came."""
        return self.state in {State.CLOSED, State.TOLD}

    @property
    def outcome(self) -> str:
        """Give what became of it in words of equal weight; « not told yet » is one of them (C01 SPEC 5)."""
        found = OUTCOMES.get(self.ephemeral.outcome or "")
        return str(found) if found else _("not told yet")


@dataclass(frozen=True, slots=True)
class Kin:
    """The labs this one comes from and those that came of it, as far as the reader may read them."""

    continues: Ephemeral | None
    continued_by: list[Ephemeral]
    resown_from: Ephemeral | None
    resown_as: list[Ephemeral]


_ONE = sa.select(Ephemeral).where(Ephemeral.id == sa.bindparam("number"))
_ONE_READABLE = _ONE.where(readable())
_SOME_READABLE = sa.select(Ephemeral).where(Ephemeral.id.in_(sa.bindparam("some", expanding=True)), readable())


def ephemeral_for(viewer: Viewer, ephemeral_id: int, *, at: datetime) -> Ephemeral | None:
    """Give an ephemeral lab that `viewer` may read, or None."""
    return session.scalar(_ONE_READABLE, reading(viewer, at=at, number=ephemeral_id))


def ephemerals_for(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> sa.ScalarResult[Ephemeral]:
    """Give those that `viewer` may read among some ephemeral labs."""
    return session.scalars(_SOME_READABLE, reading(viewer, at=at, some=list(ids)))


def _count_of(table: type[Participant] | type[Guest]) -> sa.ScalarSelect[int]:
    here = sa.and_(table.ephemeral_id == Ephemeral.id, table.left_at.is_(None))
    return sa.select(sa.func.count()).where(here).correlate(Ephemeral).scalar_subquery()


@lru_cache(maxsize=KEPT_STATEMENTS)
def with_glance(statement: Labs) -> sa.Select[Ephemeral, int, bool]:
    """Add to a selection of labs what `READER` sees of each: how many are in it, whether they are, its lab."""
    people = (_count_of(Participant) + _count_of(Guest)).label("people")
    mine = sa.and_(Participant.person_id == READER, Participant.left_at.is_(None))
    is_mine = sa.exists().where(Participant.ephemeral_id == Ephemeral.id, mine).correlate(Ephemeral)
    columns = statement.add_columns(people, is_mine.label("is_mine"))
    return columns.options(joinedload(Ephemeral.lab, innerjoin=True))


def glance_of(row: sa.Row[Ephemeral, int, bool], *, at: datetime) -> Glance:
    """Read a row of `with_glance`."""
    ephemeral, count, is_mine = row
    return Glance(ephemeral, count, bool(is_mine), state_of(ephemeral, participants=count, at=at))


def glances(statement: Labs, viewer: Viewer, *, at: datetime, **values: Any) -> list[Glance]:
    """Give what `viewer` sees of the labs of a selection, in its order, in one query.

    :param statement: built once
    :param values: of its own parameters
    """
    rows = session.execute(with_glance(statement), reading(viewer, at=at, **values))
    return [glance_of(row, at=at) for row in rows]


def glance_at(ephemeral_id: int, viewer: Viewer, *, at: datetime) -> Glance | None:
    """Give what a lab shows to `viewer`, who is not asked whether they may read it: the code of its door opens it."""
    return next(iter(glances(_ONE, viewer, at=at, number=ephemeral_id)), None)


def readable_glance(viewer: Viewer, ephemeral_id: int, *, at: datetime) -> Glance | None:
    """Give what a lab shows to `viewer`; None if it is absent or not theirs to read."""
    return next(iter(glances(_ONE_READABLE, viewer, at=at, number=ephemeral_id)), None)


def participation_of(ephemeral: Ephemeral, viewer: Viewer) -> Participant | None:
    """Give the row that says `viewer` came, and perhaps left."""
    mine = sa.and_(Participant.ephemeral_id == ephemeral.id, Participant.person_id == viewer.person_id)
    return session.scalars(sa.select(Participant).where(mine)).first()


def participant_ids(ephemeral: Ephemeral) -> list[int]:
    """List the agents who are in a lab and whose name is still kept."""
    here = sa.and_(Participant.ephemeral_id == ephemeral.id, Participant.left_at.is_(None))
    found = session.scalars(sa.select(Participant.person_id).where(here, Participant.person_id.is_not(None)))
    return [number for number in found if number is not None]


def guests_of(ephemeral: Ephemeral) -> list[Guest]:
    """List the guests who are in a lab and whose name is still kept, alphabetical."""
    if not ephemeral.allows_guests:
        return []
    here = sa.and_(Guest.left_at.is_(None), Guest.first_name != "")
    found = session.scalars(sa.select(Guest).where(Guest.ephemeral_id == ephemeral.id, here))
    return sorted(found, key=lambda guest: fold(guest.first_name, guest.service))


def guest_by_key(ephemeral: Ephemeral, key: str) -> Guest:
    """Give the guest who holds `key`.

    :raises NotFound: nobody does in this lab, or they have taken it back
    """
    here = sa.and_(Guest.ephemeral_id == ephemeral.id, Guest.left_at.is_(None))
    guest: Guest | None = session.scalar(sa.select(Guest).where(Guest.key == key, here))
    if guest is None:
        raise NotFound(_("This page no longer opens anything. Scan the code again."))
    return guest


def guests_since(ephemeral: Ephemeral, instant: datetime) -> int:
    """Count who entered as a guest since `instant`, those who took it back included."""
    since = sa.and_(Guest.ephemeral_id == ephemeral.id, Guest.joined_at > instant)
    return session.scalar(sa.select(sa.func.count()).select_from(Guest).where(since)) or 0


def sees_names(viewer: Viewer, glance: Glance) -> bool:
    """Tell whether `viewer` sees who is in a lab; everybody else sees how many.

    Members of the lab and whoever is in it do; an audience opens the question, not the list of those who came.
    Rule: law 2, P19.
    """
    ephemeral = glance.ephemeral
    is_opener = viewer.is_signed_in and viewer.person_id == ephemeral.author_id
    return glance.is_in or is_opener or ephemeral.group_id in viewer.group_ids


def former_wordings(ephemeral: Ephemeral) -> list[Wording]:
    """List what the question said before, newest first (C01 SPEC 9)."""
    statement = sa.select(Wording).where(Wording.ephemeral_id == ephemeral.id).order_by(Wording.id.desc())
    return list(session.scalars(statement))


def former_tellings(ephemeral: Ephemeral) -> list[FormerTelling]:
    """List what the telling said before its author corrected it, newest first."""
    if ephemeral.told_at is None:
        return []
    statement = sa.select(FormerTelling).where(FormerTelling.ephemeral_id == ephemeral.id)
    return list(session.scalars(statement.order_by(FormerTelling.id.desc())))


_NUMBER = sa.bindparam("number", type_=sa.Integer())
_ORIGINS = Ephemeral.id.in_(sa.bindparam("origins", expanding=True))
_TIED = sa.or_(_ORIGINS, Ephemeral.continues_id == _NUMBER, Ephemeral.resown_from_id == _NUMBER)
_KIN = sa.select(Ephemeral).where(readable(), _TIED).order_by(Ephemeral.id).limit(SHOWN_AT_ONCE)


def kin_of(ephemeral: Ephemeral, viewer: Viewer, *, at: datetime) -> Kin:
    """Give the labs tied to this one, both ways, oldest first (C01 SPEC 4 and 6)."""
    origins = [number for number in (ephemeral.continues_id, ephemeral.resown_from_id) if number]
    found = list(session.scalars(_KIN, reading(viewer, at=at, number=ephemeral.id, origins=origins)))
    by_id = {other.id: other for other in found}
    return Kin(
        by_id.get(ephemeral.continues_id or 0),
        [other for other in found if other.continues_id == ephemeral.id],
        by_id.get(ephemeral.resown_from_id or 0),
        [other for other in found if other.resown_from_id == ephemeral.id],
    )


_FIRST_TO_END = (Ephemeral.ends_at, Ephemeral.id)
_NEWEST = (Ephemeral.starts_at.desc(), Ephemeral.id.desc())
_JOINED = sa.select(Ephemeral).where(joined(), is_in(State.OPEN)).order_by(*_FIRST_TO_END)
# whoever may tell it was there: nobody need be looked for, as `State.CLOSED` would
_UNTOLD = sa.and_(Ephemeral.cancelled_at.is_(None), Ephemeral.ends_at <= READ_AT, Ephemeral.told_at.is_(None))
_TO_TELL = sa.select(Ephemeral).where(_UNTOLD).order_by(*_FIRST_TO_END)
_CAME_SINCE = joined(Participant.joined_at > sa.bindparam("came_since"))
_TO_TELL_SINCE = _TO_TELL.where(_CAME_SINCE, Ephemeral.ends_at > sa.bindparam("since")).limit(AT_A_GLANCE)
_ALL_TO_TELL = _TO_TELL.where(joined()).limit(SHOWN_AT_ONCE)
_OPENED = sa.select(Ephemeral).where(Ephemeral.author_id == READER).order_by(*_NEWEST).limit(OPENED_SHOWN)
_BEGUN = IN_A_LAB.where(is_counted(), Ephemeral.starts_at <= READ_AT).order_by(*_NEWEST).limit(CONTINUED_SHOWN)
_OPEN_NOW = Search(state=State.OPEN).statement.order_by(*_FIRST_TO_END).limit(AT_A_GLANCE)


def joined_by(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the open labs this person is in, first to end first."""
    return glances(_JOINED, viewer, at=at)


def to_tell_by(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the closed labs this person was in that nobody has told yet, first ended first."""
    return glances(_ALL_TO_TELL, viewer, at=at)


def soon_to_tell_by(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the first of them, without those that ended so long ago that one has chosen not to."""
    since = at - timedelta(days=TO_TELL_DAYS)
    return glances(_TO_TELL_SINCE, viewer, at=at, since=since, came_since=since - LONGEST)


def opened_by(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the last labs this person opened, newest first."""
    return glances(_OPENED, viewer, at=at)


def open_now(viewer: Viewer, *, at: datetime) -> list[Glance]:
    """List the open labs this person may read that end first."""
    return glances(_OPEN_NOW, viewer, at=at)


def labs_to_continue(viewer: Viewer, lab_id: int, *, at: datetime) -> list[Ephemeral]:
    """List the newest labs of a permanent lab that have begun and that a new one may be the sequel of."""
    return list(session.scalars(_BEGUN, reading(viewer, at=at, lab_id=lab_id)))
