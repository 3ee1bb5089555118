"""The night after an erasure, as `portal work` meets it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.content import turns
from portal.content.clock import real_now
from portal.hosting import erasures
from portal.hosting.erasures import rewrite_by_night


@pytest.fixture
def at_night(monkeypatch):
    """Let a worker come by during the night to come, or so many hours later."""

    def come(site, *, hours=0, hour=2):
        today = real_now().astimezone(ZoneInfo(site.collectivity.timezone))
        then = (today + timedelta(days=1)).replace(hour=hour) + timedelta(hours=hours)
        with monkeypatch.context() as clock:
            for module in (erasures, turns):
                clock.setattr(module, "real_now", lambda: then)
            rewrite_by_night(site)

    return come
