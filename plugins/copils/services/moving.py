"""What may change before a copil begins: its day, whether it sits at all, who facilitates it (C07)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Person,
    Viewer,
    day,
    local_day,
    local_midnight,
    publish,
    session,
    texts,
)
from portal.api import person as person_card

from plugins.copils import permissions
from plugins.copils.models.copil import MAX_REASON, RESCHEDULE_DAYS, Copil, FormerDay
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.queries.copil_states import MOVABLE, may_move, state_of
from plugins.copils.queries.copils import copil_by_id, former_days
from plugins.copils.queries.deciders import deciders_of, is_decider
from plugins.copils.services.announcing import (
    AHEAD_DAYS,
    check_day,
    check_facilitator,
    due_after,
    earliest_day,
    freeze_of,
)
from plugins.copils.services.facts import hold, hold_calling, must_facilitate
from plugins.copils.services.placing import carry_all
from plugins.copils.services.walls import follow_day, forget_room

_ = texts("copils")

_MISSED = sa.select(sa.func.min(FormerDay.held_at)).where(
    FormerDay.copil_id == sa.bindparam("number"), FormerDay.held_at <= FormerDay.moved_at
)


def must_be_ahead(actor: Viewer, copil: Copil, *, at: datetime) -> int:
    """Give the actor's id, if they facilitate a copil that has not begun, and keep it as it is meanwhile.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it has begun, was called off, or it is its hour: whoever came or stayed away, it is opened
    """
    hold(copil)
    person_id = must_facilitate(actor, copil, at=at)
    if state_of(copil, at=at) not in MOVABLE:
        raise Conflict(_("This copil has begun, was called off, or is over: its day no longer changes."))
    if not may_move(copil, at=at):
        raise Conflict(_("It is the hour of this copil: open it, whoever came. If too few, it is held again."))
    return person_id


def _reason(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > MAX_REASON:
        raise Invalid(_("Say why, in %(most)s signs at most.", most=MAX_REASON), field="reason")
    return words


def move(actor: Viewer, copil: Copil, *, held_at: datetime, reason: str, at: datetime) -> None:
    """Give a copil another day, with a reason; the day it was to sit on stays readable. Twice is once.

    An agenda that is settled stays settled. Rule: C07 SPEC 2.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it has begun, was called off, or it is its hour
    :raises Invalid: no reason, the same day, an earlier one once the agenda is settled, one that is too near or too far
    """
    person_id = must_be_ahead(actor, copil, at=at)
    words = _reason(reason)
    if held_at == copil.held_at:
        if any(former.reason == words for former in former_days(copil)[:1]):
            return
        raise Invalid(_("It already sits on this day. Choose another one."), field="held_at")
    _check_new_day(copil, held_at, at)
    session.add(FormerDay(copil_id=copil.id, held_at=copil.held_at, reason=words, moved_at=at))
    if at < copil.freezes_at:
        copil.freezes_at = freeze_of(held_at)
    copil.held_at, copil.answers_due_on, copil.announced_as = held_at, due_after(held_at), None
    session.flush()
    follow_day(copil)
    publish(Event("copils.copil_moved", copil.subject, person_id, at, {"held_at": held_at.isoformat()}))


def _check_new_day(copil: Copil, held_at: datetime, at: datetime) -> None:
    is_settled = at >= copil.freezes_at
    if is_settled and not copil.held_at < held_at <= at + timedelta(days=AHEAD_DAYS):
        raise Invalid(_("The agenda is settled: this copil moves to a later day only, within a year."), field="held_at")
    since = owed_since(copil, at=at)
    if since is None:
        if not is_settled:
            check_day(held_at, called_at=copil.created_at, at=at)
        return
    last = local_day(since) + timedelta(days=RESCHEDULE_DAYS)
    if held_at <= at or local_day(held_at) > last:
        words = _("It did not take place as it was to: it sits on a day to come, %(day)s at the latest.", day=day(last))
        raise Invalid(words, field="held_at")
    if not is_settled and freeze_of(held_at) < at:
        hour = held_at - local_midnight(local_day(held_at))
        first = earliest_day(at, hour=hour, call_days=0)
        words = _("Its agenda is settled three working days before: the earliest day is %(day)s.", day=day(first))
        raise Invalid(words, field="held_at")


def owed_since(copil: Copil, *, at: datetime) -> datetime | None:
    """Give the hour at which a copil that is owed was to sit first; None if it may still be called off.

    It is owed when its hour passed and nobody opened it, and when it follows one to which too few came (C07 SPEC 12).
    """
    missed = session.scalar(_MISSED, {"number": copil.id})
    if missed is None and copil.held_at <= at:
        missed = copil.held_at
    before = copil_by_id(copil.follows_id)
    return missed or (before.held_at if before else None)


def may_cancel(copil: Copil, *, at: datetime) -> bool:
    """Tell whether a copil may be called off: before its hour, unless it is owed."""
    return may_move(copil, at=at) and owed_since(copil, at=at) is None


def cancel(actor: Viewer, copil: Copil, *, reason: str, at: datetime) -> None:
    """Call a copil off, with a reason; its questions go on to another one. Twice is once.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it has begun, or it is its hour, or it is owed (C07 SPEC 12)
    :raises Invalid: no reason
    """
    if copil.cancelled_at is not None:
        return
    calling = hold_calling(copil, at=at)
    person_id = must_be_ahead(actor, copil, at=at)
    if owed_since(copil, at=at) is not None:
        raise Conflict(_("This copil did not take place as it was to: it is owed. It can be moved, not called off."))
    copil.cancelled_at, copil.cancel_reason, copil.announced_as = at, _reason(reason), None
    session.flush()
    publish(Event("copils.copil_cancelled", copil.subject, person_id, at))
    carry_all(agenda_of(copil.id), calling, at=at)


def may_hand_over(actor: Viewer, copil: Copil, *, at: datetime) -> bool:
    """Tell whether somebody may name who facilitates.

    Whoever facilitates may, though they have since become a decider: it is then the one thing left for them to do.
    When they decide there or have left, so may whoever announces copils, if they decide nothing there.
    """
    if actor.person_id == copil.facilitator_id:
        return True
    facilitator = Viewer(person_id=copil.facilitator_id)
    is_stuck = person_card(copil.facilitator_id).has_left or is_decider(facilitator, copil.id, at=at)
    return (
        is_stuck
        and actor.person_id is not None
        and permissions.may(actor, permissions.ANNOUNCE, copil)
        and not is_decider(actor, copil.id, at=at)
    )


def must_hand_over(actor: Viewer, copil: Copil, *, at: datetime) -> None:
    """Go on only if somebody may name who facilitates.

    :raises Forbidden: they may not
    """
    if not may_hand_over(actor, copil, at=at):
        raise Forbidden(_("Only the person who facilitates this copil may do that."))


def hand_over(actor: Viewer, copil: Copil, *, facilitator: Person, at: datetime) -> None:
    """Name who facilitates a copil from now on.

    :raises Forbidden: the actor may not
    :raises Invalid: they are to answer there
    """
    hold(copil)
    must_hand_over(actor, copil, at=at)
    check_facilitator(facilitator, tuple(row.function_id for row in deciders_of(copil.id)), at=at)
    if facilitator.id == copil.facilitator_id:
        return
    copil.facilitator_id = facilitator.id
    session.flush()
    forget_room(copil)
    publish(Event("copils.copil_handed_over", copil.subject, actor.person_id, at))
