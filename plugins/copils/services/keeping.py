"""What the owner of a commitment may do: take it on, give a later day with a reason, say that it is done (C07).

Whoever holds the function today owns it; while nobody here does, the facilitator acts in its name, and that is shown.
No act here hides that a day has passed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Event, Forbidden, Invalid, Viewer, local_day, publish, session, texts

from plugins.copils.models.commitment import MAX_PROOF, Commitment, FormerDue
from plugins.copils.models.copil import MAX_REASON
from plugins.copils.services.committing import FARTHEST_DAYS
from plugins.copils.services.facts import hold, must_answer_for, must_stand

_ = texts("copils")


def say(happened: str, commitment: Commitment, *, by: int | None, at: datetime) -> None:
    """Publish what became of a commitment."""
    facts = {"copil": commitment.copil_id, "question": commitment.question_id}
    publish(Event(f"copils.commitment_{happened}", commitment.subject, by, at, facts))


def written(text: str, most: int, *, field: str, wanted: str) -> str:
    """Give what was typed, without blanks around it.

    :raises Invalid: nothing, or too much
    """
    words = text.strip()
    if not words:
        raise Invalid(wanted, field=field)
    if len(words) > most:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=most), field=field)
    return words


def say_done(actor: Viewer, commitment: Commitment, *, proof: str, at: datetime) -> None:
    """Say that it is done, and what was done; those who asked will say whether it is. Saying it twice changes nothing.

    Rule: C07 SPEC 8 and 14.

    :raises Forbidden: the function is not theirs
    :raises Conflict: it was said done already, is kept or withdrawn
    :raises Invalid: nothing is said of what was done
    """
    person_id, in_name = _own(actor, commitment, at)
    words = written(proof, MAX_PROOF, field="proof", wanted=_("Say in a sentence what was done."))
    if (commitment.proposed_by_id, commitment.proof) == (person_id, words):
        return
    _must_be_owed(commitment)
    commitment.proposed_at, commitment.proposed_by_id = at, person_id
    commitment.proof, commitment.in_name, commitment.unconfirmed_noted = words, in_name, False
    _take_on(commitment, person_id, in_name=in_name)
    say("proposed", commitment, by=person_id, at=at)


def postpone(actor: Viewer, commitment: Commitment, *, due_on: date, reason: str, at: datetime) -> None:
    """Give a later day; the former one stays readable with the reason. What is late stays late.

    Rule: C07 SPEC 6, 7 and 14.

    :raises Forbidden: the function is not theirs
    :raises Conflict: it was said done, is kept or withdrawn
    :raises Invalid: no reason, a day that is not later, or more than ten years away
    """
    person_id, in_name = _own(actor, commitment, at)
    words = written(reason, MAX_REASON, field="reason", wanted=_("Say why: everybody will read it."))
    if _is_said_already(commitment, due_on, words, person_id):
        return
    _must_be_owed(commitment)
    _check_later(commitment, due_on, local_day(at))
    session.add(
        FormerDue(
            commitment_id=commitment.id,
            due_on=commitment.due_on,
            reason=words,
            in_name=in_name,
            person_id=person_id,
            changed_at=at,
        )
    )
    if commitment.pressing_on >= local_day(at):
        commitment.pressing_on = due_on
    commitment.due_on, commitment.postponed = due_on, commitment.postponed + 1
    _take_on(commitment, person_id, in_name=in_name)
    say("postponed", commitment, by=person_id, at=at)


def take_on(actor: Viewer, commitment: Commitment, *, at: datetime) -> None:
    """Answer for what a predecessor promised; doing it twice changes nothing (C07 SPEC 10).

    :raises Forbidden: the function is not theirs
    :raises Conflict: it is kept or withdrawn
    """
    hold(commitment)
    person_id, in_name = must_answer_for(actor, commitment, commitment.copil, at=at)
    if in_name:
        raise Forbidden(_("Only whoever holds the function may take it on; nobody does today."))
    must_stand(commitment)
    if commitment.holder_id == person_id:
        return
    _take_on(commitment, person_id, in_name=False)
    say("reconfirmed", commitment, by=person_id, at=at)


def _own(actor: Viewer, commitment: Commitment, at: datetime) -> tuple[int, bool]:
    """Hold the row, and give who acts and whether in the name of a function that nobody holds."""
    hold(commitment)
    owner = must_answer_for(actor, commitment, commitment.copil, at=at)
    must_stand(commitment)
    return owner


def _take_on(commitment: Commitment, person_id: int, *, in_name: bool) -> None:
    """Note that whoever acts answers for it from now on; who acts in a name does not."""
    if not in_name:
        commitment.holder_id = person_id
    session.flush()


def _must_be_owed(commitment: Commitment) -> None:
    if commitment.proposed_at is not None:
        raise Conflict(_("It has been said done: those who asked now say whether it is."))


def _is_said_already(commitment: Commitment, due_on: date, reason: str, person_id: int) -> bool:
    """Tell whether this very postponement was the last one: a second click."""
    if commitment.due_on != due_on:
        return False
    last = sa.select(FormerDue).where(FormerDue.commitment_id == commitment.id).order_by(FormerDue.id.desc()).limit(1)
    found = session.scalar(last)
    return found is not None and (found.reason, found.person_id) == (reason, person_id)


def _check_later(commitment: Commitment, due_on: date, today: date) -> None:
    if due_on <= commitment.due_on or due_on < today:
        raise Invalid(_("Choose a day later than the one that was promised."), field="due_on")
    if due_on > today + timedelta(days=FARTHEST_DAYS):
        raise Invalid(_("Choose a day within ten years."), field="due_on")
