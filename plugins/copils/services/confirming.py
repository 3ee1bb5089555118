"""What those who asked may do with a commitment: say how one will know it is done, then whether it really is (C07).

Nobody else may, whatever they hold or administer; and nobody closes alone what they said done or answer for.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Viewer, function_cards, session, texts

from plugins.copils.models.commitment import MAX_KNOWN_BY, Commitment, Refusal
from plugins.copils.models.copil import MAX_REASON
from plugins.copils.services.facts import hold, must_ask, must_stand
from plugins.copils.services.keeping import say, written

_ = texts("copils")

# Whoever acts may be one of a collective, which is named to nobody: the page says what was done, the history tells none
# of it, whatever question it was asked by (C07 SPEC 11).
ACTS_OF_ASKERS = ("copils.commitment_known", "copils.commitment_confirmed", "copils.commitment_refused")


def must_witness(actor: Viewer, commitment: Commitment, *, at: datetime) -> int:
    """Give the actor's id, if they asked, decide nothing at the copil and do not answer for this commitment.

    Rule: C07 SPEC 8 and 14.

    :raises Forbidden: they did not ask, have become a decider, hold the function, or said themselves that it is done
    """
    person_id = must_ask(actor, commitment.question, commitment.copil, at=at)
    holder = function_cards([commitment.function_id], at=at)[commitment.function_id].holder
    if commitment.proposed_by_id == person_id or (holder is not None and holder.id == person_id):
        raise Forbidden(_("You answer for this commitment: somebody else who asked says whether it is done."))
    return person_id


def say_how_known(actor: Viewer, commitment: Commitment, *, known_by: str, at: datetime) -> None:
    """Write « on saura que c'est fait quand… »; correcting it is for those who asked too, until it is said done.

    Rule: C07 SPEC 5.

    :raises Forbidden: they may not witness
    :raises Conflict: it has been said done once: by what one judges changes no more
    :raises Invalid: nothing is written
    """
    hold(commitment)
    person_id = must_witness(actor, commitment, at=at)
    must_stand(commitment)
    words = written(known_by, MAX_KNOWN_BY, field="known_by", wanted=_("Say what one will see once it is done."))
    if commitment.known_by == words:
        return
    if commitment.proposed_at is not None or (commitment.known_by is not None and _was_refused(commitment)):
        raise Conflict(_("It has been said done: by what one judges it changes no more."))
    commitment.known_by, commitment.known_by_id = words, person_id
    session.flush()
    say("known", commitment, by=person_id, at=at)


def _was_refused(commitment: Commitment) -> bool:
    found = sa.select(Refusal.id).where(Refusal.commitment_id == commitment.id).limit(1)
    return session.scalar(found) is not None


def confirm(actor: Viewer, commitment: Commitment, *, at: datetime) -> None:
    """Say that it is really done; saying it twice changes nothing. After thirty days one still may.

    Rule: C07 SPEC 8.

    :raises Forbidden: they may not witness
    :raises Conflict: nobody says it is done, or somebody else was faster
    """
    hold(commitment)
    person_id = must_witness(actor, commitment, at=at)
    if commitment.confirmed_by_id == person_id:
        return
    must_stand(commitment)
    _must_be_said_done(commitment)
    commitment.confirmed_at, commitment.confirmed_by_id = at, person_id
    session.flush()
    say("confirmed", commitment, by=person_id, at=at)


def refuse(actor: Viewer, commitment: Commitment, *, reason: str, at: datetime) -> None:
    """Say that it is not done, and why; it is open again, in public, with what had been said. Twice is once.

    Rule: C07 SPEC 8.

    :raises Forbidden: they may not witness
    :raises Conflict: nobody says it is done any more, or it is kept
    :raises Invalid: no reason
    """
    hold(commitment)
    person_id = must_witness(actor, commitment, at=at)
    must_stand(commitment)
    words = written(reason, MAX_REASON, field="reason", wanted=_("Say what is still missing: everybody will read it."))
    if _is_refused_already(commitment, words, person_id):
        return
    proposed_at, proposed_by_id = _must_be_said_done(commitment)
    session.add(
        Refusal(
            commitment_id=commitment.id,
            proof=commitment.proof,
            proposed_by_id=proposed_by_id,
            proposed_at=proposed_at,
            in_name=commitment.in_name,
            reason=words,
            person_id=person_id,
            refused_at=at,
        )
    )
    commitment.proposed_at = commitment.proposed_by_id = commitment.proof = None
    commitment.in_name = False
    session.flush()
    say("refused", commitment, by=person_id, at=at)


def _is_refused_already(commitment: Commitment, reason: str, person_id: int) -> bool:
    """Tell whether this very refusal was the last thing said of it: a second click."""
    if commitment.proposed_at is not None:
        return False
    last = sa.select(Refusal).where(Refusal.commitment_id == commitment.id).order_by(Refusal.id.desc()).limit(1)
    found = session.scalar(last)
    return found is not None and (found.reason, found.person_id) == (reason, person_id)


def _must_be_said_done(commitment: Commitment) -> tuple[datetime, int]:
    """Give when it was said done and by whom.

    :raises Conflict: it is not
    """
    if commitment.proposed_at is None or commitment.proposed_by_id is None:
        raise Conflict(
            _("Nobody says that it is done: either nobody did yet, or somebody who asked has just refused it.")
        )
    return commitment.proposed_at, commitment.proposed_by_id
