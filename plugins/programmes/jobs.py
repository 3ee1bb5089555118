"""What `portal work` does for days. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.programmes.services.packs import tell_packs
from plugins.programmes.services.sweeping import sweep_days


def programmes_jobs() -> list[Job]:
    """Give the jobs: surprises that are out, days that are over; the packs of the evening."""
    return [
        Job("days", every_minutes=1, run=sweep_days),
        Job("packs", every_minutes=15, run=tell_packs),
    ]
