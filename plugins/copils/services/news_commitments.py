"""Who is told what becomes of a commitment (C07 SPEC 9): event → what is said.

Those who asked and those who follow hear of each change; a mail leaves only for who must act. Nobody is named: a
notice about what an asker did would tell who asks (C07 SPEC 11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from portal.api import Event, followers, function_cards, notify, now, session, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.deciders import deciders_of
from plugins.copils.queries.questions import asker_ids, voice_ids

_ = texts("copils")

SAID = {
    "copils.commitment_made": _.later("It was promised: “%(title)s”"),
    "copils.commitment_known": _.later("One now knows by what it will be judged: “%(title)s”"),
    "copils.commitment_late": _.later("The promised day has passed: “%(title)s”"),
    "copils.commitment_proposed": _.later("It was said to be done: “%(title)s”"),
    "copils.commitment_confirmed": _.later("Kept: “%(title)s”"),
    "copils.commitment_refused": _.later("It is not done, say those who asked: “%(title)s”"),
    "copils.commitment_postponed": _.later("A later day was given: “%(title)s”"),
    "copils.commitment_unconfirmed": _.later("Nobody has confirmed within 30 days: “%(title)s”"),
    "copils.commitment_reconfirmed": _.later("Whoever holds the function now has taken it on: “%(title)s”"),
    "copils.commitment_withdrawn": _.later("Withdrawn, since the answer was corrected: “%(title)s”"),
}
OF_OWNER = {
    "copils.commitment_made": _.later("Your function has made a commitment: “%(title)s”"),
    "copils.commitment_late": _.later("Your function is late: “%(title)s”"),
    "copils.commitment_refused": _.later("Those who asked say that it is not done, and why: “%(title)s”"),
}
OF_ASKERS = {"copils.commitment_proposed": _.later("Is it really done? “%(title)s”")}


def audience_of(commitment: Commitment) -> set[int]:
    """Give the ids of those who asked it or support it, or follow the commitment, its question or its copil."""
    subjects = commitment.subject, commitment.question.subject, commitment.copil.subject
    return {*voice_ids(commitment.question)}.union(*(followers(subject) for subject in subjects))


def _tell(event: Event) -> None:
    commitment = session.get_one(Commitment, event.subject.id)
    acting: set[int] = set()
    if event.name in OF_OWNER:
        acting = _holders([commitment.function_id]) - {event.actor_id}
        notify(acting, event.subject, OF_OWNER[event.name], at=event.at, must_act=True)
    if event.name in OF_ASKERS:
        acting = _witnesses(commitment) - {event.actor_id}
        notify(acting, event.subject, OF_ASKERS[event.name], at=event.at, must_act=True)
    told = audience_of(commitment) - acting - {event.actor_id}
    notify(told, event.subject, SAID[event.name], at=event.at)


def _holders(function_ids: Iterable[int]) -> set[int]:
    """Give who holds these functions today: a sweep that is late tells nobody of former days."""
    cards = function_cards(function_ids, at=now())
    return {card.holder.id for card in cards.values() if card.holder}


def _witnesses(commitment: Commitment) -> set[int]:
    """Give those who asked and may say whether it is done (C07 SPEC 8 and 14)."""
    deciding = (row.function_id for row in deciders_of(commitment.copil_id))
    return {*asker_ids(commitment.question)} - _holders([commitment.function_id, *deciding])


TELLERS: dict[str, Callable[[Event], None]] = dict.fromkeys(SAID, _tell)
