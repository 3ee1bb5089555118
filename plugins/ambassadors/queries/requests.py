"""Who asked whom, and what each of the two may know of it (C08 SPEC 6). Nobody else reads a request.

Whoever asks reads « pas disponible » whatever the reason: declined, paused, gone, card hidden or deleted, no answer in
time. It is written as an answer, once, and never derived from what one may read now: nothing goes back to waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from portal.api import (
    ANONYMOUS,
    READ_AT,
    READER,
    Person,
    Viewer,
    group_cards,
    members_by_group,
    people,
    reading,
    session,
)

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


def is_unsaid() -> sa.ColumnElement[bool]:
    """Give the criterion of what has no answer, and is not withdrawn."""
    return sa.and_(HelpRequest.answer == "", HelpRequest.withdrawn_at.is_(None))


def is_unanswered() -> sa.ColumnElement[bool]:
    """Give the criterion of what still waits for an answer, at `READ_AT`."""
    return sa.and_(is_unsaid(), HelpRequest.closes_at > READ_AT)


_OF_BOX = {RECEIVED: HelpRequest.person_id == READER, MADE: HelpRequest.asker_id == READER}
_OF_BOTH = sa.select(HelpRequest).where(sa.or_(*_OF_BOX.values()))
_SOME = _OF_BOTH.where(HelpRequest.id.in_(sa.bindparam("numbers", expanding=True)))
_BOXES = {"": _OF_BOTH, **{box: sa.select(HelpRequest).where(mine) for box, mine in _OF_BOX.items()}}
# whatever became of them: who asks and takes it back has asked
_MADE_LATELY = sa.select(sa.func.count()).where(_OF_BOX[MADE], HelpRequest.closes_at > READ_AT)
_TO = _BOXES[MADE].where(HelpRequest.person_id == sa.bindparam("person"), HelpRequest.closes_at > READ_AT)
_LAST_TO = _TO.where(HelpRequest.answer != YES).order_by(HelpRequest.id.desc()).limit(1)
_ASKED_LATELY = _MADE_LATELY.with_only_columns(HelpRequest.person_id).where(
    HelpRequest.answer != YES, HelpRequest.person_id.in_(sa.bindparam("people", expanding=True))
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


def asked_lately(viewer: Viewer, person_ids: Iterable[int], *, at: datetime) -> set[int]:
    """Give those of these people whom `viewer` may not ask again yet; one query."""
    wanted = list(person_ids)
    return set(session.scalars(_ASKED_LATELY, reading(viewer, at=at, people=wanted))) if wanted else set()


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


def made_lately(viewer: Viewer, *, at: datetime) -> int:
    """Count what `viewer` asked in the days one has to answer, withdrawn or not."""
    return session.scalar(_MADE_LATELY, reading(viewer, at=at)) or 0


def last_request_to(viewer: Viewer, person_id: int, *, at: datetime) -> Exchange | None:
    """Give what `viewer` last asked this person: unless they agreed, or its time is over, one does not ask again.

    Withdrawn or not: asking and taking back would ask without end.
    """
    found = session.scalars(_LAST_TO, reading(viewer, at=at, person=person_id))
    return next(iter(exchanges(found, viewer, at=at)), None)


def exchanges(found: Iterable[HelpRequest], viewer: Viewer, *, at: datetime) -> list[Exchange]:
    """Show requests to one of the two, in the same order; one query, whatever their number."""
    requests = list(found)
    names = people(number for request in requests for number in (request.asker_id, request.person_id))
    return [_exchange(request, viewer, names, at) for request in requests]


def _exchange(request: HelpRequest, viewer: Viewer, names: dict[int, Person], at: datetime) -> Exchange:
    is_made = request.asker_id == viewer.person_id
    other = names[request.person_id if is_made else request.asker_id]
    return Exchange(request, other, is_made, _state_of(request, at=at), request.closes_at <= at)


def _state_of(request: HelpRequest, *, at: datetime) -> State:
    if request.withdrawn_at is not None:
        return State.WITHDRAWN
    if request.answer == YES:
        return State.YES
    if request.answer == NO or request.closes_at <= at:
        return State.NO
    return State.WAITING


def unreached(waiting: Iterable[HelpRequest], *, at: datetime) -> list[HelpRequest]:
    """Give those of these requests whose asker is shown no card any more; a query for each asker."""
    sent = sorted(waiting, key=attrgetter("asker_id"))
    labs = members_by_group(card.id for card in group_cards(ANONYMOUS)) if sent else {}
    hidden: list[HelpRequest] = []
    for asker_id, some in groupby(sent, key=attrgetter("asker_id")):
        theirs = frozenset(lab for lab, members in labs.items() if asker_id in {one.id for one in members})
        asker, asked = Viewer(person_id=asker_id, is_agent=True, group_ids=theirs, lab_ids=theirs), list(some)
        shown = showing(asker, [request.person_id for request in asked], at=at)
        hidden += [request for request in asked if request.person_id not in shown]
    return sorted(hidden, key=attrgetter("id"))
