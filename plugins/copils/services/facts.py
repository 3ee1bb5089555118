"""The facts that services ask again: a service may be called without any page, a permission alone is a role."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import READ_AT, Conflict, Forbidden, Viewer, function_cards, session, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import takes_questions, waiting_questions
from plugins.copils.queries.copil_states import State, is_calling, state_of
from plugins.copils.queries.copils import copil_by_id
from plugins.copils.queries.deciders import is_decider
from plugins.copils.queries.questions import asks, asks_itself

_ = texts("copils")


def hold(row: Copil | Question | Commitment) -> None:
    """Read a row anew and keep others from changing it until the end of the transaction: two may act at once.

    So that two who act never wait in a ring, rows are held in this order, and all of them before the first `record` or
    `publish`, which keep the audit to one transaction until its end: the copil one acts on, its question, the questions
    that wait for a copil, the copils that take questions, the commitments.
    """
    session.refresh(row, with_for_update=True)


def hold_with_copil(question: Question) -> Copil | None:
    """Hold the copil of a question, then the question; None while it waits for one.

    :raises Conflict: it went on to another copil meanwhile
    """
    copil = copil_by_id(question.copil_id)
    if copil is not None:
        hold(copil)
    hold(question)
    if question.copil_id != (copil.id if copil else None):
        raise Conflict(_("Meanwhile this question went on to another copil. Do it again there."))
    return copil


def hold_calling(also: Copil | None = None, *, at: datetime) -> list[Copil]:
    """Hold every copil that takes questions, in one order, and give them, the nearest first.

    :param also: one that is held with them, and not given: it is about to send its questions to them
    """
    mine = Copil.id == (also.id if also else None)
    held = sa.select(Copil).where(sa.or_(is_calling(), mine)).order_by(is_calling(), Copil.id).with_for_update()
    found = session.scalars(held, {READ_AT.key: at}, execution_options={"populate_existing": True})
    calling = (copil for copil in found if copil is not also and takes_questions(copil, at=at))
    return sorted(calling, key=lambda copil: (copil.held_at, copil.id))


def hold_waiting() -> list[Question]:
    """Hold the questions that wait for a copil, and give them, the first asked first."""
    waits = sa.and_(Question.copil_id.is_(None), Question.asked_at.is_not(None))
    session.execute(sa.select(Question.id).where(waits).order_by(Question.id).with_for_update())
    return waiting_questions()


def must_take_questions(copil: Copil | None, *, at: datetime) -> None:
    """Go on only while the agenda still changes; a question that waits for a copil may always change (C07 SPEC 2).

    :raises Conflict: it is settled, or the copil is called off or over
    """
    if copil is not None and not takes_questions(copil, at=at):
        raise Conflict(_("The agenda of this copil is settled: its questions no longer change."))


def must_be_of_the_field(actor: Viewer, copil: Copil | None, *, at: datetime) -> int:
    """Give the actor's id, if they decide nothing at this copil.

    Rule: C07 SPEC 1 and 14: whoever holds one of the invited functions has no act on its questions, not even on one
    they asked before.

    :raises Forbidden: nobody is signed in, or they hold one of the functions
    """
    if actor.person_id is None:
        raise Forbidden(_("Sign in to ask."))
    if copil is not None and is_decider(actor, copil.id, at=at):
        raise Forbidden(
            _("You are to answer at this copil: its questions and their order belong to the others until it is over.")
        )
    return actor.person_id


def must_facilitate(actor: Viewer, copil: Copil, *, at: datetime) -> int:
    """Give the actor's id.

    :raises Forbidden: somebody else facilitates this copil, or they have become one of its deciders
    """
    person_id = must_be_of_the_field(actor, copil, at=at)
    if person_id != copil.facilitator_id:
        raise Forbidden(_("Only the person who facilitates this copil may do that."))
    return person_id


def must_run(copil: Copil, *, at: datetime) -> None:
    """Go on only while a copil is under way.

    :raises Conflict: it has not begun, or it is over
    """
    if state_of(copil, at=at) is not State.RUNNING:
        raise Conflict(_("This copil is not under way."))


def must_ask(actor: Viewer, question: Question, copil: Copil | None, *, at: datetime) -> int:
    """Give the actor's id, if this question is theirs too and they decide nothing at its copil.

    :raises Forbidden: it is somebody else's, or they have become one of the deciders (C07 SPEC 14)
    """
    person_id = must_be_of_the_field(actor, copil, at=at)
    if not asks(person_id, question):
        raise Forbidden(_("Only those who ask this question may do that."))
    return person_id


def must_ask_itself(actor: Viewer, question: Question, copil: Copil | None, *, at: datetime) -> int:
    """Give the actor's id, if they ask this very question: one asked together with it gives no hold on its words.

    :raises Forbidden: they do not, or they have become one of the deciders (C07 SPEC 14)
    """
    person_id = must_be_of_the_field(actor, copil, at=at)
    if not asks_itself(person_id, question):
        raise Forbidden(_("Only those who ask this question may do that."))
    return person_id


def must_answer_for(actor: Viewer, commitment: Commitment, copil: Copil, *, at: datetime) -> tuple[int, bool]:
    """Give the actor's id, and whether they act in the name of a function that nobody here can act for.

    Rule: C07 SPEC 8 and 14.

    :raises Forbidden: they neither hold the function, nor facilitate the copil while nobody here holds it
    """
    function = function_cards([commitment.function_id], at=at)[commitment.function_id]
    if actor.person_id is not None and function.holder is not None and function.holder.id == actor.person_id:
        return actor.person_id, False
    if function.holder is not None:
        raise Forbidden(_("Only whoever holds this function today may do that: %(name)s.", name=function.name))
    return must_facilitate(actor, copil, at=at), True


def must_be_shown(question: Question) -> None:
    """Go on only with words that others than its askers read: of hidden ones, an act would tell what they say.

    :raises Conflict: it was returned or withdrawn
    """
    if question.withdrawn_at is not None or question.returned_at is not None:
        raise Conflict(_("This question stands on the agenda no more."))


def must_stand(commitment: Commitment) -> None:
    """Go on only with a commitment that is neither kept nor withdrawn.

    :raises Conflict: it is
    """
    if commitment.withdrawn_at is not None:
        raise Conflict(_("This commitment was withdrawn with the answer that made it."))
    if commitment.confirmed_at is not None:
        raise Conflict(_("This commitment is kept: what it says no longer changes."))
