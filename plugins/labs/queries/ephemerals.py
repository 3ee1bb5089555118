"""Which ephemeral labs one may read, what one sees of them at a glance, who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import NotFound, Person, Viewer, now, people, session, texts

from plugins.labs.models.ephemeral import Ephemeral, FormerTelling, Guest, Participant, Wording
from plugins.labs.models.lab import Lab
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.queries.ephemeral_states import COUNTED, State, is_in, mark_of, not_over, state_of
from plugins.labs.queries.labs import labs_by_id
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
    lab: Lab
    state: State
    people: int
    is_in: bool

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


def one_ephemeral(viewer: Viewer, *, ephemeral_id: int) -> Ephemeral:
    """Give the ephemeral lab of a page.

    :raises NotFound: absent, or not theirs to read: the same answer (P3)
    """
    found = ephemeral_for(viewer, ephemeral_id, at=now())
    if found is None:
        raise NotFound(_("There is no ephemeral lab at this address, or it is not open to you."))
    return found


def ephemeral_for(viewer: Viewer, ephemeral_id: int, *, at: datetime) -> Ephemeral | None:
    """Give an ephemeral lab that `viewer` may read, or None."""
    return session.scalar(sa.select(Ephemeral).where(Ephemeral.id == ephemeral_id, readable(viewer, at=at)))


def ephemerals_matching(
    viewer: Viewer, *, at: datetime, words: str = "", states: Iterable[State] = (), lab_id: int | None = None
) -> sa.Select[Ephemeral]:
    """Select ephemeral labs this person may read, without order.

    There is no filter by outcome: a total beside it would be a success rate (C02 SPEC 3).

    :param words: the first eight all stand in the question or in what was learnt, whatever the capitals and accents
    :param states: any of them; all if none is given
    """
    statement = sa.select(Ephemeral).where(readable(viewer, at=at))
    for word in sought(words):
        statement = statement.where(Ephemeral.folded.contains(word, autoescape=True))
    wanted = tuple(states)
    if wanted:
        statement = statement.where(is_in(*wanted, at=at))
    if lab_id is not None:
        statement = statement.where(Ephemeral.lab_id == lab_id)
    return statement


def current_among(statement: sa.Select[Ephemeral], *, at: datetime) -> list[Ephemeral]:
    """List what is open among `statement`, first to end first, then what is announced, first to start first."""
    few = statement.where(not_over(at=at))
    opened = few.where(is_in(State.OPEN, at=at)).order_by(Ephemeral.ends_at, Ephemeral.id)
    announced = few.where(is_in(State.ANNOUNCED, at=at)).order_by(Ephemeral.starts_at, Ephemeral.id)
    return [*session.scalars(opened.limit(SHOWN_AT_ONCE)), *session.scalars(announced.limit(SHOWN_AT_ONCE))]


def counted_in(statement: sa.Select[Ephemeral], *, at: datetime, up_to: int) -> int:
    """Count the labs of `statement` that enter counts, no further than `up_to`.

    Rule: C01 SPEC 7.
    """
    wanted = statement.with_only_columns(Ephemeral.id).where(is_in(*COUNTED, at=at)).limit(up_to)
    return session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0


def open_ephemerals(viewer: Viewer, *, lab_id: int, at: datetime) -> list[Glance]:
    """Give the open labs, then the announced ones, of one lab."""
    return glances(current_among(ephemerals_matching(viewer, at=at, lab_id=lab_id), at=at), viewer, at=at)


def _people_by_id(ids: list[int]) -> dict[int, int]:
    counts = dict.fromkeys(ids, 0)
    for table in (Participant, Guest):
        rows = session.execute(
            sa.select(table.ephemeral_id, sa.func.count())
            .where(table.ephemeral_id.in_(ids), table.left_at.is_(None))
            .group_by(table.ephemeral_id)
        )
        for number, count in rows:
            counts[number] += count
    return counts


def glances(ephemerals: Iterable[Ephemeral], viewer: Viewer, *, at: datetime) -> list[Glance]:
    """Give what `viewer` sees of several labs, in their order, in a constant number of queries."""
    listed = list(ephemerals)
    if not listed:
        return []
    ids = [ephemeral.id for ephemeral in listed]
    counts, labs = _people_by_id(ids), labs_by_id(ephemeral.lab_id for ephemeral in listed)
    mine = set(session.scalars(_ids_joined_by(viewer).where(Participant.ephemeral_id.in_(ids))))

    def glance(ephemeral: Ephemeral) -> Glance:
        count = counts[ephemeral.id]
        state = state_of(ephemeral, participants=count, at=at)
        return Glance(ephemeral, labs[ephemeral.lab_id], state, count, ephemeral.id in mine)

    return [glance(ephemeral) for ephemeral in listed]


def lab_of(ephemeral: Ephemeral) -> Lab:
    """Give the permanent lab of an ephemeral one."""
    return session.get_one(Lab, ephemeral.lab_id)


def glance_at(ephemeral: Ephemeral, viewer: Viewer, *, at: datetime) -> Glance:
    """Give what `viewer` sees of one lab."""
    return glances([ephemeral], viewer, at=at)[0]


def participation_of(ephemeral: Ephemeral, viewer: Viewer) -> Participant | None:
    """Give the row that says `viewer` came, and perhaps left."""
    mine = sa.and_(Participant.ephemeral_id == ephemeral.id, Participant.person_id == viewer.person_id)
    return session.scalars(sa.select(Participant).where(mine)).first()


def participants_of(ephemeral: Ephemeral) -> list[Person]:
    """List the agents who are in a lab, alphabetical."""
    ids = session.scalars(
        sa.select(Participant.person_id).where(Participant.ephemeral_id == ephemeral.id, Participant.left_at.is_(None))
    )
    return sorted(people(ids).values(), key=lambda person: fold(person.name))


def guests_of(ephemeral: Ephemeral) -> list[Guest]:
    """List the guests who are in a lab and whose name is still kept, alphabetical."""
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


def joined_by(viewer: Viewer, *, at: datetime) -> list[Ephemeral]:
    """List the open labs this person is in, first to end first."""
    mine = Ephemeral.id.in_(_ids_joined_by(viewer))
    statement = sa.select(Ephemeral).where(mine, is_in(State.OPEN, at=at))
    return list(session.scalars(statement.order_by(Ephemeral.ends_at, Ephemeral.id)))


def to_tell_by(
    viewer: Viewer, *, at: datetime, since_days: int | None = None, limit: int = SHOWN_AT_ONCE
) -> list[Ephemeral]:
    """List the closed labs this person was in that nobody has told yet, first ended first.

    :param since_days: leave out those that ended longer ago
    """
    mine = Ephemeral.id.in_(_ids_joined_by(viewer))
    statement = sa.select(Ephemeral).where(mine, is_in(State.CLOSED, at=at))
    if since_days is not None:
        statement = statement.where(Ephemeral.ends_at > at - timedelta(days=since_days))
    return list(session.scalars(statement.order_by(Ephemeral.ends_at, Ephemeral.id).limit(limit)))


def opened_by(viewer: Viewer) -> sa.Select[Ephemeral]:
    """Select the labs this person opened."""
    return sa.select(Ephemeral).where(Ephemeral.author_id == viewer.person_id)


def open_now(viewer: Viewer, *, at: datetime, limit: int) -> list[Ephemeral]:
    """List the open labs this person may read, first to end first."""
    statement = ephemerals_matching(viewer, at=at, states=[State.OPEN])
    return list(session.scalars(statement.order_by(Ephemeral.ends_at, Ephemeral.id).limit(limit)))
