"""Who is filmed: they are asked, agree, and may say otherwise; one who says no is enough (C33 SPEC 7)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Invalid,
    Viewer,
    local_day,
    must_have_seen,
    notify,
    record,
    session,
    settle,
    show_token,
    texts,
)

from plugins.restitutions.models import Consent, Restitution, Status
from plugins.restitutions.queries.said import name_of
from plugins.restitutions.services.clearing import clear_again
from plugins.restitutions.services.emptying import SCOPE, close, empty
from plugins.restitutions.services.holding import hold, must_own
from plugins.restitutions.services.publishing import withdraw
from plugins.restitutions.services.widening import ask, readers_before, readers_changed

_ = texts("restitutions")
AT_A_TIME = 50
_TAKEN_BACK = sa.exists().where(Consent.restitution_id == Restitution.id, Consent.withdrawn_at.is_not(None))
_BROKEN = sa.and_(Restitution.status != Status.WITHDRAWN, _TAKEN_BACK)
_UNPROVED = sa.and_(Restitution.status == Status.WITHDRAWN, Restitution.emptied_at.is_(None))
_TO_SWEEP = (
    sa.select(Restitution)
    .where(sa.or_(_BROKEN, _UNPROVED))
    .order_by(Restitution.id)
    .limit(AT_A_TIME)
    .with_for_update(skip_locked=True)
)


class ReadersChanged(Conflict):
    """It is to be open to others by now than those somebody was asked about."""


def add_consent(
    actor: Viewer,
    restitution: Restitution,
    name: str = "",
    given_on: date | None = None,
    *,
    at: datetime,
    person_id: int | None = None,
    seen: str | None = None,
) -> Consent:
    """Name somebody who is filmed; until they agree nobody else finds the video. Twice is once.

    A colleague (`person_id`) is asked, and answers alone; whoever has no account is given an address of their own, or
    has agreed on paper (`given_on`), which may be noted once they are named, and anew once it is for others.

    :param seen: the edition of the readers that the actor had before them as they noted the day; None not to ask
    :raises Forbidden: it is somebody else's
    :raises Conflict: it was taken down
    :raises ReadersChanged: a day is given, and it is to be open to others by now
    :raises Invalid: a day is given for a colleague, or once more for other readers
    """
    must_own(actor, restitution)
    hold(restitution)
    if person_id is not None and given_on is not None:
        raise Invalid(_("A colleague is asked, and answers alone: leave this empty."), field="given_on")
    known = _named(restitution, name, person_id)
    if known is not None and (given_on is None or known.is_given_for(restitution)):
        return known
    _must_be_signed_for(restitution, known, given_on, seen=seen)
    told = "" if person_id is not None else name
    consent = known or Consent(restitution_id=restitution.id, person_id=person_id, name=told)
    day = local_day(at) if person_id is not None and person_id == actor.person_id else given_on
    if day is not None:
        consent.give(restitution.readers, on=day)
    session.add(consent)
    restitution.nobody_at = None
    session.flush()
    ask(actor, consent, restitution, at=at)
    clear_again(actor, restitution, at=at)
    return consent


def _named(restitution: Restitution, name: str, person_id: int | None) -> Consent | None:
    same = sa.and_(Consent.restitution_id == restitution.id, Consent.standing())
    who = Consent.person_id == person_id if person_id is not None else Consent.name == name
    return session.scalar(sa.select(Consent).where(same, who).limit(1))


def _must_be_signed_for(restitution: Restitution, known: Consent | None, on: date | None, *, seen: str | None) -> None:
    """Take no signature for other readers than those it was given for: a form that is sent twice is no second one."""
    if on is not None and seen not in {None, restitution.readers.edition}:
        raise ReadersChanged(_("The day is not kept: others are asked for by now. Note it if they signed for these."))
    if known is not None and known.given_on is not None and on is not None and on <= known.given_on:
        raise Invalid(_("On that day they agreed to other readers: write the day they signed anew."), field="given_on")


def consent_token(consent: Consent) -> str | None:
    """Give the address part by which somebody without account answers, and takes their consent back."""
    return show_token(SCOPE, consent.subject)


def _hold_both(consent: Consent) -> Restitution:
    """Hold the restitution first, and both before the history is written: whoever changes it locks in that order.

    :raises Conflict: their name was taken out meanwhile
    """
    restitution = session.get_one(Restitution, consent.restitution_id)
    session.refresh(restitution, with_for_update=True)
    same = sa.select(Consent).where(Consent.id == consent.id).with_for_update()
    if session.scalar(same.execution_options(populate_existing=True)) is None:
        raise Conflict(_("Their name was taken out meanwhile."))
    return restitution


def agree(actor: Viewer | None, consent: Consent, *, seen: str | None = None, at: datetime) -> None:
    """Agree to be shown to those it is open to; the last who does lets the video be found. Twice is once.

    :param actor: the colleague; None: somebody without account, at their own address
    :param seen: the edition of the readers that they were asked about; None not to ask
    :raises ReadersChanged: it is to be open to others by now
    :raises Conflict: it was taken down, or they are no longer named
    """
    restitution = _hold_open(consent)
    if seen is not None and seen != restitution.readers.edition:
        raise ReadersChanged(_("Your answer is not kept: meanwhile others are asked for. Read this page once more."))
    if consent.is_given_for(restitution):
        return
    consent.give(restitution.readers, on=local_day(at))
    settle(consent.subject, at=at)
    session.flush()
    record("restitutions.consent_given", restitution.subject, actor=actor, at=at)
    clear_again(actor, restitution, at=at)


def _hold_open(consent: Consent) -> Restitution:
    restitution = _hold_both(consent)
    if not consent.is_open:
        raise Conflict(_("This is no longer asked: nothing of the video is served to anybody because of you."))
    return restitution


def agree_to_no_others(actor: Viewer | None, consent: Consent, *, at: datetime) -> None:
    """Keep the video to those one agreed to be shown to: it is open to these again, and its author is told.

    Twice is once, as it is for whoever has not agreed to anything yet.

    :param actor: the colleague; None: somebody without account, at their own address
    :raises Conflict: it was taken down, or they are no longer named
    """
    restitution = _hold_open(consent)
    if consent.given_on is None or consent.is_given_for(restitution):
        return
    restitution.audience, restitution.reader_group_id = readers_before(consent, restitution)
    consent.not_wider_at = at
    record("restitutions.kept_to_fewer", restitution.subject, actor=actor, at=at)
    kept = _.later("“%(title)s” is not opened to others: somebody filmed does not agree, and nothing of it is lost")
    notify({restitution.author_id}, restitution.subject, kept, at=at, actor=actor)
    readers_changed(actor, restitution, at=at)


def take_back(actor: Viewer | None, consent: Consent, *, at: datetime) -> None:
    """Say no, before or after one agreed: the video is no longer served, at once. Twice changes nothing.

    :param actor: the colleague, or who does it for somebody who asked; None: they themselves, without account
    :raises Forbidden: the restitution is somebody else's
    """
    restitution = session.get_one(Restitution, consent.restitution_id)
    if actor is not None and actor.person_id != consent.person_id:
        must_own(actor, restitution)
    _hold_both(consent)
    if consent.is_open:
        consent.withdrawn_at = at
        settle(consent.subject, at=at)
        session.flush()
        record("restitutions.consent_withdrawn", restitution.subject, actor=actor, at=at)
        withdraw(actor, restitution, at=at)


def rename(
    actor: Viewer, consent: Consent, name: str, reason: str = "", *, seen: str | None = None, at: datetime
) -> None:
    """Correct the name of somebody who is filmed and has no account.

    :param seen: the `edition_of` the name that the actor had before them; None not to ask
    :raises Forbidden: the restitution is somebody else's
    :raises Overtaken: it was corrected meanwhile
    :raises Conflict: they are a colleague, or are no longer named
    :raises Invalid: they agreed already, and no reason is given
    """
    restitution = _correcting(actor, consent, reason)
    if consent.person_id is not None:
        raise Conflict(_("A colleague is called as they write themselves: take their name out, and name another."))
    must_have_seen(seen, name_of(consent), {"name": name})
    if consent.name != name:
        consent.name, consent.reason = name, reason
        session.flush()
        record("restitutions.name_corrected", restitution.subject, actor=actor, at=at)


def remove(actor: Viewer, consent: Consent, reason: str = "", *, at: datetime) -> None:
    """Name somebody no longer: they are not filmed. Of who agreed already, it is kept why, and they are told.

    :raises Forbidden: the restitution is somebody else's
    :raises Conflict: they are no longer named
    :raises Invalid: they agreed already, and no reason is given
    """
    restitution = _correcting(actor, consent, reason)
    close(consent, at=at)
    if consent.given_on is None:
        session.delete(consent)
    else:
        consent.reason = reason
        told = {consent.person_id} if consent.person_id else set()
        gone = _.later("You are no longer named among those filmed in “%(title)s”")
        notify(told, restitution.subject, gone, at=at, actor=actor)
    session.flush()
    record("restitutions.name_removed", restitution.subject, actor=actor, at=at)
    clear_again(actor, restitution, at=at)


def _correcting(actor: Viewer, consent: Consent, reason: str) -> Restitution:
    must_own(actor, session.get_one(Restitution, consent.restitution_id))
    restitution = _hold_both(consent)
    if not consent.is_open:
        raise Conflict(_("This is kept as it is, as proof: it has ended."))
    if consent.given_on is not None and not reason:
        raise Invalid(_("They agreed already: say why."), field="reason")
    return restitution


def sweep(at: datetime) -> bool:
    """Look that nothing of a withdrawn video is left, and note that nothing is; tell whether there is more to do.

    Once a day at least: what a consent that was taken back should have hidden is hidden then (C33 SPEC 7).
    """
    found = session.scalars(_TO_SWEEP).all()  # all of them are locked before the history is written
    for restitution in found:
        withdraw(None, restitution, at=at)
        left = empty(restitution, actor=None, at=at)
        restitution.emptied_at = at
        record("restitutions.emptied", restitution.subject, actor=None, at=at, facts={"left": left})
    session.flush()
    return len(found) == AT_A_TIME
