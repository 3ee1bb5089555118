"""What `portal work` does for labs. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.labs.services.sweeping import sweep_ephemerals
from plugins.labs.services.votes import close_ended_votes


def labs_jobs() -> list[Job]:
    """Give the jobs: what the clock has opened and closed, votes that have ended."""
    return [
        Job("sweep", every_minutes=1, run=sweep_ephemerals),
        Job("votes", every_minutes=1, run=close_ended_votes),
    ]
