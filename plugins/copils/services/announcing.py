"""Announcing a copil: its day, who is to answer, a call for questions of at least fifteen days (C07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.api import (
    Event,
    Forbidden,
    Invalid,
    Person,
    Viewer,
    day,
    edition,
    function_cards,
    local_day,
    local_midnight,
    publish,
    session,
    texts,
)

from plugins.copils import permissions
from plugins.copils.models.copil import (
    ANSWER_WORKING_DAYS,
    CALL_DAYS,
    FREEZE_WORKING_DAYS,
    LEVELS,
    MAX_PLACE,
    MAX_TITLE,
    Copil,
    Decider,
)
from plugins.copils.queries.calendar import is_working_day, working_days_after, working_days_before
from plugins.copils.queries.deciders import held_by
from plugins.copils.services.facts import hold_waiting
from plugins.copils.services.placing import carry_all

_ = texts("copils")

AHEAD_DAYS = 366
LEAST_MINUTES, MOST_MINUTES = 15, 360


@dataclass(frozen=True, slots=True)
class Plan:
    """What an announcement says.

    :ivar function_ids: those who are to answer
    """

    title: str
    held_at: datetime
    minutes: int
    place: str
    function_ids: tuple[int, ...]
    facilitator: Person
    audience: str


def freeze_of(held_at: datetime) -> datetime:
    """Give when the agenda of a copil is settled (C07 SPEC 2)."""
    return working_days_before(held_at, FREEZE_WORKING_DAYS)


def due_after(held_at: datetime) -> date:
    """Give the last day on which an answer is in time (C07 SPEC 4)."""
    return working_days_after(local_day(held_at), ANSWER_WORKING_DAYS)


def earliest_day(called_at: datetime, *, hour: timedelta = timedelta(), call_days: int = CALL_DAYS) -> date:
    """Give the first working day on which a copil called at an instant may sit, at an hour of the day."""
    found, call_ends_at = local_day(called_at) + timedelta(days=call_days), called_at + timedelta(days=call_days)
    while not is_working_day(found) or freeze_of(local_midnight(found) + hour) < call_ends_at:
        found += timedelta(days=1)
    return found


def announce(actor: Viewer, *, plan: Plan, at: datetime) -> Copil:
    """Announce a copil. The same one announced twice is a second click: the first is given back.

    Rule: C07 SPEC 1 and 2.

    :raises Forbidden: the actor neither animates a group nor administers plugins
    :raises Invalid: a bound is not kept; the call would last less than fifteen days
    """
    if actor.person_id is None or not permissions.may(actor, permissions.ANNOUNCE, None):
        raise Forbidden(_("Whoever animates a group here, or administers plugins, announces a copil."))
    _check_words(plan)
    _check_deciders(plan, at)
    check_day(plan.held_at, called_at=at, at=at)
    key = _key(actor.person_id, plan)
    again = _announced(key)
    if again is not None:
        return again
    waiting = hold_waiting()
    try:
        with session.begin_nested():
            copil = add_copil(actor.person_id, plan, at=at, key=key)
    except IntegrityError:  # PostgreSQL: the same click at the same instant
        first = _announced(key)
        if first is None:
            raise
        return first
    carry_all(waiting, [copil], at=at)
    return copil


def _check_words(plan: Plan) -> None:
    if not plan.title.strip() or len(plan.title) > MAX_TITLE:
        raise Invalid(_("Give it a title, %(most)s signs at most.", most=MAX_TITLE), field="title")
    if len(plan.place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")
    if not LEAST_MINUTES <= plan.minutes <= MOST_MINUTES:
        raise Invalid(_("Choose a duration of this list."), field="minutes")
    if plan.audience not in LEVELS:
        raise Invalid(_("Choose who can read."), field="audience")


def _check_deciders(plan: Plan, at: datetime) -> None:
    cards = function_cards(plan.function_ids, at=at)
    if not cards or any(number not in cards or cards[number].closed_at for number in plan.function_ids):
        raise Invalid(_("Choose at least one function that is to answer."), field="function_ids")
    check_facilitator(plan.facilitator, plan.function_ids, at=at)


def check_facilitator(facilitator: Person, function_ids: tuple[int, ...], *, at: datetime) -> None:
    """Refuse somebody who is to answer there.

    :raises Invalid: they hold one of these functions, or are here no more
    """
    if facilitator.has_left or held_by(facilitator.id, at=at) & {*function_ids}:
        raise Invalid(_("Whoever is to answer does not facilitate. Choose somebody else."), field="facilitator")


def check_day(held_at: datetime, *, called_at: datetime, at: datetime) -> None:
    """Refuse a day that is past, too far, or that leaves less than fifteen days to the call for questions.

    :raises Invalid: names the earliest day that is possible
    """
    if held_at > at + timedelta(days=AHEAD_DAYS):
        raise Invalid(_("This day is more than a year away. Choose a nearer one."), field="held_at")
    freezes_at = freeze_of(held_at)
    if freezes_at < called_at + timedelta(days=CALL_DAYS) or freezes_at < at:
        midnight = local_midnight(local_day(held_at))
        first = earliest_day(max(called_at, at - timedelta(days=CALL_DAYS)), hour=held_at - midnight)
        raise Invalid(
            _(
                "The call for questions lasts at least fifteen days and ends three working days before:"
                " the earliest day is %(day)s.",
                day=day(first),
            ),
            field="held_at",
        )


def _key(author_id: int, plan: Plan) -> str:
    functions = ",".join(str(number) for number in sorted(plan.function_ids))
    numbers = f"{author_id} {plan.held_at.timestamp()} {plan.minutes} {plan.facilitator.id} {functions}"
    return edition(numbers, plan.audience, plan.title.strip(), plan.place.strip())


def _announced(key: str) -> Copil | None:
    return session.scalar(sa.select(Copil).where(Copil.announced_as == key))


def add_copil(
    author_id: int, plan: Plan, *, at: datetime, follows: Copil | None = None, key: str | None = None
) -> Copil:
    """Write a copil down with those who are to answer, and say so."""
    copil = Copil(
        title=plan.title.strip(),
        place=plan.place.strip(),
        created_at=at,
        held_at=plan.held_at,
        minutes=plan.minutes,
        freezes_at=freeze_of(plan.held_at),
        answers_due_on=due_after(plan.held_at),
        facilitator_id=plan.facilitator.id,
        author_id=author_id,
        audience=plan.audience,
        announced_as=key,
        follows_id=follows.id if follows else None,
    )
    session.add(copil)
    session.flush()
    session.add_all(Decider(copil_id=copil.id, function_id=number) for number in dict.fromkeys(plan.function_ids))
    session.flush()
    publish(Event("copils.copil_announced", copil.subject, author_id, at, {"follows": copil.follows_id}))
    return copil
