"""Verbs of the board « On cherche »: post, change, close, post again; say that one can, or no longer (C44).

What is posted stands in the audit with its author; who can, without: it is between the two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.api import (
    Audience,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Viewer,
    fold,
    local_day,
    local_midnight,
    notify,
    record,
    session,
    texts,
)

from plugins.ambassadors.models.card import CARDS, TIMES
from plugins.ambassadors.models.request import MAX_REACH
from plugins.ambassadors.models.wanted import Reply, Wanted
from plugins.ambassadors.queries.board import is_open, one_opening, own_reply, replies_for
from plugins.ambassadors.services.activity import note_activity
from plugins.ambassadors.services.holding import hold_person

_ = texts("ambassadors")

AUDIENCES = (Audience.INTRANET, Audience.NETWORK, Audience.LAB)
USUAL_DAYS = 30
MOST_DAYS = 180
SAME_MINUTES = 10
CHANGED = _.later("“%(title)s” has changed: look again whether you can")
FOUND = _.later("“%(title)s”: somebody was found. Thank you for having said that you could")
GIVEN_UP = _.later("“%(title)s” is no longer looked for. Thank you for having said that you could")
CAN = _.later("%(actor)s can take on “%(title)s”")
CANNOT = _.later("%(actor)s can no longer take on “%(title)s”")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is looked for, as it is written."""

    title: str
    minutes: int
    until: date
    is_without_computer: bool = False
    audience: Audience = Audience.INTRANET
    reader_group_id: int | None = None
    details: str = ""
    place: str = ""
    tag_id: int | None = None


def post_wanted(actor: Viewer, opening: Opening, *, at: datetime) -> Wanted:
    """Post what is looked for. The same title again within minutes is a second click.

    :raises Forbidden: whoever asks belongs to no lab
    :raises Invalid: a day that has passed or is far off; a time or an audience that does not exist; a lab of others
    """
    if actor.person_id is None or not actor.lab_ids:
        raise Forbidden
    wanted = Wanted(author_id=actor.person_id, posted_at=at)
    _write(actor, wanted, opening, at=at)
    posted = _posted_just_now(actor.person_id, opening.title, at=at)
    if posted is not None:
        return posted
    session.add(wanted)
    session.flush()
    note_activity(wanted.author_id, at=at)
    record("ambassadors.wanted_posted", wanted.subject, actor=actor, at=at)
    return wanted


def change_wanted(actor: Viewer, wanted: Wanted, opening: Opening, *, at: datetime) -> None:
    """Write it otherwise; those who said that they can are told to look again.

    :raises Forbidden: somebody else posted it
    :raises Conflict: it is off the board
    :raises Invalid: as when it was posted
    """
    _must_own(actor, wanted)
    must_be_open(wanted, at=at)
    _write(actor, wanted, opening, at=at)
    session.flush()
    notify(_repliers(actor, wanted), wanted.subject, CHANGED, at=at)
    record("ambassadors.wanted_changed", wanted.subject, actor=actor, at=at)


def close_wanted(actor: Viewer, wanted: Wanted, *, is_found: bool, at: datetime) -> None:
    """Take it off the board; those who said that they can are thanked. Twice changes nothing.

    :raises Forbidden: somebody else posted it
    """
    _must_own(actor, wanted)
    if wanted.closed_at is not None:
        return
    wanted.closed_at, wanted.is_found = at, is_found
    session.flush()
    notify(_repliers(actor, wanted), wanted.subject, FOUND if is_found else GIVEN_UP, at=at)
    record("ambassadors.wanted_closed", wanted.subject, actor=actor, at=at)


def post_again(actor: Viewer, wanted: Wanted, *, at: datetime) -> None:
    """Open it again; twice changes nothing.

    If its day has passed, for thirty days more, and who could then is asked anew by the board.

    :raises Forbidden: somebody else posted it, or whoever asks belongs to no lab any more
    """
    _must_own(actor, wanted)
    if not actor.lab_ids:
        raise Forbidden
    session.refresh(wanted, with_for_update=True)
    if is_open(wanted, at=at):
        return
    if wanted.until_at <= at:
        session.execute(sa.delete(Reply).where(Reply.wanted_id == wanted.id))
        wanted.posted_at, wanted.until_at = at, _end_of(local_day(at) + timedelta(days=USUAL_DAYS))
    wanted.closed_at, wanted.is_found = None, False
    session.flush()
    record("ambassadors.wanted_posted", wanted.subject, actor=actor, at=at)


def say_i_can(actor: Viewer, wanted: Wanted, *, reach: str, at: datetime) -> None:
    """Say that one can take it on, or how to be reached: the author is told, nobody else (C44).

    :param reach: in their own words; empty if they leave it to the portal
    :raises Forbidden: it is one's own, or nobody is there
    :raises Invalid: too long
    :raises Conflict: it is no longer looked for
    """
    held = _hold(actor, wanted, at=at)
    if actor.person_id is None or actor.person_id == held.author_id:
        raise Forbidden
    if len(reach) > MAX_REACH:
        raise Invalid(_("%(max)s signs at most.", max=MAX_REACH), field="reach")
    if not is_open(held, at=at):
        raise Conflict(_("It is no longer looked for: nothing was said to whoever posted it."))
    said = own_reply(actor, held)
    if said is not None:
        said.reach = reach
        session.flush()
        return
    session.add(Reply(wanted_id=held.id, person_id=actor.person_id, reach=reach, said_at=at))
    session.flush()
    notify([held.author_id], held.subject, CAN, at=at, actor=actor, must_act=True)
    note_activity(actor.person_id, at=at)
    record("ambassadors.wanted_answered", CARDS, actor=None, at=at)


def say_i_cannot(actor: Viewer, wanted: Wanted, *, at: datetime) -> None:
    """Take one's word back, without a reason: nothing of it stays. Twice changes nothing."""
    said = own_reply(actor, wanted)
    if said is None:
        return
    session.delete(said)
    session.flush()
    if is_open(wanted, at=at):
        notify([wanted.author_id], wanted.subject, CANNOT, at=at, actor=actor)
    record("ambassadors.wanted_answered", CARDS, actor=None, at=at)


def must_be_open(wanted: Wanted, *, at: datetime) -> None:
    """Refuse to change what is off the board: those who could were told that it is over.

    :raises Conflict: it is closed, or its day has passed
    """
    if not is_open(wanted, at=at):
        raise Conflict(_("It is off the board. Put it back first, then change it."))


def _posted_just_now(person_id: int, title: str, *, at: datetime) -> Wanted | None:
    """Give what this person posted under the same title a moment ago; of two clicks at once, one waits."""
    hold_person(person_id)
    since = at - timedelta(minutes=SAME_MINUTES)
    same = sa.select(Wanted).where(Wanted.author_id == person_id, Wanted.title == title, Wanted.posted_at > since)
    return session.scalars(same.where(Wanted.closed_at.is_(None)).limit(1)).first()


def _hold(actor: Viewer, wanted: Wanted, *, at: datetime) -> Wanted:
    """Hold an opening: two answers at once, or an answer while it is closed, come one after the other."""
    session.execute(sa.select(Wanted.id).where(Wanted.id == wanted.id).with_for_update())
    session.refresh(wanted)
    found = one_opening(actor, wanted.id, at=at)
    if found is None:
        raise NotFound
    return found


def _must_own(actor: Viewer, wanted: Wanted) -> None:
    if actor.person_id is None or actor.person_id != wanted.author_id:
        raise Forbidden


def _repliers(actor: Viewer, wanted: Wanted) -> list[int]:
    return [reply.person_id for reply in replies_for(actor, wanted)]


def _end_of(day: date) -> datetime:
    return local_midnight(day + timedelta(days=1))


def _write(actor: Viewer, wanted: Wanted, opening: Opening, *, at: datetime) -> None:
    _check(actor, wanted, opening, at=at)
    wanted.title, wanted.details, wanted.place = opening.title, opening.details, opening.place
    wanted.folded = fold(opening.title, opening.details, opening.place)
    wanted.minutes, wanted.is_without_computer = opening.minutes, opening.is_without_computer
    wanted.tag_id, wanted.until_at = opening.tag_id, _end_of(opening.until)
    wanted.audience, wanted.reader_group_id = opening.audience, opening.reader_group_id


def _check(actor: Viewer, wanted: Wanted, opening: Opening, *, at: datetime) -> None:
    today = local_day(at)
    if not today <= opening.until <= today + timedelta(days=MOST_DAYS):
        raise Invalid(_("A day from today on, within %(days)s days.", days=MOST_DAYS), field="until")
    if opening.minutes not in TIMES:
        raise Invalid(_("Choose one of these times."), field="minutes")
    if opening.audience not in AUDIENCES:
        raise Invalid(_("Choose who may read this."), field="audience")
    theirs = actor.lab_ids | {wanted.reader_group_id}
    if opening.audience == Audience.LAB and (opening.reader_group_id is None or opening.reader_group_id not in theirs):
        raise Invalid(_("Choose the lab whose members may read it."), field="audience")
