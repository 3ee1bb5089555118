"""Seven minutes each: who has the floor, who comes next (C35 SPEC 3).

A turn does not end by itself: the wall says that time is up, somebody ends it. A second click finds what it asked for.
"""

from __future__ import annotations

from datetime import datetime

from portal.api import Conflict, Viewer, record, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand, Turn
from plugins.programmes.queries.stands import stands_of
from plugins.programmes.queries.turns import next_stand, turns_of
from plugins.programmes.services.facts import has_come, hold, must_be_held, must_organise
from plugins.programmes.services.stands import must_be_kept

_ = texts("programmes")

MAX_MINUTES = 60


def give_floor(actor: Viewer, programme: Programme, stand: Stand, *, at: datetime) -> None:
    """Give a stand its minutes; the turn that ran ends. The stand that has the floor keeps the minutes it has left.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day has not come or was cancelled, or the stand is closed
    """
    _must_run(actor, programme, at)
    must_be_kept(stand)
    running = _running(programme)
    if running is not None and running.stand_id == stand.id:
        return
    if running is not None:
        running.ended_at = at
    session.add(Turn(programme_id=programme.id, stand_id=stand.id, minutes=programme.turn_minutes, started_at=at))
    session.flush()
    record("programmes.floor_given", stand.subject, actor=actor, at=at)


def go_on(actor: Viewer, programme: Programme, *, after: int | None, at: datetime) -> Stand | None:
    """Give the floor to the first stand that has not had it, or to nobody once all have; give that stand.

    :param after: the turn that ends, None if none runs: when another runs already, this is a second click
    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day has not come or was cancelled
    """
    _must_run(actor, programme, at)
    running = _running(programme)
    if (running.id if running is not None else None) != after:
        return None
    following = next_stand(stands_of(programme), turns_of(programme))
    if following is None:
        stop_turn(actor, programme, at=at)
    else:
        give_floor(actor, programme, following, at=at)
    return following


def more_minutes(actor: Viewer, programme: Programme, *, at: datetime, count: int = 1) -> None:
    """Let the turn that runs last longer.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: nobody has the floor, or it lasts long enough
    """
    _must_run(actor, programme, at)
    running = _running(programme)
    if running is None:
        raise Conflict(_("Nobody has the floor: give it to a stand first."))
    if running.minutes + count > MAX_MINUTES:
        raise Conflict(_("A turn lasts %(most)s minutes at most.", most=MAX_MINUTES))
    running.minutes += count
    session.flush()
    record("programmes.turn_lengthened", running.stand_subject, actor=actor, at=at, facts={"minutes": count})


def stop_turn(actor: Viewer, programme: Programme, *, at: datetime) -> None:
    """Give the floor to nobody; doing it twice changes nothing.

    :raises Forbidden: somebody else organises the day
    """
    must_organise(actor, programme)
    hold(programme)
    running = _running(programme)
    if running is not None:
        running.ended_at = at
        session.flush()
        record("programmes.floor_taken_back", running.stand_subject, actor=actor, at=at)


def _must_run(actor: Viewer, programme: Programme, at: datetime) -> None:
    must_organise(actor, programme)
    must_be_held(programme)
    if not has_come(programme, at):
        raise Conflict(_("The turns begin on the day itself."))
    hold(programme)


def _running(programme: Programme) -> Turn | None:
    return next((turn for turn in turns_of(programme) if turn.ended_at is None), None)
