"""What `portal work` does for rounds. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.regards.services.sweeping import sweep_reveals, sweep_teams


def regards_jobs() -> list[Job]:
    """Give the jobs: what the clock revealed; who is reviewed by now."""
    return [
        Job("reveals", every_minutes=1, run=sweep_reveals),
        Job("teams", every_minutes=5, run=sweep_teams),
    ]
