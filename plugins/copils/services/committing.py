"""A commitment is born of an answer, and goes only with it (C07 SPEC 4 and 5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.api import Event, Invalid, Person, Viewer, fold, function_cards, local_day, publish, session, texts

from plugins.copils.models.commitment import MAX_COMMITMENT, PROMISE, Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question

_ = texts("copils")

FARTHEST_DAYS = 3653


def make_commitment(
    actor: Viewer,
    question: Question,
    copil: Copil,
    *,
    text: str,
    function_id: int,
    due_on: date,
    at: datetime,
    kind: str = PROMISE,
) -> Commitment:
    """Write down what a function owes; whoever holds it now answers for it. Who may is asked by the answer.

    Rule: C07 SPEC 5.

    :raises Invalid: no words, a function that exists no more, a day that is past or more than ten years away
    """
    words, holder = _checked(text, function_id, due_on, at)
    if actor.person_id is None:
        raise Invalid(_("Sign in to write an answer down."))
    commitment = Commitment(
        copil_id=copil.id,
        question_id=question.id,
        kind=kind,
        text=words,
        folded=fold(words, question.text),
        function_id=function_id,
        holder_id=holder.id if holder else None,
        made_at=at,
        due_on=due_on,
        pressing_on=due_on,
        author_id=actor.person_id,
        audience=copil.audience,
        reader_group_id=copil.reader_group_id,
    )
    session.add(commitment)
    session.flush()
    facts = {"copil": copil.id, "question": question.id, "function": function_id, "due_on": due_on.isoformat()}
    publish(Event("copils.commitment_made", commitment.subject, actor.person_id, at, facts))
    return commitment


def _checked(text: str, function_id: int, due_on: date, at: datetime) -> tuple[str, Person | None]:
    """Give the words on one line, and who holds the function now."""
    words = " ".join(text.split())
    if not words or len(words) > MAX_COMMITMENT:
        raise Invalid(_("Say what is promised, in %(most)s signs at most.", most=MAX_COMMITMENT), field="text")
    card = function_cards([function_id], at=at).get(function_id)
    if card is None or card.closed_at is not None:
        raise Invalid(_("Choose a function that exists."), field="function_id")
    today = local_day(at)
    if not today <= due_on <= today + timedelta(days=FARTHEST_DAYS):
        raise Invalid(_("Choose a day from today on, within ten years."), field="due_on")
    return words, card.holder


def withdraw_commitment(actor: Viewer, commitment: Commitment, *, at: datetime) -> None:
    """Take a commitment back because its answer was corrected; it stays readable, as withdrawn."""
    commitment.withdrawn_at = at
    session.flush()
    facts = {"copil": commitment.copil_id, "question": commitment.question_id}
    publish(Event("copils.commitment_withdrawn", commitment.subject, actor.person_id, at, facts))
