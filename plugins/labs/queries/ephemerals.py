"""Which ephemeral labs one may read, what one sees of them at a glance, who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.api import NotFound, Viewer, session, texts

from plugins.labs.models.ephemeral import Ephemeral, FormerTelling, Guest, Participant, Wording
from plugins.labs.models.lab import Lab
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.queries.ephemeral_states import State, is_counted, is_current, is_in, mark_of, state_of
from plugins.labs.queries.words import fold, sought

_ = texts("labs")

SHOWN_AT_ONCE = 60
TO_TELL_DAYS = 30


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


def readable(viewer: Viewer, *, at: datetime) -> sa.ColumnElement[bool]:
    """Give the criterion of the labs `viewer` may read: its audience, and whoever was let in and is in it.

    Rule: G7. Somebody outside the audience gets in by the QR code only, and only if the opener allowed guests.
    """
    audience = Ephemeral.readable_by(viewer, at=at)
    if viewer.person_id is None:
        return audience
    return sa.or_(audience, Ephemeral.id.in_(_ids_joined_by(viewer)))


def _ids_joined_by(viewer: Viewer) -> sa.Select[int]:
    mine = sa.and_(Participant.person_id == viewer.person_id, Participant.left_at.is_(None))
    return sa.select(Participant.ephemeral_id).where(mine)


def ephemeral_for(viewer: Viewer, ephemeral_id: int, *, at: datetime) -> Ephemeral | None:
    """Give an ephemeral lab that `viewer` may read, or None."""
    return session.scalar(sa.select(Ephemeral).where(Ephemeral.id == ephemeral_id, readable(viewer, at=at)))


def ephemerals_matching(
    viewer: Viewer, *, at: datetime, words: str = "", state: State | None = None, lab_id: int | None = None
) -> sa.Select[Ephemeral]:
    """Select ephemeral labs this person may read, without order.

    There is no filter by outcome: a total beside it would be a success rate (C02 SPEC 3).

    :param words: the first eight all stand in the question or in what was learnt, whatever the capitals and accents
    """
    statement = sa.select(Ephemeral).where(readable(viewer, at=at))
    for word in sought(words):
        statement = statement.where(Ephemeral.folded.contains(word, autoescape=True))
    if state is not None:
        statement = statement.where(is_in(state, at=at))
    if lab_id is not None:
        statement = statement.where(Ephemeral.lab_id == lab_id)
    return statement


def current_among(statement: sa.Select[Ephemeral], *, at: datetime) -> sa.Select[Ephemeral]:
    """Keep what is open among `statement`, first to end first, then what is announced, first to start first."""
    is_ahead = Ephemeral.starts_at > at
    next_instant = sa.case((is_ahead, Ephemeral.starts_at), else_=Ephemeral.ends_at)
    few = statement.where(is_current(at=at)).order_by(is_ahead, next_instant, Ephemeral.id)
    return few.limit(SHOWN_AT_ONCE)


def counted_in(statement: sa.Select[Ephemeral], *, at: datetime, up_to: int) -> tuple[int, bool]:
    """Count the labs of `statement` that enter counts, no further than `up_to`; tell whether others were left out.

    Rule: C01 SPEC 7.
    """
    ids, counted = statement.with_only_columns(Ephemeral.id), is_counted(at=at)
    count = sa.select(sa.func.count()).select_from(ids.where(counted).limit(up_to).subquery()).scalar_subquery()
    # the others are looked for only when the count has reached its end: few labs, read once
    others = sa.case((count < up_to, ids.where(sa.not_(counted)).exists()), else_=sa.false())
    found = session.execute(sa.select(count, others)).one()
    return found[0], bool(found[1])


def _count_of(table: type[Participant] | type[Guest]) -> sa.ScalarSelect[int]:
    here = sa.and_(table.ephemeral_id == Ephemeral.id, table.left_at.is_(None))
    return sa.select(sa.func.count()).where(here).correlate(Ephemeral).scalar_subquery()


PEOPLE = (_count_of(Participant) + _count_of(Guest)).label("people")


def with_glance(statement: sa.Select[Ephemeral], viewer: Viewer) -> sa.Select[Ephemeral, int, bool]:
    """Add to a selection of labs what `viewer` sees of each: how many are in it, whether they are, its lab."""
    mine = sa.and_(Participant.person_id == viewer.person_id, Participant.left_at.is_(None))
    is_mine = sa.exists().where(Participant.ephemeral_id == Ephemeral.id, mine).correlate(Ephemeral)
    columns = statement.add_columns(PEOPLE, is_mine.label("is_mine"))
    return columns.options(joinedload(Ephemeral.lab, innerjoin=True))


def glance_of(row: sa.Row[Ephemeral, int, bool], *, at: datetime) -> Glance:
    """Read a row of `with_glance`."""
    ephemeral, count, is_mine = row
    return Glance(ephemeral, count, bool(is_mine), state_of(ephemeral, participants=count, at=at))


def glances(statement: sa.Select[Ephemeral], viewer: Viewer, *, at: datetime) -> list[Glance]:
    """Give what `viewer` sees of the labs of a selection, in its order, in one query."""
    return [glance_of(row, at=at) for row in session.execute(with_glance(statement, viewer))]


def participation_of(ephemeral: Ephemeral, viewer: Viewer) -> Participant | None:
    """Give the row that says `viewer` came, and perhaps left."""
    mine = sa.and_(Participant.ephemeral_id == ephemeral.id, Participant.person_id == viewer.person_id)
    return session.scalars(sa.select(Participant).where(mine)).first()


def glance_at(ephemeral_id: int, viewer: Viewer, *, at: datetime) -> Glance | None:
    """Give what a lab shows to `viewer`, who is not asked whether they may read it: the code of its door opens it."""
    return next(iter(glances(sa.select(Ephemeral).where(Ephemeral.id == ephemeral_id), viewer, at=at)), None)


def readable_glance(viewer: Viewer, ephemeral_id: int, *, at: datetime) -> Glance | None:
    """Give what a lab shows to `viewer`; None if it is absent or not theirs to read."""
    statement = sa.select(Ephemeral).where(Ephemeral.id == ephemeral_id, readable(viewer, at=at))
    return next(iter(glances(statement, viewer, at=at)), None)


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
    statement = sa.select(FormerTelling).where(FormerTelling.ephemeral_id == ephemeral.id)
    return list(session.scalars(statement.order_by(FormerTelling.id.desc())))


def kin_of(ephemeral: Ephemeral, viewer: Viewer, *, at: datetime) -> Kin:
    """Give the labs tied to this one, both ways, oldest first (C01 SPEC 4 and 6)."""
    tied = sa.or_(
        Ephemeral.id.in_([ephemeral.continues_id or 0, ephemeral.resown_from_id or 0]),
        Ephemeral.continues_id == ephemeral.id,
        Ephemeral.resown_from_id == ephemeral.id,
    )
    statement = sa.select(Ephemeral).where(readable(viewer, at=at), tied).order_by(Ephemeral.id).limit(SHOWN_AT_ONCE)
    found = list(session.scalars(statement))
    by_id = {other.id: other for other in found}
    return Kin(
        by_id.get(ephemeral.continues_id or 0),
        [other for other in found if other.continues_id == ephemeral.id],
        by_id.get(ephemeral.resown_from_id or 0),
        [other for other in found if other.resown_from_id == ephemeral.id],
    )


def joined_by(viewer: Viewer, *, at: datetime) -> sa.Select[Ephemeral]:
    """Select the open labs this person is in, first to end first."""
    mine = Ephemeral.id.in_(_ids_joined_by(viewer))
    return sa.select(Ephemeral).where(mine, is_in(State.OPEN, at=at)).order_by(Ephemeral.ends_at, Ephemeral.id)


def to_tell_by(viewer: Viewer, *, at: datetime, since_days: int | None = None) -> sa.Select[Ephemeral]:
    """Select the closed labs this person was in that nobody has told yet, first ended first.

    :param since_days: leave out those that ended longer ago
    """
    mine = Ephemeral.id.in_(_ids_joined_by(viewer))
    statement = sa.select(Ephemeral).where(mine, is_in(State.CLOSED, at=at))
    if since_days is not None:
        statement = statement.where(Ephemeral.ends_at > at - timedelta(days=since_days))
    return statement.order_by(Ephemeral.ends_at, Ephemeral.id).limit(SHOWN_AT_ONCE)


def opened_by(viewer: Viewer, *, limit: int) -> sa.Select[Ephemeral]:
    """Select the labs this person opened, newest first."""
    mine = sa.select(Ephemeral).where(Ephemeral.author_id == viewer.person_id)
    return mine.order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc()).limit(limit)


def open_now(viewer: Viewer, *, at: datetime, limit: int) -> sa.Select[Ephemeral]:
    """Select the open labs this person may read, first to end first."""
    statement = ephemerals_matching(viewer, at=at, state=State.OPEN)
    return statement.order_by(Ephemeral.ends_at, Ephemeral.id).limit(limit)


def labs_to_continue(viewer: Viewer, lab_id: int, *, at: datetime, limit: int) -> list[Ephemeral]:
    """List the newest labs of a permanent lab that have begun and that a new one may be the sequel of."""
    begun = ephemerals_matching(viewer, at=at, lab_id=lab_id).where(is_counted(at=at), Ephemeral.starts_at <= at)
    return list(session.scalars(begun.order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc()).limit(limit)))
