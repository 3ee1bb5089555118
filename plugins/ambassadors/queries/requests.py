"""Who asked whom, and what each of the two may know of it (C08 SPEC 6). Nobody else reads a request.

Whoever asks reads « pas disponible » whatever the reason: declined, paused, card hidden or closed, no answer in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from portal.api import READ_AT, READER, Person, Viewer, people, reading, session

from plugins.ambassadors.models.card import Entry
from plugins.ambassadors.models.request import NO, YES, HelpRequest
from plugins.ambassadors.queries.cards import open_entries

NEWS_DAYS = 3
AT_HOME = 5
RECEIVED, MADE = BOXES = ("received", "made")
NEWEST = (HelpRequest.asked_at, HelpRequest.id)
Requests = sa.Select[HelpRequest]


class State(StrEnum):
    """Where a request stands, for one of the two."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as one of the two reads it.

    :ivar other: the other one
    :ivar is_made: whoever reads asked it
    :ivar is_closed: it can no longer be answered, nor the answer changed
    """

    request: HelpRequest
    other: Person
    is_made: bool
    state: State
    is_closed: bool

    @property
    def id(self) -> int:
        """Give its number."""
        return self.request.id


def is_unanswered() -> sa.ColumnElement[bool]:
    """Give the criterion of what still waits for an answer, at `READ_AT`."""
    return sa.and_(HelpRequest.answer == "", HelpRequest.withdrawn_at.is_(None), HelpRequest.closes_at > READ_AT)


_OF_BOX = {RECEIVED: HelpRequest.person_id == READER, MADE: HelpRequest.asker_id == READER}
_OF_BOTH = sa.select(HelpRequest).where(sa.or_(*_OF_BOX.values()))
_SOME = _OF_BOTH.where(HelpRequest.id.in_(sa.bindparam("numbers", expanding=True)))
_BOXES = {"": _OF_BOTH, **{box: sa.select(HelpRequest).where(mine) for box, mine in _OF_BOX.items()}}
_MADE_OPEN = _BOXES[MADE].where(is_unanswered())
_LAST_TO = (
    _BOXES[MADE]
    .where(HelpRequest.person_id == sa.bindparam("person"), HelpRequest.withdrawn_at.is_(None))
    .where(HelpRequest.closes_at > READ_AT, HelpRequest.answer != YES)
    .order_by(HelpRequest.id.desc())
    .limit(1)
)
_NEWS = sa.and_(
    _OF_BOX[MADE],
    HelpRequest.answer != "",
    HelpRequest.withdrawn_at.is_(None),
    HelpRequest.answered_at > sa.bindparam("since", type_=HelpRequest.answered_at.type),
)
_AT_HOME = (
    sa.select(HelpRequest)
    .where(sa.or_(sa.and_(_OF_BOX[RECEIVED], is_unanswered()), _NEWS))
    .order_by(HelpRequest.closes_at, HelpRequest.id)
    .limit(AT_HOME)
)
_SHOWS = open_entries().with_only_columns(Entry.author_id).distinct()
_SHOWING = _SHOWS.where(Entry.author_id.in_(sa.bindparam("people", expanding=True)))


def requests_of(box: str) -> Requests:
    """Select the requests of `READER`: received, made, or both; without order."""
    return _BOXES.get(box, _OF_BOTH)


def showing(viewer: Viewer, person_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Give those of these people who show `viewer` a card now; one query."""
    wanted = set(person_ids)
    return set(session.scalars(_SHOWING, reading(viewer, at=at, people=list(wanted)))) if wanted else set()


def own_request(viewer: Viewer, request_id: int) -> HelpRequest | None:
    """Give a request one made or received, or None."""
    return session.scalar(_SOME, {"reader_id": viewer.person_id, "numbers": [request_id]})


def exchanges_by_id(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Exchange]:
    """List those of these requests that `viewer` made or received."""
    found = session.scalars(_SOME, {"reader_id": viewer.person_id, "numbers": list(ids)})
    return exchanges(found, viewer, at=at)


def exchanges_at_home(viewer: Viewer, *, at: datetime) -> list[Exchange]:
    """List what waits for an answer of `viewer`, and what was answered to them lately."""
    values = reading(viewer, at=at, since=at - timedelta(days=NEWS_DAYS))
    return exchanges(session.scalars(_AT_HOME, values), viewer, at=at)


def waiting_made(viewer: Viewer, *, at: datetime) -> list[Exchange]:
    """List what `viewer` asked and has no answer to."""
    found = exchanges(session.scalars(_MADE_OPEN, reading(viewer, at=at)), viewer, at=at)
    return [exchange for exchange in found if exchange.state is State.WAITING]


def last_request_to(viewer: Viewer, person_id: int, *, at: datetime) -> Exchange | None:
    """Give what `viewer` last asked this person: unless they agreed, or its time is over, one does not ask again."""
    found = session.scalars(_LAST_TO, reading(viewer, at=at, person=person_id))
    return next(iter(exchanges(found, viewer, at=at)), None)


def exchanges(found: Iterable[HelpRequest], viewer: Viewer, *, at: datetime) -> list[Exchange]:
    """Show requests to one of the two, in the same order; two queries, whatever their number."""
    requests = list(found)
    names = people(number for request in requests for number in (request.asker_id, request.person_id))
    asked = {request.person_id for request in requests if request.asker_id == viewer.person_id}
    open_to_me = showing(viewer, asked, at=at)
    return [_exchange(request, viewer, names, open_to_me, at) for request in requests]


def _exchange(
    request: HelpRequest, viewer: Viewer, names: dict[int, Person], open_to_me: set[int], at: datetime
) -> Exchange:
    is_made = request.asker_id == viewer.person_id
    is_reached = not is_made or request.person_id in open_to_me
    other = names[request.person_id if is_made else request.asker_id]
    return Exchange(request, other, is_made, _state_of(request, is_reached=is_reached, at=at), request.closes_at <= at)


def _state_of(request: HelpRequest, *, is_reached: bool, at: datetime) -> State:
    if request.withdrawn_at is not None:
        return State.WITHDRAWN
    if request.answer == YES:
        return State.YES
    if request.answer == NO or request.closes_at <= at or not is_reached:
        return State.NO
    return State.WAITING
