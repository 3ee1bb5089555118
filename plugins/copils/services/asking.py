"""A question of the field: asked, reworded, withdrawn and put back, until the agenda is settled (C07 SPEC 1 and 2)."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Event, Invalid, Viewer, give_back, must_have_seen, publish, record, session, texts

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import MAX_COLLECTIVE, MAX_DETAILS, MAX_QUESTION, Asker, Question
from plugins.copils.queries.questions import missing_voices
from plugins.copils.services.facts import (
    hold,
    hold_with_copil,
    must_ask_itself,
    must_be_of_the_field,
    must_take_questions,
)
from plugins.copils.services.placing import free_merged, place, say_asked

_ = texts("copils")

SECOND_CLICK_MINUTES = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked, and why; the name of the collective that asks it, if one does."""

    text: str
    details: str = ""
    collective: str = ""


def ask_question(
    actor: Viewer, copil: Copil, *, words: Words, is_collective: bool, at: datetime, again_id: int | None = None
) -> Question:
    """Put a question to a copil, alone at once, or as a collective that first gathers its voices.

    Too late for this copil, it finds the next by itself. The same question within two minutes is a second click.
    Rule: C07 SPEC 1, 2 and 11.

    :param again_id: the question it puts once more
    :raises Forbidden: nobody is signed in, or they are to answer there
    :raises Invalid: no words, too many, or a collective without a name
    """
    person_id = must_be_of_the_field(actor, copil, at=at)
    words = checked(words, is_collective=is_collective)
    hold(copil)  # of two clicks at once, the second sees from here what the first asked
    again = _second_click(person_id, copil, words, at)
    if again is not None:
        return again
    question = Question(
        copil_id=copil.id, author_id=person_id, again_id=again_id, is_collective=is_collective, created_at=at
    )
    write(question, words)
    session.add(question)
    session.flush()
    session.add(Asker(question_id=question.id, person_id=person_id, invited_at=at, confirmed_at=at))
    session.flush()
    if is_collective:
        record("copils.question_gathering", question.subject, actor=actor, at=at, facts={"copil": copil.id})
    else:
        place(question, at=at)
        say_asked(question, actor_id=person_id, at=at)
    return question


def _second_click(person_id: int, copil: Copil, words: Words, at: datetime) -> Question | None:
    same = sa.and_(
        Question.author_id == person_id,
        Question.text == words.text,
        sa.or_(Question.copil_id == copil.id, Question.came_from_id == copil.id),
        Question.withdrawn_at.is_(None),
        Question.created_at > at - timedelta(minutes=SECOND_CLICK_MINUTES),
    )
    found: Question | None = session.scalar(sa.select(Question).where(same).order_by(Question.id.desc()).limit(1))
    return found


def checked(words: Words, *, is_collective: bool) -> Words:
    """Give words as they are kept: on one line, the same sign written one way.

    :raises Invalid: no words, too many, or a collective without a name
    """
    text, name = (" ".join(_composed(given).split()) for given in (words.text, words.collective))
    details = _composed(words.details).strip()
    if not text or len(text) > MAX_QUESTION:
        raise Invalid(_("Write the question, in %(most)s signs at most.", most=MAX_QUESTION), field="text")
    if len(details) > MAX_DETAILS:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_DETAILS), field="details")
    if is_collective and (not name or len(name) > MAX_COLLECTIVE):
        raise Invalid(_("Name the collective, in %(most)s signs at most.", most=MAX_COLLECTIVE), field="collective")
    return Words(text, details, name if is_collective else "")


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def write(question: Question, words: Words) -> None:
    """Write words down."""
    question.text, question.details = words.text, words.details or None
    question.collective = words.collective or None


def words_of(question: Question) -> Words:
    """Give what a question says by now, by the names of the fields."""
    return Words(question.text, question.details or "", question.collective or "")


def reword_question(actor: Viewer, question: Question, *, words: Words, seen: str | None = None, at: datetime) -> None:
    """Change the words of a question; one that was returned is sent again with them (C07 SPEC 11).

    A collective that has fallen below three meanwhile gathers its voices first.

    :param seen: the `edition_of` its words that the actor had before them; None not to ask
    :raises Forbidden: the actor does not ask it, or is to answer it
    :raises Conflict: the agenda is settled, or it was withdrawn
    :raises Overtaken: another asker was faster
    """
    copil = hold_with_copil(question)
    must_ask_itself(actor, question, copil, at=at)
    must_change(question, copil, at=at)
    words = checked(words, is_collective=question.is_collective)
    must_have_seen(seen, asdict(words_of(question)), asdict(words))
    is_new = words != words_of(question)
    is_whole = question.asked_at is not None or not missing_voices(question, at=at)
    is_sent_again = question.returned_at is not None and is_whole
    question.returned_at = question.return_reason = question.returned_by_id = None
    if is_sent_again:
        place(question, at=at)
    if is_new:
        write(question, words)
        session.flush()
        record("copils.question_reworded", question.subject, actor=actor, at=at)
    if is_sent_again:
        say_asked(question, actor_id=actor.person_id, at=at)


def must_change(question: Question, copil: Copil | None, *, at: datetime) -> None:
    """Go on only with a question whose words may still change: a returned or gathering one outlives the agenda.

    :raises Conflict: it was withdrawn or answered, or the agenda is settled
    """
    if question.withdrawn_at is not None or question.answered_at is not None:
        raise Conflict(_("This question was withdrawn or answered: it no longer changes."))
    if question.asked_at is not None and question.returned_at is None:
        must_take_questions(copil, at=at)


def withdraw_question(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Take a question back; a line without its words stays. Doing it twice changes nothing.

    :raises Forbidden: the actor does not ask it, or is to answer it
    :raises Conflict: the agenda is settled, or it is answered
    """
    copil = hold_with_copil(question)
    must_ask_itself(actor, question, copil, at=at)
    if question.withdrawn_at is not None:
        return
    must_change(question, copil, at=at)
    question.withdrawn_at = at
    free_merged(question)
    session.flush()
    publish(Event("copils.question_withdrawn", question.subject, actor.person_id, at, {"copil": question.copil_id}))
    give_back(question.subject, actor=actor, at=at)


def give_origin_back(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Give back the question that this one comes from, to be taken up otherwise; doing it twice changes nothing.

    :raises Forbidden: the actor does not ask it, or is to answer it
    """
    must_ask_itself(actor, question, hold_with_copil(question), at=at)
    give_back(question.subject, actor=actor, at=at)


def put_back(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Ask a withdrawn question again, at the end of the agenda; doing it twice changes nothing.

    :raises Forbidden: the actor does not ask it, or is to answer it
    :raises Conflict: the agenda is settled
    """
    copil = hold_with_copil(question)
    must_ask_itself(actor, question, copil, at=at)
    if question.withdrawn_at is None:
        return
    must_take_questions(copil, at=at)
    question.withdrawn_at = None
    is_asked = question.asked_at is not None and question.returned_at is None
    if is_asked:
        place(question, at=at)
    session.flush()
    record("copils.question_put_back", question.subject, actor=actor, at=at)
    if is_asked:
        say_asked(question, actor_id=actor.person_id, at=at)
