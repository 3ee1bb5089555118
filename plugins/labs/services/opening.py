"""Opening an ephemeral lab: by a member of its lab, within its bounds (C01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Event,
    Invalid,
    Viewer,
    fold,
    issue_token,
    publish,
    record,
    record_passage,
    session,
    texts,
)

from plugins.labs.models.ephemeral import LEVELS, MAX_PLACE, MAX_QUESTION, Ephemeral, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemerals import ephemeral_for
from plugins.labs.services.facts import must_be_member, must_be_open

_ = texts("labs")

GUEST_SCOPE = "labs.guest"
AHEAD_DAYS = 366
LATE_MINUTES = 60
SECOND_CLICK_MINUTES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What an opening asks (C01 SPEC 1: five things), and what it may add.

    :ivar minutes: longest duration
    :ivar continues_id: a lab of the same lab, of which this one is the sequel; 0 or None for no other
    :ivar resown_from_id: a lab this one is a copy of
    """

    question: str
    starts_at: datetime
    minutes: int
    place: str
    audience: str
    allows_guests: bool = False
    continues_id: int | None = None
    resown_from_id: int | None = None


def open_ephemeral(actor: Viewer, lab: Lab, *, plan: Plan, at: datetime) -> Ephemeral:
    """Open an ephemeral lab now, or announce one.

    Whoever opens one that starts now is in it; whoever announces one is not, so that « nobody came » can be true. The
    same question opened twice within two minutes is a second click: the first lab is given back.
    Rule: C01 SPEC 1 and 2.

    :raises Forbidden: the actor does not belong to the lab
    :raises Invalid: a bound is not kept
    :raises Conflict: the lab is closed
    """
    author_id = must_be_member(actor, lab)
    must_be_open(lab)  # of two clicks at once, the second sees from here what the first opened
    _check_words(plan)
    _check_times(lab, plan, at)
    _check_ties(actor, lab, plan, at)
    again = _second_click(author_id, lab, plan, at)
    if again is not None:
        return again
    ephemeral = _add(author_id, lab, plan, at)
    issue_token(GUEST_SCOPE, subject=ephemeral.subject, expires_at=ephemeral.ends_at)
    if ephemeral.starts_at > at:
        record("labs.ephemeral_announced", ephemeral.subject, actor=actor, at=at, facts={"lab": lab.id})
        return ephemeral
    session.add(Participant(ephemeral_id=ephemeral.id, person_id=author_id, joined_at=at))
    note_opening(ephemeral, actor_id=author_id)
    return ephemeral


def _check_words(plan: Plan) -> None:
    if not plan.question.strip():
        raise Invalid(_("Write the question."), field="question")
    if len(plan.question) > MAX_QUESTION:
        raise Invalid(_("Shorten the question: %(most)s signs at most.", most=MAX_QUESTION), field="question")
    if len(plan.place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")
    if plan.audience not in LEVELS:
        raise Invalid(_("Choose who can read."), field="audience")


def _check_times(lab: Lab, plan: Plan, at: datetime) -> None:
    if not 0 < plan.minutes <= lab.max_minutes:
        raise Invalid(_("Choose a duration this lab allows."), field="minutes")
    if plan.starts_at < at - timedelta(minutes=LATE_MINUTES):
        raise Invalid(_("This beginning is already past. Leave it at now, or choose later."), field="starts_at")
    if plan.starts_at > at + timedelta(days=AHEAD_DAYS):
        raise Invalid(_("This beginning is more than a year away. Choose a nearer day."), field="starts_at")


def _check_ties(actor: Viewer, lab: Lab, plan: Plan, at: datetime) -> None:
    if plan.resown_from_id and ephemeral_for(actor, plan.resown_from_id, at=at) is None:
        raise Invalid(_("The lab you are sowing again is not open to you."))
    if not plan.continues_id:
        return
    before = ephemeral_for(actor, plan.continues_id, at=at)
    if before is None or before.lab_id != lab.id:
        raise Invalid(_("Choose a lab of this list."), field="continues_id")


def _second_click(author_id: int, lab: Lab, plan: Plan, at: datetime) -> Ephemeral | None:
    same = sa.and_(
        Ephemeral.author_id == author_id,
        Ephemeral.lab_id == lab.id,
        Ephemeral.question == plan.question.strip(),
        Ephemeral.minutes == plan.minutes,
        Ephemeral.cancelled_at.is_(None),
        Ephemeral.created_at > at - timedelta(minutes=SECOND_CLICK_MINUTES),
    )
    found = session.scalar(sa.select(Ephemeral).where(same).order_by(Ephemeral.id.desc()).limit(1))
    return found if found and found.starts_at == max(plan.starts_at, found.created_at) else None


def _add(author_id: int, lab: Lab, plan: Plan, at: datetime) -> Ephemeral:
    question, starts_at = plan.question.strip(), max(plan.starts_at, at)
    ephemeral = Ephemeral(
        lab_id=lab.id,
        author_id=author_id,
        reader_group_id=lab.group_id,
        audience=plan.audience,
        question=question,
        folded=fold(question),
        place=plan.place.strip(),
        created_at=at,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=plan.minutes),
        minutes=plan.minutes,
        allows_guests=plan.allows_guests,
        continues_id=plan.continues_id or None,
        resown_from_id=plan.resown_from_id,
    )
    session.add(ephemeral)
    session.flush()
    return ephemeral


def note_opening(ephemeral: Ephemeral, *, actor_id: int | None) -> None:
    """Publish once, with its true instant, that a lab opened."""
    ephemeral.opening_noted = True
    session.flush()
    if record_passage(ephemeral.subject, "open", ephemeral.starts_at):
        facts = {"lab": ephemeral.lab_id}
        publish(Event("labs.ephemeral_opened", ephemeral.subject, actor_id, ephemeral.starts_at, facts))


def refused_reopening() -> Conflict:
    """Say why a lab that has ended does not open again (C01 SPEC 6)."""
    return Conflict(
        _("This lab has ended and cannot be opened again. Sow it again: its question is kept, and the link.")
    )
