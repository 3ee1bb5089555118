"""What the clock does to commitments, told once each with its true instant: a day that passed, thirty without a yes.

No page waits for this: states are derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import local_midnight, session

from plugins.copils.models.commitment import CONFIRM_DAYS, Commitment
from plugins.copils.queries.commitment_states import TODAY, State, is_in, is_owed, on_day
from plugins.copils.services.keeping import say
from plugins.copils.services.succession import passed_on, tell_passed_on

AT_A_TURN = 200
_NOT_TOLD = sa.or_(Commitment.late_noted_on.is_(None), Commitment.late_noted_on < Commitment.due_on)
# held, and what is said done or given a later day at this very moment is left for the next turn
_LATE = (
    sa.select(Commitment)
    .where(is_owed(), Commitment.due_on < TODAY, _NOT_TOLD)
    .order_by(Commitment.due_on, Commitment.id)
    .limit(AT_A_TURN)
    .with_for_update(skip_locked=True)
)
_UNCONFIRMED = (
    sa.select(Commitment)
    .where(is_in(State.UNCONFIRMED), Commitment.unconfirmed_noted.is_(False))
    .order_by(Commitment.proposed_at, Commitment.id)
    .limit(AT_A_TURN)
    .with_for_update(skip_locked=True)
)


def sweep_commitments(at: datetime) -> bool:
    """Publish what became late or unconfirmed, tell successors; say whether more wait (C07 SPEC 6, 8 and 10)."""
    passed = passed_on(at=at, most=AT_A_TURN)
    late, unconfirmed = (list(session.scalars(statement, on_day(at))) for statement in (_LATE, _UNCONFIRMED))
    for commitment in late:
        _note_late(commitment)
    for commitment in unconfirmed:
        if commitment.proposed_at is not None:  # the statement asks that it is
            _note_unconfirmed(commitment, commitment.proposed_at)
    for commitment, card in passed:
        tell_passed_on(commitment, card, at=at)
    return AT_A_TURN in {len(late), len(unconfirmed), len(passed)}


def _note_late(commitment: Commitment) -> None:
    commitment.late_noted_on = commitment.due_on
    session.flush()
    say("late", commitment, by=None, at=local_midnight(commitment.due_on + timedelta(days=1)))


def _note_unconfirmed(commitment: Commitment, proposed_at: datetime) -> None:
    commitment.unconfirmed_noted = True
    session.flush()
    say("unconfirmed", commitment, by=None, at=proposed_at + timedelta(days=CONFIRM_DAYS))
