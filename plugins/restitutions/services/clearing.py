"""Whether a restitution may be told: who is filmed agreed or cannot be recognised, and nobody hides it (C33 SPEC 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from portal.api import Conflict, Event, Forbidden, Viewer, publish, record, session, texts

from plugins.restitutions.models import MOST_FAILURES, SHOWN, Consent, Restitution, Status
from plugins.restitutions.services.holding import facts_of, hold, must_own

_ = texts("restitutions")
CLEARABLE = (Status.TO_CLEAR, *SHOWN)
_STANDING = (
    sa.select(Consent)
    .where(Consent.restitution_id == sa.bindparam("number"), Consent.standing())
    .order_by(Consent.id)
    .execution_options(populate_existing=True)
)


def standing_consents(restitution: Restitution) -> Sequence[Consent]:
    """List who is named as filmed, whether they have answered or not, as the tables say by now."""
    return session.scalars(_STANDING, {"number": restitution.id}).all()


def is_cleared(restitution: Restitution) -> bool:
    """Tell whether all who are named as filmed agreed to those it is open to, or nobody can be recognised."""
    named = standing_consents(restitution)
    return all(one.is_given_for(restitution) for one in named) if named else restitution.nobody_at is not None


def stand(actor: Viewer | None, restitution: Restitution, *, at: datetime) -> None:
    """Put a restitution whose video is known where it stands; it is news the first time that its audience finds it."""
    restitution.status = _status(restitution)
    session.flush()
    if restitution.status in SHOWN and restitution.published_at is None:
        restitution.published_at = at
        session.flush()
        actor_id = actor.person_id if actor else None
        publish(Event("restitutions.published", restitution.subject, actor_id, at, facts_of(restitution)))


def _status(restitution: Restitution) -> Status:
    if restitution.hidden_at is not None:
        return Status.HIDDEN
    if not is_cleared(restitution):
        return Status.TO_CLEAR
    return Status.UNAVAILABLE if restitution.failures >= MOST_FAILURES else Status.PUBLISHED


def clear_again(actor: Viewer | None, restitution: Restitution, *, at: datetime) -> None:
    """Look again whether it may be told: who is filmed there has changed, or answered."""
    if restitution.status in CLEARABLE:
        stand(actor, restitution, at=at)


def say_nobody(actor: Viewer, restitution: Restitution, *, at: datetime) -> None:
    """Say that nobody can be recognised there. A second click changes nothing.

    :raises Forbidden: it is somebody else's
    :raises Conflict: somebody is named as filmed; it was taken down
    """
    must_own(actor, restitution)
    hold(restitution)
    if standing_consents(restitution):
        raise Conflict(_("Somebody is named as filmed there: take their name out first, if it is a mistake."))
    if restitution.nobody_at is None:
        restitution.nobody_at = at
        record("restitutions.nobody_filmed", restitution.subject, actor=actor, at=at)
        clear_again(actor, restitution, at=at)


def say_somebody(actor: Viewer, restitution: Restitution, *, at: datetime) -> None:
    """Take back that nobody can be recognised: it waits until one says who is. A second click changes nothing.

    :raises Forbidden: it is somebody else's
    :raises Conflict: it was taken down
    """
    must_own(actor, restitution)
    hold(restitution)
    if restitution.nobody_at is not None:
        restitution.nobody_at = None
        record("restitutions.somebody_filmed", restitution.subject, actor=actor, at=at)
        clear_again(actor, restitution, at=at)


def hide(actor: Viewer, restitution: Restitution, *, at: datetime) -> None:
    """Hide a restitution from everybody but its owner; whoever does it may show it again. Twice is once.

    Whether the actor may is asked before.

    :raises Conflict: nobody but its owner finds it as it is
    """
    hold(restitution)
    if restitution.status == Status.HIDDEN:
        return
    if restitution.status not in SHOWN:
        raise Conflict(_("Only whoever added it finds it for now: there is nothing to hide."))
    restitution.hidden_at, restitution.hidden_by_id = at, actor.person_id
    stand(actor, restitution, at=at)
    actor_id = actor.person_id
    publish(Event("restitutions.hidden", restitution.subject, actor_id, at, facts_of(restitution)))


def show_again(actor: Viewer, restitution: Restitution, *, at: datetime) -> None:
    """Show again what one hid. A second click changes nothing.

    :raises Forbidden: somebody else hid it
    """
    hold(restitution)
    if restitution.hidden_at is None:
        return
    if restitution.hidden_by_id != actor.person_id:
        raise Forbidden(_("Whoever hid it shows it again: ask them."))
    restitution.hidden_at = restitution.hidden_by_id = None
    session.flush()
    publish(Event("restitutions.shown_again", restitution.subject, actor.person_id, at, facts_of(restitution)))
    if restitution.status == Status.HIDDEN:
        stand(actor, restitution, at=at)
