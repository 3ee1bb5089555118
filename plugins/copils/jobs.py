"""What `portal work` does for copils. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.copils.services.sweeping_commitments import sweep_commitments
from plugins.copils.services.sweeping_copils import sweep_copils


def copils_jobs() -> list[Job]:
    """Give the jobs: agendas settled, questions left without an answer; what the clock made late or unconfirmed."""
    return [
        Job("copils", every_minutes=5, run=sweep_copils),
        Job("commitments", every_minutes=15, run=sweep_commitments),
    ]
