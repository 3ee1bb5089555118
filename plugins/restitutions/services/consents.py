"""Who is filmed, that they agreed, and that they may say otherwise: one of them is enough (C33 SPEC 7)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from portal.api import Viewer, issue_token, record, session, show_token, texts

from plugins.restitutions.models import Consent, Restitution, Status
from plugins.restitutions.services.emptying import SCOPE, empty
from plugins.restitutions.services.publishing import hold, must_own, withdraw

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


def add_consent(actor: Viewer, restitution: Restitution, name: str, given_on: date, *, at: datetime) -> Consent:
    """Note that somebody who is filmed agrees; they are given an address by which they take it back. Twice is once.

    :raises Forbidden: it is somebody else's
    :raises Conflict: it was taken down
    """
    must_own(actor, restitution)
    hold(restitution)
    same = sa.select(Consent).where(Consent.restitution_id == restitution.id, Consent.name == name)
    known: Consent | None = session.scalar(same.where(Consent.withdrawn_at.is_(None)).limit(1))
    if known is not None:
        return known
    consent = Consent(restitution_id=restitution.id, name=name, given_on=given_on)
    session.add(consent)
    session.flush()
    issue_token(SCOPE, subject=consent.subject)
    record("restitutions.consent_given", restitution.subject, actor=actor, at=at)
    return consent


def consent_token(consent: Consent) -> str | None:
    """Give the address part by which somebody takes their consent back."""
    return show_token(SCOPE, consent.subject)


def take_back(actor: Viewer | None, consent: Consent, *, at: datetime) -> None:
    """Take a consent back: the video is no longer served, at once. Twice changes nothing.

    :param actor: who does it for somebody who asked; None: they themselves
    :raises Forbidden: the restitution is somebody else's
    """
    restitution = session.get_one(Restitution, consent.restitution_id)
    if actor is not None:
        must_own(actor, restitution)
    # The restitution first, and both before the history is written: whoever changes it meanwhile locks in that order.
    session.refresh(restitution, with_for_update=True)
    session.refresh(consent, with_for_update=True)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = at
        session.flush()
        record("restitutions.consent_withdrawn", restitution.subject, actor=actor, at=at)
        withdraw(actor, restitution, at=at)


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
