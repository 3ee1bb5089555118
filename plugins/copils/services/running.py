"""In the room: who came, beginning, too few to answer, closing (C07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.api import Conflict, Event, Invalid, Viewer, local_day, local_midnight, person, publish, session, texts

from plugins.copils.models.copil import ABSENT, PRESENT, STAND_IN, Copil, Decider
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.queries.calendar import is_working_day
from plugins.copils.queries.copil_states import State, state_of
from plugins.copils.queries.deciders import seats_of
from plugins.copils.services.announcing import Plan, add_copil
from plugins.copils.services.facts import hold, must_facilitate
from plugins.copils.services.placing import carry
from plugins.copils.services.turns import end_running

_ = texts("copils")

EARLY = timedelta(minutes=30)
SEQUEL_DAYS = 28  # the same day of the week, within the thirty days of C07 SPEC 12
PRESENCES = (PRESENT, STAND_IN, ABSENT)


def may_begin(copil: Copil, *, at: datetime) -> bool:
    """Tell whether a copil can be opened: from half an hour before its hour, until its answers are due.

    One that nobody opened that day is opened later: what was answered there must be written down.
    """
    is_ahead = copil.began_at is None and copil.cancelled_at is None
    return is_ahead and at >= copil.held_at - EARLY and local_day(at) <= copil.answers_due_on


def begin(actor: Viewer, copil: Copil, *, presences: Mapping[int, str], at: datetime) -> None:
    """Open a copil in the room, with who came; a second click changes nothing.

    Rule: C07 SPEC 12.

    :param presences: of each decider, by id
    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: called off, too early, or too late
    :raises Invalid: nobody said whether one of the deciders came
    """
    hold(copil)
    person_id = must_facilitate(actor, copil, at=at)
    if copil.began_at is not None:
        return
    if not may_begin(copil, at=at):
        raise Conflict(_("A copil opens from half an hour before its hour, unless it was called off."))
    rows = _note(copil, presences, at)
    copil.began_at = at
    session.flush()
    publish(Event("copils.copil_begun", copil.subject, person_id, at))
    _judge(copil, rows, at)


def correct_presence(actor: Viewer, copil: Copil, *, presences: Mapping[int, str], at: datetime) -> None:
    """Correct who came, until the first answer; too few, and nothing is answered from then on.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it does not run, something was answered, or its sequel is announced already
    :raises Invalid: nobody said whether one of the deciders came
    """
    hold(copil)
    must_facilitate(actor, copil, at=at)
    must_run(copil, at=at)
    if copil.is_listening or any(question.answered_at for question in agenda_of(copil.id)):
        raise Conflict(_("Who came no longer changes: something was answered, or the next copil is announced."))
    _judge(copil, _note(copil, presences, at), at)


def must_run(copil: Copil, *, at: datetime) -> None:
    """Go on only while a copil is under way.

    :raises Conflict: it has not begun, or it is over
    """
    if state_of(copil, at=at) is not State.RUNNING:
        raise Conflict(_("This copil is not under way."))


def _note(copil: Copil, presences: Mapping[int, str], at: datetime) -> list[Decider]:
    seats = seats_of(copil.id, at=at)
    for seat in seats:
        presence = presences.get(seat.decider.id, "")
        if presence not in PRESENCES:
            raise Invalid(_("Say of each function whether whoever holds it came."))
        if presence == PRESENT and seat.function.is_vacant:
            raise Invalid(_("Nobody holds this function today: %(name)s.", name=seat.function.name))
        seat.decider.presence = presence
    session.flush()
    return [seat.decider for seat in seats]


def has_quorum(rows: list[Decider]) -> bool:
    """Tell whether at least half of those who were invited came themselves (C07 SPEC 12)."""
    return 2 * sum(row.presence == PRESENT for row in rows) >= len(rows)


def _judge(copil: Copil, rows: list[Decider], at: datetime) -> None:
    if has_quorum(rows):
        return
    copil.is_listening = True
    sequel = _announce_sequel(copil, rows, at)
    for question in agenda_of(copil.id):
        carry(question, sequel, at=at)


def _announce_sequel(copil: Copil, rows: list[Decider], at: datetime) -> Copil:
    """Put the copil off by four weeks, or the working day before; its call needs no fifteen days."""
    midnight = local_midnight(local_day(copil.held_at))
    day = local_day(copil.held_at) + timedelta(days=SEQUEL_DAYS)
    while not is_working_day(day):
        day -= timedelta(days=1)
    plan = Plan(
        title=copil.title,
        held_at=local_midnight(day) + (copil.held_at - midnight),
        minutes=copil.minutes,
        place=copil.place,
        function_ids=tuple(row.function_id for row in rows),
        facilitator=person(copil.facilitator_id),
        audience=copil.audience,
    )
    return add_copil(copil.author_id, plan, at=at, follows=copil)


def close(actor: Viewer, copil: Copil, *, at: datetime) -> None:
    """End a copil; what was answered can still be written down. Twice is once.

    :raises Forbidden: somebody else facilitates it, or they decide there
    :raises Conflict: it has not begun
    """
    hold(copil)
    person_id = must_facilitate(actor, copil, at=at)
    if copil.closed_at is not None:
        return
    if copil.began_at is None:
        raise Conflict(_("This copil is not under way."))
    end_running(copil, at=at)
    copil.closed_at = at
    session.flush()
    publish(Event("copils.copil_closed", copil.subject, person_id, at))
