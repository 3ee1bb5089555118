"""The one answer of a question: of one of four types, written as it is given, corrected while nobody built on it.

Rule: C07 SPEC 4.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Viewer,
    function_cards,
    local_day,
    must_have_seen,
    publish,
    session,
    texts,
)

from plugins.copils.models.commitment import MAX_COMMITMENT, PROMISE, TO_ANSWER, Commitment, Refusal
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import DELEGATED, LATER, MAX_ANSWER, NO, YES, FormerAnswer, Question
from plugins.copils.queries.agenda import is_put_at
from plugins.copils.queries.copil_states import State, state_of
from plugins.copils.queries.deciders import is_decider
from plugins.copils.queries.turns import was_heard
from plugins.copils.services.committing import FARTHEST_DAYS, make_commitment, withdraw_commitment
from plugins.copils.services.facts import hold
from plugins.copils.services.turns import end_turn_of

_ = texts("copils")

KINDS = (YES, NO, LATER, DELEGATED)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; what its kind does not need is left out.

    :ivar text: of *yes* what is promised, of *no* why; of the two others a word, or nothing
    :ivar function_id: of *yes* and *delegated*
    :ivar due_on: of all but *no*
    """

    kind: str
    text: str = ""
    function_id: int | None = None
    due_on: date | None = None


def may_answer(actor: Viewer, question: Question, copil: Copil, *, at: datetime) -> bool:
    """Tell whether somebody may write an answer down: whoever facilitates this copil, or is to answer there."""
    if actor.person_id is None or copil.began_at is None or copil.is_listening or copil.cancelled_at is not None:
        return False
    if not is_decider(actor, copil.id, at=at):
        return actor.person_id == copil.facilitator_id
    return not _waits_for_askers(question, copil, at)


def _waits_for_askers(question: Question, copil: Copil, at: datetime) -> bool:
    """Tell whether whoever decides keeps silent in the room: those who ask speak first (C07 SPEC 3)."""
    return state_of(copil, at=at) is State.RUNNING and not was_heard(copil, question)


def answer_question(
    actor: Viewer, question: Question, copil: Copil, *, reply: Reply, at: datetime, ago: timedelta = timedelta()
) -> None:
    """Write down what is answered. The same answer of the same person twice is a second click.

    Written by whoever facilitates, it ends the turn of the question: those who decide do not keep the time.

    :param ago: how long ago it was written, when the network was lost since
    :raises Forbidden: the actor neither facilitates the copil nor decides there
    :raises Conflict: it has not begun; the question is not on its agenda, for one that listens has none; or too slow;
        the actor decides, the copil runs, and those who ask have not spoken yet
    :raises Invalid: what this kind of answer needs is missing
    """
    person_id = _must_answer(actor, question, copil, at)
    decides = is_decider(actor, copil.id, at=at)
    if question.answered_at is not None:
        if question.answered_by_id == person_id and answer_of(question) == _needed(reply):
            return
        raise Conflict(_("Meanwhile this question was answered. What you have just written is still below."))
    if decides and _waits_for_askers(question, copil, at):
        raise Conflict(_("Those who ask speak first."))
    if not decides:
        end_turn_of(copil, question, at=at, ago=ago)
    _write(actor, question, copil, reply, at)
    publish(Event("copils.question_answered", question.subject, person_id, at, _facts(question, copil)))


def _facts(question: Question, copil: Copil) -> dict[str, object]:
    return {"copil": copil.id, "answer": question.answer}


def must_write_answers(actor: Viewer, copil: Copil, *, at: datetime) -> int:
    """Give the actor's id.

    :raises Forbidden: they neither facilitate this copil nor decide there
    """
    if actor.person_id is None or not (actor.person_id == copil.facilitator_id or is_decider(actor, copil.id, at=at)):
        raise Forbidden(_("Answers are written by whoever facilitates this copil, or is to answer there."))
    return actor.person_id


def _must_answer(actor: Viewer, question: Question, copil: Copil, at: datetime) -> int:
    hold(copil)
    hold(question)
    person_id = must_write_answers(actor, copil, at=at)
    if copil.began_at is None or copil.cancelled_at is not None:
        raise Conflict(_("Nothing is answered before the copil has begun."))
    if not is_put_at(copil, question):
        raise Conflict(_("This question is not on the agenda of this copil."))
    return person_id


def _needed(reply: Reply) -> Reply:
    """Give a reply with its words on one line, without what its kind does not need."""
    function_id = reply.function_id if reply.kind in {YES, DELEGATED} else None
    return Reply(reply.kind, " ".join(reply.text.split()), function_id, reply.due_on if reply.kind != NO else None)


def answer_of(question: Question) -> Reply:
    """Give what is answered to a question by now, by the names of the fields."""
    return Reply(question.answer or "", question.answer_text or "", question.answer_function_id, question.answer_on)


def _write(actor: Viewer, question: Question, copil: Copil, reply: Reply, at: datetime) -> None:
    _check(reply, at)
    said = _needed(reply)
    question.answer, question.answer_text = said.kind, said.text or None
    question.answer_function_id, question.answer_on = said.function_id, said.due_on
    question.answered_at, question.answered_by_id = at, actor.person_id
    session.flush()
    _commit(actor, question, copil, reply, at)


def _check(reply: Reply, at: datetime) -> None:
    if reply.kind not in KINDS:
        raise Invalid(_("Choose one of the four answers."), field="kind")
    if len(reply.text) > MAX_ANSWER:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_ANSWER), field="text")
    if reply.kind == NO and not reply.text.strip():
        raise Invalid(_("A no says why."), field="text")
    if reply.kind in {YES, DELEGATED} and not function_cards([reply.function_id or 0], at=at):
        raise Invalid(_("Say which function answers for it."), field="function_id")
    today = local_day(at)
    latest = today + timedelta(days=FARTHEST_DAYS)
    if reply.kind != NO and (reply.due_on is None or not today <= reply.due_on <= latest):
        raise Invalid(_("Say by what day, from today on."), field="due_on")


def _commit(actor: Viewer, question: Question, copil: Copil, reply: Reply, at: datetime) -> None:
    if reply.kind not in {YES, DELEGATED} or reply.function_id is None or reply.due_on is None:
        return
    is_promise = reply.kind == YES
    asked = _("Answer: %(question)s", question=question.text)[:MAX_COMMITMENT]
    make_commitment(
        actor,
        question,
        copil,
        text=reply.text if is_promise else asked,
        function_id=reply.function_id,
        due_on=reply.due_on,
        at=at,
        kind=PROMISE if is_promise else TO_ANSWER,
    )


def standing_commitments(question: Question) -> list[Commitment]:
    """List the commitments that the answer of a question made."""
    stands = sa.and_(Commitment.question_id == question.id, Commitment.withdrawn_at.is_(None))
    return list(session.scalars(sa.select(Commitment).where(stands).order_by(Commitment.id)))


def may_correct(actor: Viewer, question: Question, copil: Copil, *, at: datetime) -> bool:
    """Tell whether somebody may still correct an answer: in time, and while nobody acted on what it promised."""
    is_theirs = actor.person_id is not None and actor.person_id in {question.answered_by_id, copil.facilitator_id}
    is_in_time = question.answered_at is not None and local_day(at) <= copil.answers_due_on
    return (
        is_theirs
        and is_in_time
        and may_answer(actor, question, copil, at=at)
        and not any(_was_touched(commitment) for commitment in standing_commitments(question))
    )


def _was_touched(commitment: Commitment) -> bool:
    """Tell whether an asker or the owner built on it."""
    if commitment.known_by or commitment.proposed_at or commitment.confirmed_at or commitment.postponed:
        return True
    refused = sa.select(Refusal.id).where(Refusal.commitment_id == commitment.id).limit(1)
    return session.scalar(refused) is not None


def correct_answer(
    actor: Viewer, question: Question, copil: Copil, *, reply: Reply, seen: str | None = None, at: datetime
) -> None:
    """Write another answer in the place of the first, which stays readable; what it promised is withdrawn.

    The same answer changes nothing.

    :param seen: the `edition_of` the answer that the actor had before them; None not to ask
    :raises Forbidden: the actor neither wrote it nor facilitates the copil
    :raises Conflict: too late, or somebody acted on what it promised
    :raises Overtaken: somebody corrected it meanwhile
    :raises Invalid: what this kind of answer needs is missing
    """
    person_id = _must_answer(actor, question, copil, at)
    if person_id not in {question.answered_by_id, copil.facilitator_id}:
        raise Forbidden(_("Only whoever wrote this answer, or facilitates the copil, corrects it."))
    said, wanted = answer_of(question), _needed(reply)
    must_have_seen(seen, asdict(said), asdict(wanted))
    if said == wanted:
        return
    made = standing_commitments(question)
    for commitment in made:
        hold(commitment)  # somebody may be acting on it now
    if not may_correct(actor, question, copil, at=at):
        raise Conflict(_("This answer no longer changes: its time is over, or somebody has acted on it."))
    _keep_former(question, at)
    for commitment in made:
        withdraw_commitment(actor, commitment, at=at)
    _write(actor, question, copil, reply, at)
    publish(Event("copils.answer_corrected", question.subject, person_id, at, _facts(question, copil)))


def _keep_former(question: Question, at: datetime) -> None:
    former = FormerAnswer(
        question_id=question.id,
        answer=question.answer or "",
        answer_text=question.answer_text,
        answer_function_id=question.answer_function_id,
        answer_on=question.answer_on,
        person_id=question.answered_by_id or 0,
        until_at=at,
    )
    session.add(former)
    session.flush()
