"""What `portal work` does for ambassadors. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.ambassadors.services.requests import close_late
from plugins.ambassadors.services.sweeping import sweep


def ambassadors_jobs() -> list[Job]:
    """Give the jobs: requests whose time is over; whom the clock asks whether they and their card are still there."""
    return [Job("requests", every_minutes=60, run=close_late), Job("asking", every_minutes=60, run=sweep)]
