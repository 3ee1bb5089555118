"""Verbs of a request: one person asks, the other agrees or not, with one click and no reason (C08 SPEC 6).

Whoever asks is told the same « pas disponible » for every reason. The audit says that something was asked, never who
asked whom; no event leaves here either, for its readers would learn it. Services flush and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Invalid, NotFound, Viewer, notify, record, session, texts

from plugins.ambassadors.models.card import CARDS, Card
from plugins.ambassadors.models.request import ANSWER_DAYS, MAX_REACH, MAX_WAITING, MAX_WORDS, NO, YES, HelpRequest
from plugins.ambassadors.queries.requests import State, is_unanswered, last_request_to, showing, waiting_made
from plugins.ambassadors.services.activity import note_activity

_ = texts("ambassadors")

AT_A_TIME = 200
ASKED_NOTE = _.later("%(actor)s asks you for help")
WITHDRAWN_NOTE = _.later("%(actor)s no longer needs your help")
ANSWER_NOTES = {YES: _.later("“%(title)s”: available"), NO: _.later("“%(title)s”: not available")}
GONE_NOTE = _.later("Somebody whom you asked for help is not available")
_OF_PERSON = sa.select(HelpRequest).where(HelpRequest.person_id == sa.bindparam("person"), is_unanswered())
_LATE = (
    sa.select(HelpRequest)
    .where(HelpRequest.answer == "", HelpRequest.withdrawn_at.is_(None))
    .where(HelpRequest.closes_at <= sa.bindparam("until", type_=HelpRequest.closes_at.type))
    .order_by(HelpRequest.id)
    .limit(AT_A_TIME)
    .with_for_update(skip_locked=True)
)


def ask(actor: Viewer, person_id: int, words: str, *, at: datetime) -> HelpRequest:
    """Ask somebody for help. Asking the same thing twice is a second click.

    :raises NotFound: they show `actor` no card now, or it is oneself
    :raises Invalid: nothing is asked, or too long
    :raises Conflict: they were asked lately; or too much waits for an answer already
    """
    asker_id = _asker(actor, person_id, at=at)
    if not 0 < len(words) <= MAX_WORDS:
        raise Invalid(_("Say in %(max)s signs at most what you need.", max=MAX_WORDS), field="words")
    session.execute(sa.select(Card.id).where(Card.person_id == person_id).with_for_update())  # of two clicks, one waits
    last = last_request_to(actor, person_id, at=at)
    if last is not None and (last.state, last.request.words) == (State.WAITING, words):
        return last.request
    if last is not None:
        raise Conflict(_("You asked them less than two weeks ago. Ask somebody else, or talk to them."))
    if len(waiting_made(actor, at=at)) >= MAX_WAITING:
        raise Conflict(_("%(max)s of your requests wait for an answer. Withdraw one first.", max=MAX_WAITING))
    return _write(actor, asker_id, person_id, words, at=at)


def _asker(actor: Viewer, person_id: int, *, at: datetime) -> int:
    if actor.person_id is None:
        raise Forbidden
    if person_id not in showing(actor, [person_id], at=at):
        raise NotFound(_("There is no card at this address, or it is not open to you."))
    return actor.person_id


def _write(actor: Viewer, asker_id: int, person_id: int, words: str, *, at: datetime) -> HelpRequest:
    closes_at = at + timedelta(days=ANSWER_DAYS)
    request = HelpRequest(asker_id=asker_id, person_id=person_id, words=words, asked_at=at, closes_at=closes_at)
    session.add(request)
    session.flush()
    note_activity(asker_id, at=at)
    record("ambassadors.asked", CARDS, actor=None, at=at)
    notify([person_id], request.subject, ASKED_NOTE, at=at, actor=actor, must_act=True)
    return request


def agree(actor: Viewer, request: HelpRequest, *, at: datetime) -> None:
    """Say that one is available. One may change one's mind until the request closes.

    :raises Forbidden: somebody else was asked
    :raises Conflict: it was withdrawn, or its time is over
    """
    _answer(actor, request, YES, at=at)


def decline(actor: Viewer, request: HelpRequest, *, at: datetime) -> None:
    """Say that one is not available; nobody asks why. One may change one's mind until the request closes.

    :raises Forbidden: somebody else was asked
    :raises Conflict: it was withdrawn, or its time is over
    """
    _answer(actor, request, NO, at=at)


def _answer(actor: Viewer, request: HelpRequest, answer: str, *, at: datetime) -> None:
    _hold_for_answer(actor, request, at=at)
    if request.answer != answer:
        note_activity(request.person_id, at=at)
        _settle(request, answer, at=at)


def _hold_for_answer(actor: Viewer, request: HelpRequest, *, at: datetime) -> None:
    """Let whoever was asked answer, and nobody answer or withdraw meanwhile."""
    if actor.person_id is None or actor.person_id != request.person_id:
        raise Forbidden
    session.refresh(request, with_for_update=True)
    if request.withdrawn_at is not None:
        raise Conflict(_("This help is no longer needed. Thank you all the same."))
    if request.closes_at <= at:
        raise Conflict(_("The time to answer this request is over."))


def _settle(request: HelpRequest, answer: str, *, at: datetime) -> None:
    """Write an answer and tell whoever asked; how to reach somebody goes with their yes."""
    request.answer, request.answered_at = answer, at
    request.reach = request.reach if answer == YES else None
    session.flush()
    record("ambassadors.answered", CARDS, actor=None, at=at)
    notify([request.asker_id], request.subject, ANSWER_NOTES[answer], at=at)


def say_reach(actor: Viewer, request: HelpRequest, reach: str, *, at: datetime) -> None:
    """Say how one may be reached, once one has agreed; empty to take it back.

    :raises Forbidden: somebody else was asked
    :raises Conflict: one has not agreed; it was withdrawn, or its time is over
    :raises Invalid: too long
    """
    _hold_for_answer(actor, request, at=at)
    if request.answer != YES:
        raise Conflict(_("Say first that you are available."))
    if len(reach) > MAX_REACH:
        raise Invalid(_("%(max)s signs at most.", max=MAX_REACH), field="reach")
    if reach != (request.reach or ""):
        request.reach = reach or None
        session.flush()
        record("ambassadors.answered", CARDS, actor=None, at=at)
        notify([request.asker_id], request.subject, ANSWER_NOTES[YES], at=at)


def withdraw(actor: Viewer, request: HelpRequest, *, at: datetime) -> None:
    """Take back what one asked; a second click changes nothing.

    :raises Forbidden: somebody else asked it
    """
    if actor.person_id is None or actor.person_id != request.asker_id:
        raise Forbidden
    session.refresh(request, with_for_update=True)
    if request.withdrawn_at is not None:
        return
    request.withdrawn_at = at
    session.flush()
    record("ambassadors.request_withdrawn", CARDS, actor=None, at=at)
    notify([request.person_id], request.subject, WITHDRAWN_NOTE, at=at, actor=actor)


def decline_all(person_id: int, *, at: datetime) -> None:
    """Answer « pas disponible » to all that waits for somebody: they pause, or delete their card (C22 SPEC 5)."""
    _settle_all(_waiting_for(person_id, at=at), at=at)


def _waiting_for(person_id: int, *, at: datetime) -> list[HelpRequest]:
    return list(session.scalars(_OF_PERSON.with_for_update(), {"person": person_id, "read_at": at}))


def _settle_all(requests: Iterable[HelpRequest], *, at: datetime) -> None:
    for request in requests:
        _settle(request, NO, at=at)


def tell_gone(person_id: int, *, at: datetime) -> None:
    """Tell those who wait for an answer of somebody who leaves: the request itself goes along with them."""
    askers = {request.asker_id for request in _waiting_for(person_id, at=at)}
    notify(askers, CARDS, GONE_NOTE, at=at)


def close_late(at: datetime) -> bool:
    """Answer « pas disponible » to what had no answer in time, a batch at a time; tell whether there may be more."""
    late = list(session.scalars(_LATE, {"until": at}))
    _settle_all(late, at=at)
    return len(late) == AT_A_TIME
