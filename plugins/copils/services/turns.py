"""Giving the floor: those who ask first, then those who decide (C07 SPEC 3).

Each act is its own key: sent again because the network was lost, it finds what it asked for and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Invalid, Viewer, session, texts

from plugins.copils.models.copil import Copil, Turn
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import was_put_at
from plugins.copils.queries.copil_states import ends_at
from plugins.copils.queries.turns import DECIDERS, SIDES, running_turn, was_heard
from plugins.copils.services.facts import hold, must_facilitate, must_run

_ = texts("copils")

LONGEST_AGO = timedelta(minutes=5)


def give_floor(
    actor: Viewer, copil: Copil, question: Question, *, side: str, at: datetime, ago: timedelta = timedelta()
) -> None:
    """Give the floor to one side of a question; the turn that ran ends. The same side twice is a second click.

    :param ago: how long ago it was given, when the network was lost since; never before the last turn
    :raises Forbidden: somebody else facilitates, or they decide there; those who ask have not spoken yet
    :raises Conflict: the copil does not run, or only listens; the question is not on its agenda
    """
    _must_keep_time(actor, copil, at)
    _must_be_theirs(copil, question, side)
    running = running_turn(copil.id)
    if running is not None and (running.question_id, running.side) == (question.id, side):
        return
    began = _true_instant(copil, at, ago)
    if running is not None:
        running.ended_at = began
    session.add(Turn(copil_id=copil.id, question_id=question.id, side=side, started_at=began))
    session.flush()


def pause(actor: Viewer, copil: Copil, *, at: datetime, ago: timedelta = timedelta()) -> None:
    """Give the floor to nobody for a while; in a pause, changes nothing.

    :raises Forbidden: somebody else facilitates, or they decide there
    :raises Conflict: the copil does not run
    """
    _must_keep_time(actor, copil, at)
    end_running(copil, at=_true_instant(copil, at, ago))


def end_running(copil: Copil, *, at: datetime) -> None:
    """End the turn that runs, if one does."""
    _end(copil, running_turn(copil.id), at)


def end_turn_of(copil: Copil, question: Question, *, at: datetime, ago: timedelta = timedelta()) -> None:
    """End the turn that runs if it is of this question: it has its answer, time stops until the next is taken up."""
    running = running_turn(copil.id)
    if running is not None and running.question_id == question.id:
        _end(copil, running, _true_instant(copil, at, ago))


def _end(copil: Copil, running: Turn | None, at: datetime) -> None:
    if running is not None:
        running.ended_at = max(min(at, ends_at(copil)), running.started_at)
        session.flush()


def _must_keep_time(actor: Viewer, copil: Copil, at: datetime) -> None:
    hold(copil)
    must_facilitate(actor, copil, at=at)
    must_run(copil, at=at)


def _must_be_theirs(copil: Copil, question: Question, side: str) -> None:
    if side not in SIDES:
        raise Invalid(_("Say who has the floor."))
    if not was_put_at(copil, question):
        raise Conflict(_("This question is not on the agenda of this copil."))
    if side == DECIDERS and copil.is_listening:
        raise Conflict(_("Too few of those who decide came: this copil listens, nothing is answered."))
    if side == DECIDERS and not was_heard(copil, question):
        raise Forbidden(_("Those who ask speak first."))


def _true_instant(copil: Copil, at: datetime, ago: timedelta) -> datetime:
    """Give when a click was made: never before what was noted last, for two turns never overlap."""
    last = session.scalar(sa.select(Turn).where(Turn.copil_id == copil.id).order_by(Turn.id.desc()).limit(1))
    floor = (last.ended_at or last.started_at) if last else copil.began_at
    claimed = at - min(max(ago, timedelta()), LONGEST_AGO)
    return min(max(claimed, floor or at), at)
