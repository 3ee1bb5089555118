"""An open question of one plugin, taken up by what another makes of it; and given back (C36 SPEC 5).

Whose the question is hears of it by an event, and may refuse.
"""

from __future__ import annotations

from datetime import datetime

from portal.content.events import publish
from portal.content.links import link, link_kind, linked, unlink
from portal.content.subjects import owner_of
from portal.values import Event, Subject, Viewer


def take_up(taker: Subject, question: Subject, *, actor: Viewer, at: datetime) -> None:
    """Tie what was made to the open question it was made for, and publish `<id of the taker>.question_taken_up`.

    :raises KeyError: the plugin of the taker declares no kind of link `<id>.takes_up`
    :raises Conflict: its owner refuses: it was taken up meanwhile, or is closed
    """
    link(_kind(taker.kind), taker, question, actor=actor, at=at)
    _say("taken_up", taker, question, actor, at)


def taken_up(taker: Subject) -> list[Subject]:
    """Give the open questions that something was made for."""
    return linked(_kind(taker.kind), taker)


def give_back(taker: Subject, *, actor: Viewer, at: datetime) -> None:
    """Give back what something was made for, and publish `<id>.question_given_back`; doing it twice changes nothing."""
    for question in taken_up(taker):
        unlink(_kind(taker.kind), taker, question, actor=actor, at=at)
        _say("given_back", taker, question, actor, at)


def taken_up_as(kind: str) -> str | None:
    """Say in words what a question became, « devenue la question de copil »; None while the plugin of `kind` is off."""
    known = link_kind(_kind(kind))
    return str(known.back) if known else None


def _kind(kind: str) -> str:
    return f"{owner_of(kind)}.takes_up"


def _say(how: str, taker: Subject, question: Subject, actor: Viewer, at: datetime) -> None:
    facts = {"kind": question.kind, "id": question.id}
    publish(Event(f"{owner_of(taker.kind)}.question_{how}", taker, actor.person_id, at, facts))
