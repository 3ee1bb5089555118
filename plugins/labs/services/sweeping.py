"""What the clock does to ephemeral labs, written down once with its true instant.

No page waits for this: states are derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Event, publish, record_passage, revoke_tokens, session

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import has_people
from plugins.labs.services.facts import hold
from plugins.labs.services.opening import GUEST_SCOPE, note_opening

AT_A_TURN = 200


def sweep_ephemerals(at: datetime) -> bool:
    """Publish the openings and the closings whose instant has come; tell whether more wait."""
    begun = _waiting(Ephemeral.opening_noted, Ephemeral.starts_at, at)
    for ephemeral in begun:
        note_opening(ephemeral, actor_id=None)
    ended = _waiting(Ephemeral.ending_noted, Ephemeral.ends_at, at)
    for ephemeral in ended:
        hold(ephemeral)  # an extension on its way is waited for
    ids = [ephemeral.id for ephemeral in ended if ephemeral.ends_at <= at]
    held = set(session.scalars(sa.select(Ephemeral.id).where(Ephemeral.id.in_(ids), has_people())))
    for ephemeral in ended:
        if ephemeral.id in ids:
            _note_ending(ephemeral, happened=ephemeral.id in held)
    return AT_A_TURN in {len(begun), len(ended)}


def _waiting(
    noted: sa.orm.InstrumentedAttribute[bool], instant: sa.orm.InstrumentedAttribute[datetime], at: datetime
) -> list[Ephemeral]:
    statement = sa.select(Ephemeral).where(noted.is_(False), instant <= at)
    return list(session.scalars(statement.order_by(instant, Ephemeral.id).limit(AT_A_TURN)))


def _note_ending(ephemeral: Ephemeral, *, happened: bool) -> None:
    """Publish that a lab closed; listeners that count leave out those that did not happen (C01 SPEC 7)."""
    ephemeral.ending_noted = True
    session.flush()
    revoke_tokens(GUEST_SCOPE, ephemeral.subject)
    if record_passage(ephemeral.subject, "closed", ephemeral.ends_at):
        facts = {"lab": ephemeral.lab_id, "happened": happened}
        publish(Event("labs.ephemeral_closed", ephemeral.subject, None, ephemeral.ends_at, facts))
