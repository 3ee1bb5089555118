"""What `portal work` does for copils. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.copils.services.sweeping_commitments import sweep_commitments


def copils_jobs() -> list[Job]:
    """Give the jobs: what the clock has made late or left unconfirmed."""
    return [
        Job("commitments", every_minutes=15, run=sweep_commitments),
    ]
