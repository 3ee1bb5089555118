"""Telling a lab: one outcome among five of equal weight, and what was learnt (C01 SPEC 5)."""

from __future__ import annotations

from datetime import datetime

from portal.api import (
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Viewer,
    must_have_seen,
    person,
    publish,
    record,
    session,
    texts,
)

from plugins.labs.models.ephemeral import MAX_LEARNT, Ephemeral, FormerTelling
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.queries.ephemerals import participation_of
from plugins.labs.services.facts import hold
from plugins.labs.services.running import refold

_ = texts("labs")


def told_of(ephemeral: Ephemeral) -> dict[str, str | None]:
    """Give what is told of a lab by now, by the name of the field."""
    return {"outcome": ephemeral.outcome, "learnt": ephemeral.learnt}


def tell_ephemeral(
    actor: Viewer, ephemeral: Ephemeral, *, outcome: str, learnt: str, at: datetime, seen: str | None = None
) -> None:
    """Tell a closed lab, as somebody who was in it; whoever told it may correct their sentence.

    Telling the same thing twice changes nothing. Rule: C01 SPEC 5.

    :param seen: the `edition_of` what is told of it that the actor had before them; None not to ask
    :raises Forbidden: the actor was not in it
    :raises Conflict: it is not closed, or somebody else told it first
    :raises Overtaken: the actor told it elsewhere meanwhile
    :raises Invalid: no outcome, or no sentence
    """
    hold(ephemeral)
    person_id = must_be_tellable(actor, ephemeral, at=at)
    _check(outcome, learnt)
    wanted = {"outcome": outcome, "learnt": learnt.strip()}
    must_have_seen(seen, told_of(ephemeral), wanted)
    if told_of(ephemeral) == wanted:
        return
    before = _keep_former(ephemeral, at)
    ephemeral.outcome, ephemeral.learnt, ephemeral.told_by_id = outcome, learnt.strip(), person_id
    ephemeral.told_at = ephemeral.told_at or at
    refold(ephemeral)
    if before is not None:
        record("labs.telling_corrected", ephemeral.subject, actor=actor, at=at)
        return
    # the outcome is not a fact of the event: nobody is to count by it (C02 SPEC 3)
    publish(Event("labs.ephemeral_told", ephemeral.subject, person_id, at, {"lab": ephemeral.lab_id}))


def must_be_tellable(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> int:
    """Give the actor's id if they may tell this lab now, or correct what they told.

    :raises Forbidden: the actor was not in it
    :raises Conflict: it is not closed, or somebody else told it first
    """
    person_id = _must_have_been_in(actor, ephemeral)
    _must_have_ended(ephemeral, at)
    if ephemeral.told_by_id is not None and ephemeral.told_by_id != person_id:
        raise _already_told(ephemeral)
    return person_id


def _already_told(ephemeral: Ephemeral) -> Conflict:
    """Say who told the lab first, and what they told."""
    name = person(ephemeral.told_by_id or 0).name
    return Conflict(
        _("%(name)s has just told this lab: “%(learnt)s” Thank you both.", name=name, learnt=ephemeral.learnt)
    )


def _must_have_been_in(actor: Viewer, ephemeral: Ephemeral) -> int:
    if actor.person_id is not None:
        found = participation_of(ephemeral, actor)
        if found is not None and found.left_at is None:
            return actor.person_id
    raise Forbidden(_("Only those who were in this lab may tell it."))


def _must_have_ended(ephemeral: Ephemeral, at: datetime) -> None:
    if ephemeral.cancelled_at is not None:
        raise Conflict(_("This lab was called off."))
    if at < ephemeral.ends_at:
        raise Conflict(_("This lab is not over yet: it is told once it has closed."))


def _check(outcome: str, learnt: str) -> None:
    if outcome not in OUTCOMES:
        raise Invalid(_("Choose what became of it."), field="outcome")
    if not learnt.strip():
        raise Invalid(_("Write at least one sentence: what was learnt."), field="learnt")
    if len(learnt.strip()) > MAX_LEARNT:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_LEARNT), field="learnt")


def _keep_former(ephemeral: Ephemeral, at: datetime) -> FormerTelling | None:
    if ephemeral.outcome is None or ephemeral.learnt is None or ephemeral.told_by_id is None:
        return None
    former = FormerTelling(
        ephemeral_id=ephemeral.id,
        outcome=ephemeral.outcome,
        learnt=ephemeral.learnt,
        person_id=ephemeral.told_by_id,
        until_at=at,
    )
    session.add(former)
    return former
