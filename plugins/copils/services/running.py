"""In the room: who came, beginning, too few to answer, closing (C07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.api import (
    Conflict,
    Event,
    Invalid,
    Viewer,
    local_day,
    local_midnight,
    person,
    publish,
    record,
    session,
    texts,
)

from plugins.copils.models.copil import PRESENCES, PRESENT, Copil
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.queries.calendar import is_working_day
from plugins.copils.queries.copil_states import may_begin
from plugins.copils.queries.deciders import Seat, deciders_of, seats_of
from plugins.copils.services.announcing import Plan, add_copil
from plugins.copils.services.facts import hold, must_facilitate, must_run
from plugins.copils.services.placing import carry
from plugins.copils.services.turns import end_running

_ = texts("copils")

SEQUEL_DAYS = 28  # the same day of the week, within the thirty days of C07 SPEC 12


def begin(actor: Viewer, copil: Copil, *, presences: Mapping[int, str], at: datetime) -> None:
    """Open a copil in the room, with who came; a second click changes nothing.

    Rule: C07 SPEC 12.

    :param presences: of each decider, by id
    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: called off, or too early
    :raises Invalid: nobody said whether one of the deciders came
    """
    hold(copil)
    person_id = must_facilitate(actor, copil, at=at)
    if copil.began_at is not None:
        return
    if not may_begin(copil, at=at):
        raise Conflict(_("A copil opens from half an hour before its hour, unless it was called off."))
    seats = _note(copil, presences, at)
    copil.began_at = at
    session.flush()
    publish(Event("copils.copil_begun", copil.subject, person_id, at))
    _judge(copil, seats, at)


def correct_presence(actor: Viewer, copil: Copil, *, presences: Mapping[int, str], at: datetime) -> None:
    """Correct who came, until the first answer; too few, and nothing is answered from then on.

    The history keeps what was noted before. The same presences again change nothing.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it does not run, something was answered, or its sequel is announced already
    :raises Invalid: nobody said whether one of the deciders came
    """
    hold(copil)
    must_facilitate(actor, copil, at=at)
    must_run(copil, at=at)
    if copil.is_listening or any(question.answered_at for question in agenda_of(copil.id)):
        raise Conflict(_("Who came no longer changes: something was answered, or the next copil is announced."))
    noted = {str(row.function_id): row.presence for row in deciders_of(copil.id)}
    seats = _note(copil, presences, copil.began_at or at)
    if noted == {str(seat.function.id): seat.decider.presence for seat in seats}:
        return
    _judge(copil, seats, at)
    record("copils.presence_corrected", copil.subject, actor=actor, at=at, facts={"noted": noted})


def _note(copil: Copil, presences: Mapping[int, str], at: datetime) -> list[Seat]:
    seats = seats_of(copil.id, at=at)
    for seat in seats:
        presence = presences.get(seat.decider.id, "")
        if presence not in PRESENCES:
            raise Invalid(_("Say of each function whether whoever holds it came."))
        if presence == PRESENT and seat.function.is_vacant:
            raise Invalid(_("Nobody holds this function today: %(name)s.", name=seat.function.name))
        seat.decider.presence = presence
    session.flush()
    return seats


def has_quorum(seats: list[Seat], presences: Mapping[int, str]) -> bool:
    """Tell whether at least half of those who were invited came themselves (C07 SPEC 12).

    A function that nobody holds that day is invited in vain: it counts on neither side.

    :param presences: of each decider, by id
    """
    held = [seat for seat in seats if not seat.function.is_vacant]
    came = sum(presences.get(seat.decider.id) == PRESENT for seat in held)
    return came > 0 and 2 * came >= len(held)


def _judge(copil: Copil, seats: list[Seat], at: datetime) -> None:
    if has_quorum(seats, {seat.decider.id: seat.decider.presence for seat in seats}):
        return
    copil.is_listening = True
    sequel = _announce_sequel(copil, seats, at)
    for question in agenda_of(copil.id):
        carry(question, sequel, at=at)


def _announce_sequel(copil: Copil, seats: list[Seat], at: datetime) -> Copil:
    """Put the copil off by four weeks, or the working day before; its call needs no fifteen days."""
    midnight = local_midnight(local_day(copil.held_at))
    day = local_day(at) + timedelta(days=SEQUEL_DAYS)
    while not is_working_day(day):
        day -= timedelta(days=1)
    plan = Plan(
        title=copil.title,
        held_at=local_midnight(day) + (copil.held_at - midnight),
        minutes=copil.minutes,
        place=copil.place,
        function_ids=tuple(seat.function.id for seat in seats),
        facilitator=person(copil.facilitator_id),
        audience=copil.audience,
    )
    return add_copil(copil.author_id, plan, at=at, follows=copil)


def close(actor: Viewer, copil: Copil, *, at: datetime) -> None:
    """End a copil; what was answered can still be written down. Twice is once.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it has not begun, or has ended by itself
    """
    hold(copil)
    person_id = must_facilitate(actor, copil, at=at)
    if copil.closed_at is not None:
        return
    must_run(copil, at=at)
    end_running(copil, at=at)
    copil.closed_at = at
    session.flush()
    publish(Event("copils.copil_closed", copil.subject, person_id, at))
