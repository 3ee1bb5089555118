"""What `portal work` does for ambassadors. Pages never wait for it."""

from __future__ import annotations

from portal.api import Job

from plugins.ambassadors.services.drawings import draw_next
from plugins.ambassadors.services.mirrors import publish_next
from plugins.ambassadors.services.requests import close_late, close_unreached
from plugins.ambassadors.services.sweeping import sweep


def ambassadors_jobs() -> list[Job]:
    """Give the jobs: late requests, cards that closed, whom the clock asks, the mirror, a map that waits."""
    return [
        Job("requests", every_minutes=60, run=close_late),
        Job("unreached", every_minutes=60, run=close_unreached),
        Job("asking", every_minutes=60, run=sweep),
        Job("mirror", every_minutes=24 * 60, run=publish_next),
        Job("map", every_minutes=1, run=draw_next, in_transaction=False),
    ]
