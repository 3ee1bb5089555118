"""Questions asked together: by agreement between those who ask them, and by nobody else (C07)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Conflict, Event, Forbidden, Viewer, notify, publish, record, session, texts

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import agenda_of, merged_into, wanting
from plugins.copils.queries.questions import asker_ids, asks
from plugins.copils.services.facts import (
    hold_with_copil,
    must_ask,
    must_be_of_the_field,
    must_take_questions,
)

_ = texts("copils")


def want_together(actor: Viewer, question: Question, *, other: Question, at: datetime) -> None:
    """Propose to ask a question together with another of the same copil; who asks both agrees at once.

    :raises Forbidden: the actor does not ask it, or is to answer it
    :raises Conflict: the agenda is settled, or one of the two stands on it no more
    """
    copil = _hold(question, at)
    must_ask(actor, question, copil, at=at)
    if question.merge_wanted_id == other.id:
        return
    _must_stand(copil, question, other)
    question.merge_wanted_id = other.id
    session.flush()
    record("copils.merging_wanted", question.subject, actor=actor, at=at, facts={"with": other.id})
    if asks(actor.person_id, other):
        _merge(actor, question, other, at)
        return
    text = _.later("Others propose to ask “%(title)s” together with theirs")
    notify(asker_ids(other), other.subject, text, at=at, must_act=True)


def _hold(question: Question, at: datetime) -> Copil | None:
    copil = hold_with_copil(question)
    must_take_questions(copil, at=at)
    return copil


def _must_stand(copil: Copil | None, question: Question, other: Question) -> None:
    order = agenda_of(copil.id) if copil is not None else []
    if question not in order or other not in order or question.id == other.id:
        raise Conflict(_("Only two questions of the same agenda can be asked together."))
    if merged_into([question.id]):
        raise Conflict(_("Others are asked together with this one already: propose it from the other question."))


def accept_together(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Agree that a question is asked together with one's own; doing it twice changes nothing.

    :raises Forbidden: the actor does not ask the other question, or is to answer it
    :raises Conflict: the agenda is settled, nothing is proposed any more, or one of the two has gone
    """
    copil = hold_with_copil(question)
    other = _other(actor, question, copil, question.merge_wanted_id or question.merged_into_id, at)
    if question.merged_into_id is not None:
        return
    must_take_questions(copil, at=at)
    _must_stand(copil, question, other)
    _merge(actor, question, other, at)


def _other(actor: Viewer, question: Question, copil: Copil | None, number: int | None, at: datetime) -> Question:
    """Give the other of the two questions, to somebody who asks it."""
    must_be_of_the_field(actor, copil, at=at)
    other = session.get(Question, number) if number is not None else None
    if other is None:
        raise Conflict(_("Nothing is proposed any more for this question."))
    if not asks(actor.person_id, other):
        raise Forbidden(_("Only those who ask this question may do that."))
    return other


def _merge(actor: Viewer, question: Question, other: Question, at: datetime) -> None:
    """Ask two together, one level deep: what was proposed to the one that joins, or by the one it joins, falls."""
    for stale in (other, *wanting(question.id)):
        stale.merge_wanted_id = None
    question.merged_into_id, question.merge_wanted_id = other.id, None
    session.flush()
    facts = {"copil": question.copil_id, "with": other.id}
    publish(Event("copils.question_merged", question.subject, actor.person_id, at, facts))


def refuse_together(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Say no to asking a question together with one's own, or take one's own proposal back.

    :raises Forbidden: the actor asks neither, or is to answer them
    """
    copil = hold_with_copil(question)
    must_be_of_the_field(actor, copil, at=at)
    if question.merge_wanted_id is None:
        return
    if not asks(actor.person_id, question):
        _other(actor, question, copil, question.merge_wanted_id, at)
    question.merge_wanted_id = None
    session.flush()
    record("copils.merging_refused", question.subject, actor=actor, at=at)


def part(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Ask a question on its own again, at its former place; doing it twice changes nothing.

    :raises Forbidden: the actor asks neither of the two, or is to answer them
    :raises Conflict: the agenda is settled
    """
    copil = hold_with_copil(question)
    must_be_of_the_field(actor, copil, at=at)
    if question.merged_into_id is None:
        return
    if not asks(actor.person_id, question):
        _other(actor, question, copil, question.merged_into_id, at)
    must_take_questions(copil, at=at)
    question.merged_into_id = None
    session.flush()
    record("copils.question_parted", question.subject, actor=actor, at=at)
