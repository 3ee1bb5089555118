"""An open question of another plugin, taken up as an ephemeral lab; and given back (C36 SPEC 5)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Event, Subject, Viewer, link, linked, publish, unlink

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.services.facts import hold, must_have_opened

TAKES_UP = "labs.takes_up"


def take_up(actor: Viewer, ephemeral: Ephemeral, question: Subject, *, at: datetime) -> None:
    """Tie an ephemeral lab to the question it was opened for; whoever owns the question may refuse.

    :raises Conflict: it was taken up meanwhile, or is closed
    """
    link(TAKES_UP, ephemeral.subject, question, actor=actor, at=at)
    _say("taken_up", actor, ephemeral, question, at)


def give_back(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Give back the question a lab was opened for, to be taken up otherwise; doing it twice changes nothing.

    :raises Forbidden: somebody else opened the lab
    """
    hold(ephemeral)
    must_have_opened(actor, ephemeral)
    release(actor, ephemeral, at=at)


def release(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Give back what a lab was opened for, as when it is called off."""
    for question in linked(TAKES_UP, ephemeral.subject):
        unlink(TAKES_UP, ephemeral.subject, question, actor=actor, at=at)
        _say("given_back", actor, ephemeral, question, at)


def _say(how: str, actor: Viewer, ephemeral: Ephemeral, question: Subject, at: datetime) -> None:
    facts = {"kind": question.kind, "id": question.id}
    publish(Event(f"labs.question_{how}", ephemeral.subject, actor.person_id, at, facts))
