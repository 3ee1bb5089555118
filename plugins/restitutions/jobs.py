"""What `portal work` does for restitutions."""

from __future__ import annotations

from portal.api import Job

from plugins.restitutions.services.consents import sweep
from plugins.restitutions.services.looking import look_next


def restitutions_jobs() -> list[Job]:
    """Give the jobs: what hosts say of videos, and that nothing is left of what was taken down."""
    return [
        Job("looking", every_minutes=10, run=look_next, in_transaction=False),
        Job("emptying", every_minutes=60, run=sweep),
    ]
