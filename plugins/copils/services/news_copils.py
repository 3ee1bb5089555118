"""Who is told what becomes of a copil (C07 SPEC 9): event → what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from portal.api import Event, Viewer, followers, notify, session, texts

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.deciders import holder_ids
from plugins.copils.services.news_questions import Telling

_ = texts("copils")

FOLLOWED = {
    "copils.copil_moved": _.later("“%(title)s” is moved to another day"),
    "copils.copil_cancelled": _.later("“%(title)s” is called off"),
    "copils.copil_begun": _.later("“%(title)s” has begun"),
    "copils.copil_frozen": _.later("The agenda of “%(title)s” is settled"),
    "copils.copil_closed": _.later("“%(title)s” is over: here is what was answered"),
}
TO_ANSWER = _.later("You are to answer at “%(title)s”")
TO_FACILITATE = _.later("You facilitate “%(title)s”")


def askers_at(copil_id: int) -> list[int]:
    """Give the ids of all who ask or support something at a copil: to tell them, never to show who they are."""
    theirs = sa.select(Asker.person_id).join(Question, Question.id == Asker.question_id)
    here = sa.or_(Question.copil_id == copil_id, Question.came_from_id == copil_id)
    return [number for number in session.scalars(theirs.where(here, Asker.is_voice).distinct()) if number is not None]


def _tell(event: Event, persons: Iterable[int], text: object, *, must_act: bool = False) -> None:
    actor = Viewer(person_id=event.actor_id) if event.actor_id is not None else None
    notify(set(persons), event.subject, text, at=event.at, actor=actor, must_act=must_act)


def announced(event: Event) -> None:
    """Tell those who are to answer, and whoever facilitates."""
    copil = session.get_one(Copil, event.subject.id)
    _tell(event, holder_ids(copil.id, at=event.at), TO_ANSWER, must_act=True)
    _tell(event, [copil.facilitator_id], TO_FACILITATE, must_act=True)


def handed_over(event: Event) -> None:
    """Tell whoever facilitates from now on."""
    _tell(event, [session.get_one(Copil, event.subject.id).facilitator_id], TO_FACILITATE, must_act=True)


def changed(event: Event) -> None:
    """Tell those who ask there, those who are to answer, and those who follow."""
    number = event.subject.id
    concerned = {*askers_at(number), *holder_ids(number, at=event.at), *followers(event.subject)}
    _tell(event, concerned, FOLLOWED[event.name])


TELLERS: dict[str, Callable[[Event], None]] = {
    "copils.copil_announced": announced,
    "copils.copil_handed_over": handed_over,
    **dict.fromkeys(FOLLOWED, changed),
    "copils.answer_corrected": Telling(_.later("An answer was corrected: %(title)s")),
}
