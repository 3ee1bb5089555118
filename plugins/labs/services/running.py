"""What may change while a lab is announced or open: once longer, its question corrected, called off (C01)."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.api import (
    Conflict,
    Forbidden,
    Invalid,
    Viewer,
    fold,
    give_back,
    move_expiry,
    record,
    revoke_tokens,
    session,
    texts,
)

from plugins.labs.models.ephemeral import MAX_QUESTION, MAX_REASON, Ephemeral, Wording
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemerals import former_wordings, participation_of
from plugins.labs.services.facts import hold, must_have_opened
from plugins.labs.services.opening import GUEST_SCOPE, refused_reopening

_ = texts("labs")


def must_run(ephemeral: Ephemeral, *, at: datetime) -> None:
    """Go on only while the lab is open.

    :raises Conflict: it has not begun, it was called off, or it has ended and is never opened again (C01 SPEC 6)
    """
    if ephemeral.cancelled_at is not None:
        raise Conflict(_("This lab was called off."))
    if at < ephemeral.starts_at:
        raise Conflict(_("This lab has not begun yet."))
    if at >= ephemeral.ends_at or ephemeral.ending_noted:
        raise refused_reopening()


def refold(ephemeral: Ephemeral) -> None:
    """Write again what search reads: the question, what it said before, what was learnt."""
    session.flush()
    former = [wording.text for wording in former_wordings(ephemeral)]
    ephemeral.folded = fold(ephemeral.question, *former, ephemeral.learnt)
    session.flush()


def may_extend_by(ephemeral: Ephemeral, lab: Lab) -> int:
    """Give the longest extension in minutes: the first duration, within what the lab allows in all.

    Rule: C01 SPEC 2 and 4.
    """
    return max(0, min(ephemeral.minutes, lab.max_minutes - ephemeral.minutes))


def extend_ephemeral(actor: Viewer, ephemeral: Ephemeral, *, lab: Lab, minutes: int, reason: str, at: datetime) -> None:
    """Make an open lab last longer, once, with a reason.

    Rule: C01 SPEC 4.

    :raises Forbidden: the actor neither opened it nor is in it
    :raises Conflict: it is not open, or was extended before: a new lab follows it
    :raises Invalid: too long, or without a reason
    """
    hold(ephemeral)
    must_be_extensible(actor, ephemeral, lab=lab, at=at)
    if not 0 < minutes <= may_extend_by(ephemeral, lab):
        raise Invalid(_("Choose a duration of this list."), field="minutes")
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid(_("Say in a few words why it lasts longer."), field="reason")
    _extend(actor, ephemeral, minutes, reason.strip(), at)


def must_be_extensible(actor: Viewer, ephemeral: Ephemeral, *, lab: Lab, at: datetime) -> None:
    """Go on only if this actor may make this lab longer now.

    :raises Forbidden: the actor neither opened it nor is in it
    :raises Conflict: it is not open, was extended before, or lasts as long as its lab allows
    """
    must_run(ephemeral, at=at)
    _must_take_part(actor, ephemeral)
    if ephemeral.extended_at is not None:
        raise Conflict(
            _("This lab has already been made longer once. To go on after it, open a new lab that continues it.")
        )
    if not may_extend_by(ephemeral, lab):
        raise Conflict(
            _("This lab already lasts as long as it may. To go on after it, open a new lab that continues it.")
        )


def _must_take_part(actor: Viewer, ephemeral: Ephemeral) -> None:
    if actor.person_id is not None:
        found = participation_of(ephemeral, actor)
        if actor.person_id == ephemeral.author_id or (found is not None and found.left_at is None):
            return
    raise Forbidden(_("Only the person who opened this lab and those who are in it may make it last longer."))


def _extend(actor: Viewer, ephemeral: Ephemeral, minutes: int, reason: str, at: datetime) -> None:
    ephemeral.extended_at, ephemeral.extended_by_id = at, actor.person_id
    ephemeral.extension_minutes, ephemeral.extension_reason = minutes, reason
    ephemeral.ends_at += timedelta(minutes=minutes)
    session.flush()
    move_expiry(GUEST_SCOPE, ephemeral.subject, expires_at=ephemeral.ends_at)
    record("labs.ephemeral_extended", ephemeral.subject, actor=actor, at=at, facts={"minutes": minutes})


def correct_question(actor: Viewer, ephemeral: Ephemeral, *, question: str, at: datetime) -> None:
    """Correct the question of a lab that has not ended; what it said before stays readable.

    Rule: C01 SPEC 9.

    :raises Forbidden: somebody else opened it
    :raises Conflict: it was called off or has ended
    """
    hold(ephemeral)
    person_id = must_be_correctable(actor, ephemeral, at=at)
    wanted = question.strip()
    if not wanted or len(wanted) > MAX_QUESTION:
        raise Invalid(_("Write the question."), field="question")
    if wanted == ephemeral.question:
        return
    session.add(Wording(ephemeral_id=ephemeral.id, text=ephemeral.question, person_id=person_id, until_at=at))
    ephemeral.question = wanted
    refold(ephemeral)
    record("labs.ephemeral_reworded", ephemeral.subject, actor=actor, at=at)


def must_be_correctable(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> int:
    """Give the actor's id if they may correct the question now; that of an announced lab may be corrected too.

    :raises Forbidden: somebody else opened it
    :raises Conflict: it was called off or has ended
    """
    person_id = must_have_opened(actor, ephemeral)
    must_run(ephemeral, at=max(at, ephemeral.starts_at))
    return person_id


def must_be_ahead(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Go on only if this actor may call this lab off now.

    :raises Forbidden: somebody else opened it
    :raises Conflict: it has begun
    """
    must_have_opened(actor, ephemeral)
    if at >= ephemeral.starts_at:
        raise Conflict(_("This lab has begun: it can no longer be called off. It closes by itself."))


def cancel_ephemeral(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Call an announced lab off; doing it twice changes nothing.

    Rule: C01 SPEC 3 (before its start, by its opener).

    :raises Forbidden: somebody else opened it
    :raises Conflict: it has begun
    """
    hold(ephemeral)
    must_be_ahead(actor, ephemeral, at=at)
    if ephemeral.cancelled_at is not None:
        return
    ephemeral.cancelled_at = at
    ephemeral.opening_noted = ephemeral.ending_noted = True
    session.flush()
    revoke_tokens(GUEST_SCOPE, ephemeral.subject)
    record("labs.ephemeral_cancelled", ephemeral.subject, actor=actor, at=at)
    give_back(ephemeral.subject, actor=actor, at=at)


def give_question_back(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Give back the question a lab was opened for, to be taken up otherwise; doing it twice changes nothing.

    :raises Forbidden: somebody else opened the lab
    """
    hold(ephemeral)
    must_have_opened(actor, ephemeral)
    give_back(ephemeral.subject, actor=actor, at=at)
