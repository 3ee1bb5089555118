"""Who is told what becomes of a question (C07 SPEC 9): event → what is said.

Those who ask it and those who follow it, never whoever did it; and never who did it, for it may be one of a collective.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.api import Event, Subject, followers, notify, session, texts

from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import merged_into
from plugins.copils.queries.questions import asker_ids, voice_ids

_ = texts("copils")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is said of a question: to those who ask it and, unless it is theirs alone, to who supports or follows it."""

    text: object
    must_act: bool = False
    to_followers: bool = True

    def __call__(self, event: Event) -> None:
        """Tell them."""
        question = session.get_one(Question, event.subject.id)
        askers = _others(asker_ids(question), event)
        notify(askers, event.subject, self.text, at=event.at, must_act=self.must_act)
        if self.to_followers:
            told = _others([*voice_ids(question), *followers(event.subject)], event) - askers
            notify(told, event.subject, self.text, at=event.at)


def _others(ids: list[int], event: Event) -> set[int]:
    return {number for number in ids if number != event.actor_id}


def _tell_asked(event: Event) -> None:
    """Tell those who follow the copil, and those who ask a question together that it is now public."""
    question = session.get_one(Question, event.subject.id)
    askers = _others(asker_ids(question), event)
    notify(askers, event.subject, _.later("Your question is asked: “%(title)s”"), at=event.at)
    if question.copil_id is not None:
        told = _others(followers(Subject("copils.copil", question.copil_id)), event) - askers
        notify(told, event.subject, _.later("A question is asked: “%(title)s”"), at=event.at)


def _tell_merged(event: Event) -> None:
    """Tell those who ask, support or follow either of the two."""
    question = session.get_one(Question, event.subject.id)
    host = session.get_one(Question, question.merged_into_id)
    told = {*voice_ids(question), *voice_ids(host), *followers(event.subject), *followers(host.subject)}
    text = _.later("Two questions are asked together: “%(title)s”")
    notify(_others(sorted(told), event), host.subject, text, at=event.at)


def _tell_answered(event: Event) -> None:
    """Tell of the answer, and of its absence, those who ask and follow it or a question asked together with it."""
    telling = ANSWERED[event.name]
    telling(event)
    question = session.get_one(Question, event.subject.id)
    with_it = {number for other in merged_into([question.id]) for number in followers(other.subject)}
    notify(_others(sorted(with_it - {*voice_ids(question)}), event), event.subject, telling.text, at=event.at)


ANSWERED = {
    "copils.question_answered": Telling(_.later("An answer was given to “%(title)s”")),
    "copils.question_unanswered": Telling(_.later("Nobody has answered “%(title)s” in time")),
}
TELLERS: dict[str, Callable[[Event], None]] = {
    "copils.question_asked": _tell_asked,
    "copils.question_withdrawn": Telling(_.later("Withdrawn by those who asked it: “%(title)s”")),
    "copils.question_returned": Telling(
        _.later("Returned to you with a reason: “%(title)s”"), must_act=True, to_followers=False
    ),
    "copils.question_masked": Telling(_.later("A name was masked in “%(title)s”")),
    "copils.question_merged": _tell_merged,
    "copils.question_carried": Telling(_.later("“%(title)s” is put at another copil")),
    **dict.fromkeys(ANSWERED, _tell_answered),
}
