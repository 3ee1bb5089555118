"""Moderation can do two things only: return a question with a reason, or mask a personal name (C07 SPEC 11)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import sqlalchemy as sa

from portal.api import Conflict, Event, Invalid, Viewer, fold, local_day, publish, session, texts

from plugins.copils.models.commitment import MAX_COMMITMENT, TO_ANSWER, Commitment
from plugins.copils.models.copil import MAX_REASON, Copil
from plugins.copils.models.question import Masking, Question
from plugins.copils.services.asking import Words, write
from plugins.copils.services.facts import hold_with_copil, must_be_shown, must_facilitate
from plugins.copils.services.placing import free_merged

_ = texts("copils")

MAX_NAME = 60
MAX_WORDS = 4
COPIED_SIGNS = 200  # a copy may be cut, never so short
# what the page shows in place of a name, in French as in English: it is kept in the words themselves
MASK = "[nom masqué]"


def return_question(actor: Viewer, question: Question, *, reason: str, at: datetime) -> None:
    """Return a question to those who ask it, with a reason that everybody reads; doing it twice changes nothing.

    :raises Forbidden: the actor does not facilitate this copil, or decides there
    :raises Conflict: it is answered, withdrawn, or not public yet; the copil has begun, or answers are due
    :raises Invalid: no reason, or one too long
    """
    _must_moderate(actor, question, at=at)
    if question.returned_at is not None:
        return
    must_be_shown(question)
    if question.answered_at is not None:
        raise Conflict(_("This question was withdrawn or answered: it no longer changes."))
    if not may_return(question.copil, at=at):
        raise Conflict(
            _("It is too late to return it: what is asked at this copil is answered, or shown without an answer.")
        )
    words = " ".join(reason.split())
    if not words or len(words) > MAX_REASON:
        raise Invalid(_("Say why, in %(most)s signs at most.", most=MAX_REASON), field="reason")
    free_merged(question)
    question.returned_at, question.return_reason, question.returned_by_id = at, words, actor.person_id
    session.flush()
    publish(Event("copils.question_returned", question.subject, actor.person_id, at, {"copil": question.copil_id}))


def may_return(copil: Copil | None, *, at: datetime) -> bool:
    """Tell whether questions may still be returned: « sans réponse » is not taken off a page (C07 SPEC 4)."""
    return copil is not None and copil.began_at is None and local_day(at) <= copil.answers_due_on


def _must_moderate(actor: Viewer, question: Question, *, at: datetime) -> int:
    copil = hold_with_copil(question)
    if copil is None or question.asked_at is None:
        raise Conflict(_("This question stands on no agenda yet."))
    return must_facilitate(actor, copil, at=at)


def mask_name(actor: Viewer, question: Question, *, name: str, at: datetime) -> int:
    """Mask a personal name wherever a question says it, and give in how many places. What it was is kept nowhere.

    :raises Forbidden: the actor does not facilitate this copil, or decides there
    :raises Invalid: it is no name, stands nowhere, or is most of the question
    """
    person_id = _must_moderate(actor, question, at=at)
    must_be_shown(question)
    pattern = _pattern(name)
    before = (question.text, question.details or "", question.collective or "")
    places = sum(len(pattern.findall(text)) for text in before)
    if not places:
        raise Invalid(_("These words stand nowhere in this question."), field="name")
    if len(pattern.sub("", question.text)) * 2 < len(question.text):
        raise Invalid(_("This is most of what is asked. Return the question with a reason instead."), field="name")
    write(question, Words(*(pattern.sub(MASK, text) for text in before)))
    session.add(Masking(question_id=question.id, person_id=person_id, places=places, masked_at=at))
    session.flush()
    _mask_copies(question, before[0])
    facts = {"copil": question.copil_id, "places": places}
    publish(Event("copils.question_masked", question.subject, person_id, at, facts))
    return places


def _pattern(name: str) -> re.Pattern[str]:
    """Give what finds a name as whole words, whatever its capitals and the blanks between them."""
    found = unicodedata.normalize("NFC", name).split()
    is_name = len(found) <= MAX_WORDS and len(name) <= MAX_NAME and any(sign.isalpha() for sign in name)
    if not is_name:
        raise Invalid(_("Write the name alone: four words at most."), field="name")
    words = r"\s+".join(re.escape(word.replace("’", "'")).replace("'", "['’]") for word in found)
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _mask_copies(question: Question, before: str) -> None:
    """Let the name go from what was copied of the question: an answer owed says it again, the search knows it.

    :param before: the words of the question until now
    """
    for commitment in session.scalars(sa.select(Commitment).where(Commitment.question_id == question.id)):
        label, copied, _rest = commitment.text.partition(before[:COPIED_SIGNS])
        if commitment.kind == TO_ANSWER and copied:
            commitment.text = (label + question.text)[:MAX_COMMITMENT]
        commitment.folded = fold(commitment.text, question.text)
    session.flush()
