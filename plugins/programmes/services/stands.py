"""A stand is added, changed, closed and opened again; somebody holds it (C35 SPEC 1).

Its code opens its page to whoever stands before it, without an account, until the end of the day after. It outlives a
closing, so that the poster that hangs there is good again once the stand is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Forbidden,
    Invalid,
    Person,
    Viewer,
    group_cards,
    issue_token,
    must_have_seen,
    record,
    session,
    show_token,
    texts,
)

from plugins.programmes.models.programme import MAX_PLACE, Programme
from plugins.programmes.models.stand import MAX_POINT, MAX_STAND, Holder, Stand
from plugins.programmes.queries.programmes import is_organiser
from plugins.programmes.queries.stands import holders_of, programme_of, stands_of
from plugins.programmes.queries.turns import turns_of
from plugins.programmes.services.facts import hold, must_be_held, must_organise
from plugins.programmes.services.walls import STAND_SCOPE, dies_at

_ = texts("programmes")

MAX_STANDS = 60
SAID = ("title", "point_1", "point_2", "point_3", "place", "lab_group_id")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a stand says.

    :ivar lab_group_id: the lab whose stand it is; None for none of here
    """

    title: str
    points: tuple[str, str, str]
    place: str
    lab_group_id: int | None = None

    @property
    def said(self) -> dict[str, Any]:
        """Give it by the name of the column, without blanks around it."""
        words = (self.title, *self.points, self.place)
        return dict(zip(SAID, (*(text.strip() for text in words), self.lab_group_id), strict=True))


def add_stand(actor: Viewer, programme: Programme, plan: Plan, *, at: datetime, holder: Person | None = None) -> Stand:
    """Add a stand to a day, the last in order, with its code; the same one twice is a second click.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: it was cancelled, or has as many stands as a day may have
    :raises Invalid: the title or a point is missing or too long
    """
    must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    _check(plan, actor)
    there = stands_of(programme)
    if len(there) >= MAX_STANDS:
        raise Conflict(_("A day has %(most)s stands at most.", most=MAX_STANDS))
    again = next((stand for stand in there if said_of(stand) == plan.said), None)
    stand = again or _added(actor, programme, plan, position=max((one.position for one in there), default=0) + 1, at=at)
    if holder is not None:
        add_holder(actor, stand, holder, at=at)
    return stand


def _added(actor: Viewer, programme: Programme, plan: Plan, *, position: int, at: datetime) -> Stand:
    stand = Stand(programme_id=programme.id, position=position, created_at=at)
    _write(stand, plan)
    session.add(stand)
    session.flush()
    issue_token(STAND_SCOPE, subject=stand.subject, expires_at=dies_at(programme), label=_.later("Code of a stand"))
    record("programmes.stand_added", stand.subject, actor=actor, at=at)
    return stand


def change_stand(actor: Viewer, stand: Stand, plan: Plan, *, seen: str | None = None, at: datetime) -> None:
    """Write a stand anew; the same words change nothing.

    :param seen: the `edition_of` the stand that the actor had before them; None not to ask
    :raises Forbidden: they neither hold it nor organise the day
    :raises Conflict: the day was cancelled, or the stand is closed
    :raises Overtaken: somebody else who holds it was faster
    :raises Invalid: the title or a point is missing or too long
    """
    _take(actor, stand)
    must_be_kept(stand)
    _check(plan, actor)
    must_have_seen(seen, said_of(stand), plan.said)
    _write(stand, plan)
    if session.is_modified(stand):
        record("programmes.stand_changed", stand.subject, actor=actor, at=at)
    session.flush()


def close_stand(actor: Viewer, stand: Stand, *, at: datetime) -> None:
    """Take a stand off the fair; doing it twice changes nothing.

    :raises Forbidden: somebody else organises the day
    """
    programme = programme_of(stand)
    must_organise(actor, programme)
    hold(programme)
    session.refresh(stand)
    if stand.closed_at is not None:
        return
    stand.closed_at = at
    for turn in turns_of(programme):
        if turn.stand_id == stand.id and turn.ended_at is None:
            turn.ended_at = at
    record("programmes.stand_closed", stand.subject, actor=actor, at=at)
    session.flush()


def reopen_stand(actor: Viewer, stand: Stand, *, at: datetime) -> None:
    """Put a closed stand back, with its code and whoever holds it; doing it twice changes nothing.

    :raises Forbidden: somebody else organises the day
    :raises Conflict: the day was cancelled
    """
    programme = programme_of(stand)
    must_organise(actor, programme)
    hold(programme)
    must_be_held(programme)
    session.refresh(stand)
    if stand.closed_at is None:
        return
    stand.closed_at = None
    record("programmes.stand_reopened", stand.subject, actor=actor, at=at)
    session.flush()


def add_holder(actor: Viewer, stand: Stand, person: Person, *, at: datetime) -> None:
    """Let somebody hold a stand; twice is once.

    :raises Forbidden: the actor neither holds it nor organises the day
    :raises Conflict: the day was cancelled, or the stand is closed
    """
    _take(actor, stand)
    must_be_kept(stand)
    if person.id in holders_of([stand.id]).get(stand.id, ()):
        return
    session.add(Holder(stand_id=stand.id, person_id=person.id))
    record("programmes.holder_added", stand.subject, actor=actor, at=at)
    session.flush()


def remove_holder(actor: Viewer, stand: Stand, person_id: int, *, at: datetime) -> None:
    """Let somebody hold it no more; twice is once.

    :raises Forbidden: the actor neither holds it nor organises the day
    """
    must_hold(actor, stand)
    gone = sa.delete(Holder).where(Holder.stand_id == stand.id, Holder.person_id == person_id)
    if session.execute(gone.returning(Holder.id)).first() is not None:
        record("programmes.holder_removed", stand.subject, actor=actor, at=at)


def move_stand(actor: Viewer, stand: Stand, *, to: int | None, at: datetime) -> None:
    """Give a stand another place in the order of the turns; the one it has already changes nothing.

    :param to: from 1 on; farther than the end is the end
    :raises Forbidden: somebody else organises the day
    :raises Conflict: it is closed
    :raises Invalid: no place is named so
    """
    programme = programme_of(stand)
    must_organise(actor, programme)
    hold(programme)
    must_be_kept(stand)
    if to is None or to < 1:
        raise Invalid(_("Write the number of a place in the order."), field="to")
    order = stands_of(programme)
    before = order.index(stand)
    order.insert(min(to, len(order)) - 1, order.pop(before))
    if order.index(stand) == before:
        return
    for position, moved in enumerate(order, start=1):
        moved.position = position
    session.flush()
    record("programmes.stands_ordered", programme.subject, actor=actor, at=at)


def code_of(stand: Stand) -> str | None:
    """Give the address part that its code opens; None once it is dead."""
    return show_token(STAND_SCOPE, stand.subject)


def may_hold(viewer: Viewer, stand: Stand) -> bool:
    """Tell whether somebody writes a stand: they hold it, or organise the day."""
    holds = viewer.person_id in holders_of([stand.id]).get(stand.id, ())
    return holds or is_organiser(viewer, programme_of(stand))


def must_hold(actor: Viewer, stand: Stand) -> None:
    """Refuse whoever neither holds a stand nor organises its day.

    :raises Forbidden: they do not
    """
    if not may_hold(actor, stand):
        raise Forbidden(_("Only who holds this stand or organises the day may do this."))


def must_be_kept(stand: Stand) -> None:
    """Refuse to change a stand that is closed, or of a cancelled day.

    :raises Conflict: it is
    """
    must_be_held(programme_of(stand))
    if stand.closed_at is not None:
        raise Conflict(_("This stand is closed. Whoever organises the day can open it again."))


def _check(plan: Plan, actor: Viewer) -> None:
    if not plan.title.strip():
        raise Invalid(_("Give the stand a title."), field="title")
    if len(plan.title) > MAX_STAND:
        raise Invalid(_("Shorten the title: %(most)s signs at most.", most=MAX_STAND), field="title")
    for number, point in enumerate(plan.points, start=1):
        if len(point) > MAX_POINT:
            raise Invalid(_("Shorten this point: %(most)s signs at most.", most=MAX_POINT), field=f"point_{number}")
    if not any(point.strip() for point in plan.points):
        raise Invalid(_("Write one point at least: what is there to see?"), field="point_1")
    if len(plan.place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")
    labs = {card.id for card in group_cards(actor) if card.kind == "lab"}
    if plan.lab_group_id is not None and plan.lab_group_id not in labs:
        raise Invalid(_("There is no such lab here."), field="lab_group_id")


def _write(stand: Stand, plan: Plan) -> None:
    for name, value in plan.said.items():
        setattr(stand, name, value)


def said_of(stand: Stand) -> dict[str, Any]:
    """Give what a stand says, by the name of the field."""
    return {name: getattr(stand, name) for name in SAID}


def _take(actor: Viewer, stand: Stand) -> None:
    """Hold the day of a stand, then read the stand anew: somebody may just have changed it."""
    must_hold(actor, stand)
    hold(programme_of(stand))
    session.refresh(stand)
