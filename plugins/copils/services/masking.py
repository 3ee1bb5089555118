"""Masking a personal name wherever a question and what hangs on it say it; it is kept nowhere (C07 SPEC 11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import Event, Invalid, Viewer, fold, publish, session, texts

from plugins.copils.models.commitment import TO_ANSWER, Commitment, FormerDue, Refusal
from plugins.copils.models.question import FormerAnswer, Masking, Question
from plugins.copils.services.facts import hold, must_be_shown
from plugins.copils.services.moderating import must_moderate

_ = texts("copils")

MAX_NAME = 60
MAX_WORDS = 4
WORDS_LEFT = 2  # for each mask: names may go, what is asked may not
COPIED_SIGNS = 200  # a copy may be cut, never so short
# what the page shows in place of a name, in French as in English: it is kept in the words themselves
MASK = "[nom masqué]"
# what people wrote, by table
WRITTEN = {
    Question: ("text", "details", "collective", "answer_text", "return_reason"),
    FormerAnswer: ("answer_text",),
    Commitment: ("text", "known_by", "proof"),
    FormerDue: ("reason",),
    Refusal: ("proof", "reason"),
}


def mask_name(actor: Viewer, question: Question, *, name: str, at: datetime) -> int:
    """Mask a name in a question, its answers, its commitments, and where it is asked again; give in how many places.

    :raises Forbidden: the actor does not facilitate this copil, or decides there
    :raises Conflict: it was returned or withdrawn, or is public nowhere yet
    :raises Invalid: it is no name, stands nowhere, or is most of what is written
    """
    person_id = must_moderate(actor, question, at=at)
    must_be_shown(question)
    pattern = _pattern(name)
    asked = {each: [each, *_hanging_on(each)] for each in (question, *_asked_again(question))}
    places = {each: sum(_places(row, pattern) for row in rows) for each, rows in asked.items()}
    if not any(places.values()):
        raise Invalid(_("These words stand nowhere in this question."), field="name")
    _mask(asked, pattern)
    masked = [each for each in asked if places[each]]
    session.add_all(
        Masking(question_id=each.id, person_id=person_id, places=places[each], masked_at=at) for each in masked
    )
    session.flush()
    for each in masked:
        facts = {"copil": each.copil_id, "places": places[each]}
        publish(Event("copils.question_masked", each.subject, person_id, at, facts))
    return sum(places.values())


def _pattern(name: str) -> re.Pattern[str]:
    """Give what finds a name as whole words, whatever its capitals and the blanks between them."""
    found = unicodedata.normalize("NFC", name).split()
    is_name = len(found) <= MAX_WORDS and len(name) <= MAX_NAME and any(sign.isalpha() for sign in name)
    if not is_name:
        raise Invalid(_("Write the name alone: four words at most."), field="name")
    words = r"\s+".join(re.escape(word.replace("’", "'")).replace("'", "['’]") for word in found)
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _asked_again(question: Question) -> list[Question]:
    """Hold and give the questions that put this one once more and are shown: of others, a mask would tell words."""
    found, last = [question], [question]
    while last:
        numbers = [each.id for each in last]
        again = sa.select(Question).where(Question.again_id.in_(numbers)).order_by(Question.id)
        last = [each for each in session.scalars(again) if each not in found]
        found += last
    for each in found[1:]:
        hold(each)
    return [each for each in found[1:] if each.asked_at and not each.withdrawn_at and not each.returned_at]


def _hanging_on(question: Question) -> list[Any]:
    """Hold and give what was written since on a question: former answers, commitments, what became of these."""
    former = session.scalars(sa.select(FormerAnswer).where(FormerAnswer.question_id == question.id))
    made = sa.select(Commitment).where(Commitment.question_id == question.id).order_by(Commitment.id)
    fresh = {"populate_existing": True}
    commitments = list(session.scalars(made.with_for_update(), execution_options=fresh))
    numbers = [commitment.id for commitment in commitments]
    days = session.scalars(sa.select(FormerDue).where(FormerDue.commitment_id.in_(numbers)))
    refusals = session.scalars(sa.select(Refusal).where(Refusal.commitment_id.in_(numbers)))
    return [*former, *commitments, *days, *refusals]


def _texts(row: Any) -> Iterator[tuple[str, str]]:
    return ((column, getattr(row, column)) for column in WRITTEN[type(row)] if getattr(row, column))


def _places(row: Any, pattern: re.Pattern[str]) -> int:
    return sum(len(pattern.findall(part)) for _column, text in _texts(row) for part in text.split(MASK))


def _mask(asked: dict[Question, list[Any]], pattern: re.Pattern[str]) -> None:
    copies = [(question, row, _label(row, question)) for question, rows in asked.items() for row in rows]
    masked = [
        (row, column, _masked(text, pattern, is_asked=(row, column) == (question, "text")))
        for question, row, _label_of in copies
        for column, text in _texts(row)
    ]
    for row, column, text in masked:
        setattr(row, column, text)
    for question, row, label in copies:
        if label is not None:
            row.text = label + question.text
        if isinstance(row, Commitment):
            row.folded = fold(row.text, question.text)


def _label(row: Any, question: Question) -> str | None:
    """Give what stands before a copy of the question, None without one: cut, it may end in the middle of a name."""
    if not isinstance(row, Commitment) or row.kind != TO_ANSWER:
        return None
    label, copied, _rest = row.text.partition(question.text[:COPIED_SIGNS])
    return label if copied else None


def _masked(text: str, pattern: re.Pattern[str], *, is_asked: bool) -> str:
    """Give words with a name masked; what was masked before is none of them.

    :raises Invalid: too little would be left, all masks counted; but a name may stand alone where nothing is asked
    """
    masked = MASK.join(pattern.sub(MASK, part) for part in text.split(MASK))
    left, were = _words(masked), _words(text)
    is_too_much = left * 2 < were or left < WORDS_LEFT * masked.count(MASK)
    if masked != text and is_too_much and (is_asked or were > MAX_WORDS):
        raise Invalid(_("This is most of what is written: only a name is masked."), field="name")
    return masked


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text.replace(MASK, " ")))
