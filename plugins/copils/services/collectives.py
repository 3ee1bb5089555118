"""Asking together: voices invited, given, declined, taken back; a collective appears with its third (C07 SPEC 11).

Whoever comes by themselves to a public question supports it: they count, and nothing of it is theirs to change or read.
Nobody outside learns whose voices they are: the history leaves these acts out, and notices name no actor.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Forbidden,
    Invalid,
    Person,
    Viewer,
    notify,
    record,
    session,
    texts,
)

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.agenda import answers_among
from plugins.copils.queries.questions import asker_count, asker_ids, missing_voices, voice_ids, voice_of
from plugins.copils.services.facts import (
    hold_with_copil,
    must_ask_itself,
    must_be_of_the_field,
    must_take_questions,
)
from plugins.copils.services.placing import free_merged, place, say_asked

_ = texts("copils")


def invite(actor: Viewer, question: Question, *, person: Person, at: datetime) -> None:
    """Ask somebody to ask a gathering question too; asking twice changes nothing, nor does asking who said no.

    Whoever supported it, or took their voice back, is asked anew.

    :raises Invalid: they are to answer at this copil, or are the actor
    :raises Forbidden: the actor does not ask it, or is to answer it
    :raises Conflict: it gathers voices no more
    """
    copil = hold_with_copil(question)
    must_ask_itself(actor, question, copil, at=at)
    _must_gather(question)
    if person.id == actor.person_id:
        raise Invalid(_("You ask it already: invite somebody else."), field="person")
    if copil is not None and answers_among(copil.id, [person.id], at=at):
        raise Invalid(_("%(name)s is to answer at this copil, and cannot ask there.", name=person.name), field="person")
    voice = voice_of(person.id, question)
    if voice is not None and (voice.is_asker or voice.confirmed_at is None):
        return
    if voice is None:
        voice = Asker(question_id=question.id, person_id=person.id)
        session.add(voice)
    voice.invited_at, voice.is_support, voice.confirmed_at, voice.declined_at = at, False, None, None
    session.flush()
    record("copils.voice_asked", question.subject, actor=actor, at=at)
    text = _.later("You are invited to ask this together: “%(title)s”")
    notify([person.id], question.subject, text, at=at, must_act=True)


def _must_gather(question: Question) -> None:
    if question.withdrawn_at is not None or question.asked_at is not None or not question.is_collective:
        raise Conflict(_("This question gathers voices no more."))


def give_voice(actor: Viewer, question: Question, *, at: datetime) -> Asker:
    """Ask a question too, invited to; or support it, uninvited, once it is public.

    Doing it twice changes nothing; the third voice of a collective makes it public.

    :raises Forbidden: nobody invited them, or they are to answer it
    :raises Conflict: it is withdrawn, returned, or the agenda is settled
    """
    copil = hold_with_copil(question)
    person_id = must_be_of_the_field(actor, copil, at=at)
    voice = voice_of(person_id, question)
    if voice is not None and voice.is_voice:
        return voice
    _must_take_voices(question, copil, voice, at)
    if voice is None:
        voice = Asker(question_id=question.id, person_id=person_id, invited_at=at, is_support=True)
        session.add(voice)
    voice.is_support = voice.is_support or voice.declined_at is not None
    voice.confirmed_at, voice.declined_at = at, None
    session.flush()
    appears = question.asked_at is None and not missing_voices(question, at=at)
    if appears:
        place(question, at=at)
    record("copils.voice_given", question.subject, actor=actor, at=at)
    if appears:
        say_asked(question, actor_id=None, at=at)
    return voice


def _must_take_voices(question: Question, copil: Copil | None, voice: Asker | None, at: datetime) -> None:
    if question.withdrawn_at is not None or question.returned_at is not None or question.merged_into_id is not None:
        raise Conflict(_("This question stands on the agenda no more."))
    if question.asked_at is not None:
        must_take_questions(copil, at=at)
    elif voice is None or voice.declined_at is not None:
        raise Forbidden(_("Only those who were invited may ask this question too."))


def decline(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Say no to an invitation, without a reason and without anybody being told; doing it twice changes nothing.

    :raises Forbidden: nobody invited them, or they are to answer it
    """
    copil = hold_with_copil(question)
    person_id = must_be_of_the_field(actor, copil, at=at)
    voice = voice_of(person_id, question)
    if voice is None or voice.confirmed_at is not None:
        raise Forbidden(_("Only those who were invited may say no."))
    if voice.declined_at is None:
        voice.declined_at = at
        session.flush()
        record("copils.voice_declined", question.subject, actor=actor, at=at)


def take_voice_back(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Ask or support a question no more; a collective left with fewer than three gathers again, off the agenda.

    :raises Forbidden: the actor does neither, or is to answer it
    :raises Conflict: the agenda is settled, or theirs is the last voice
    """
    copil = hold_with_copil(question)
    voice = must_be_a_voice(actor, question, copil, at=at)
    if question.asked_at is not None:
        must_take_questions(copil, at=at)
    if question.withdrawn_at is not None or question.answered_at is not None:
        raise Conflict(_("This question was withdrawn or answered: it no longer changes."))
    if voice.is_asker and asker_count(question.id) == 1:
        raise Conflict(_("You are the last to ask it: withdraw it instead."))
    voice.declined_at = at
    session.flush()
    gathers_again = question.asked_at is not None and missing_voices(question, at=at) > 0
    if gathers_again:
        free_merged(question)
        question.asked_at = None
        session.flush()
    record("copils.voice_taken_back", question.subject, actor=actor, at=at)
    if gathers_again:
        _say_gathering(question, at)


def must_be_a_voice(actor: Viewer, question: Question, copil: Copil | None, *, at: datetime) -> Asker:
    """Give the voice of somebody who asks or supports this very question.

    :raises Forbidden: they do neither, or have become one of the deciders (C07 SPEC 14)
    """
    voice = voice_of(must_be_of_the_field(actor, copil, at=at), question)
    if voice is None or not voice.is_voice:
        raise Forbidden(_("Only those who ask this question may do that."))
    return voice


def _say_gathering(question: Question, at: datetime) -> None:
    record("copils.question_gathering", question.subject, actor=None, at=at, facts={"copil": question.copil_id})
    text = _.later("A voice is missing again to ask “%(title)s”: invite somebody")
    notify(asker_ids(question), question.subject, text, at=at, must_act=True)


def ask_in_own_name(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Ask alone, by name, what was to be asked by a collective; the others ask it no more, and stay unnamed.

    :raises Forbidden: the actor did not write it, or is to answer it
    :raises Conflict: it gathers voices no more
    """
    copil = hold_with_copil(question)
    person_id = must_ask_itself(actor, question, copil, at=at)
    if person_id != question.author_id:
        raise Forbidden(_("Only whoever wrote this question may ask it in their own name."))
    _must_gather(question)
    others = [number for number in voice_ids(question) if number != person_id]
    session.execute(
        sa.delete(Asker).where(Asker.question_id == question.id, Asker.person_id.is_distinct_from(person_id))
    )
    question.is_collective, question.collective = False, None
    session.flush()
    place(question, at=at)
    say_asked(question, actor_id=person_id, at=at)
    text = _.later("“%(title)s” is asked by whoever wrote it, and no more by a collective: your name stands nowhere")
    notify(others, question.subject, text, at=at)
