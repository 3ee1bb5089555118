"""Verbs of a request: one person asks, the other agrees or not, with one click and no reason (C08 SPEC 6).

Whoever asks is told the same « pas disponible » for every reason. The audit says that something was asked, never who
asked whom; no event leaves here either, for its readers would learn it. Services flush and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import READ_AT, Conflict, Forbidden, Invalid, NotFound, Viewer, notify, record, session, texts

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.models.request import ANSWER_DAYS, MAX_MADE, MAX_REACH, MAX_WORDS, NO, YES, HelpRequest
from plugins.ambassadors.queries.requests import (
    State,
    is_unanswered,
    is_unsaid,
    last_request_to,
    made_lately,
    showing,
    unreached,
)
from plugins.ambassadors.services.activity import note_activity
from plugins.ambassadors.services.holding import hold_card, hold_waiting

_ = texts("ambassadors")

AT_A_TIME = 200
ASKED_NOTE = _.later("%(actor)s asks you for help")
WITHDRAWN_NOTE = _.later("%(actor)s no longer needs your help")
ANSWER_NOTES = {YES: _.later("“%(title)s”: available"), NO: _.later("“%(title)s”: not available")}
_LATE = sa.select(HelpRequest).where(is_unsaid(), HelpRequest.closes_at <= READ_AT).order_by(HelpRequest.id)


def ask(actor: Viewer, person_id: int, words: str, *, at: datetime) -> HelpRequest:
    """Ask somebody for help. Asking the same thing twice is a second click.

    :raises NotFound: they show `actor` no card now, or it is oneself
    :raises Invalid: nothing is asked, or too long
    :raises Conflict: they were asked lately; or one has asked too much lately
    """
    hold_card(person_id)  # of two clicks one waits; and nobody is asked while they hide their card
    asker_id = _asker(actor, person_id, at=at)
    if not 0 < len(words) <= MAX_WORDS:
        raise Invalid(_("Say in %(max)s signs at most what you need.", max=MAX_WORDS), field="words")
    last = last_request_to(actor, person_id, at=at)
    if last is not None and (last.state, last.request.words) == (State.WAITING, words):
        return last.request
    if last is not None:
        raise Conflict(_("You asked them less than two weeks ago. Ask somebody else, or talk to them."))
    if made_lately(actor, at=at) >= MAX_MADE:
        raise Conflict(_("You asked %(max)s times in two weeks: wait a little, or say it on the board.", max=MAX_MADE))
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


def withdraw(actor: Viewer, request: HelpRequest, *, at: datetime) -> bool:
    """Take back what one asked; tell whether that changed anything: not what is over, nor a second click.

    :raises Forbidden: somebody else asked it
    """
    if actor.person_id is None or actor.person_id != request.asker_id:
        raise Forbidden
    session.refresh(request, with_for_update=True)
    if request.withdrawn_at is not None or request.answer == NO or request.closes_at <= at:
        return False
    request.withdrawn_at = at
    session.flush()
    record("ambassadors.request_withdrawn", CARDS, actor=None, at=at)
    notify([request.person_id], request.subject, WITHDRAWN_NOTE, at=at, actor=actor)
    return True


def decline_all(waiting: Iterable[HelpRequest], *, at: datetime) -> None:
    """Answer « pas disponible » to what waits and is held: somebody pauses, or deletes their card (C22 SPEC 5)."""
    for request in waiting:
        _settle(request, NO, at=at)


def leave_requests(person_id: int, *, at: datetime) -> None:
    """Answer it for somebody who leaves: whoever asked keeps the request, and reads no other words than of others."""
    session.execute(sa.delete(HelpRequest).where(HelpRequest.asker_id == person_id))
    theirs = sa.select(HelpRequest).where(HelpRequest.person_id == person_id, HelpRequest.withdrawn_at.is_(None))
    living = theirs.where(HelpRequest.answer != NO, HelpRequest.closes_at > at).order_by(HelpRequest.id)
    decline_all(session.scalars(living.with_for_update()).all(), at=at)
    said = sa.update(HelpRequest).where(HelpRequest.person_id == person_id, HelpRequest.answer == YES)
    session.execute(said.values(answer=NO, reach=None))


def close_late(at: datetime) -> bool:
    """Answer « pas disponible » to what had no answer in time, a batch at a time; tell whether there may be more."""
    some = _LATE.limit(AT_A_TIME).with_for_update(skip_locked=True)
    late = session.scalars(some, {"read_at": at}).all()
    decline_all(late, at=at)
    return len(late) == AT_A_TIME


def close_unreached(at: datetime) -> bool:
    """Answer it where a card closed by itself: it was not confirmed, or whoever asked left the lab that reads it."""
    hidden = unreached(session.scalars(sa.select(HelpRequest).where(is_unanswered()), {"read_at": at}), at=at)
    decline_all(unreached(hold_waiting({request.person_id for request in hidden}, at=at), at=at), at=at)
    return False
