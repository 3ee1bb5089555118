"""An open question of another plugin, put at a copil; and given back (C36 SPEC 5)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Event, Subject, Viewer, link, linked, publish, unlink

from plugins.copils.models.question import Question
from plugins.copils.services.facts import hold_with_copil, must_ask_itself

TAKES_UP = "copils.takes_up"


def take_up(actor: Viewer, question: Question, origin: Subject, *, at: datetime) -> None:
    """Tie a question to the one it comes from; whoever owns that one may refuse.

    :raises Conflict: it was taken up meanwhile, or is closed
    """
    link(TAKES_UP, question.subject, origin, actor=actor, at=at)
    _say("taken_up", actor, question, origin, at)


def give_back(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Give back the question that this one comes from, to be taken up otherwise; doing it twice changes nothing.

    :raises Forbidden: the actor does not ask it, or is to answer it
    """
    copil = hold_with_copil(question)
    must_ask_itself(actor, question, copil, at=at)
    release(actor, question, at=at)


def release(actor: Viewer, question: Question, *, at: datetime) -> None:
    """Give back where a question comes from, as when it is withdrawn."""
    for origin in linked(TAKES_UP, question.subject):
        unlink(TAKES_UP, question.subject, origin, actor=actor, at=at)
        _say("given_back", actor, question, origin, at)


def _say(how: str, actor: Viewer, question: Question, origin: Subject, at: datetime) -> None:
    facts = {"kind": origin.kind, "id": origin.id}
    publish(Event(f"copils.question_{how}", question.subject, actor.person_id, at, facts))
