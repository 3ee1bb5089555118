"""The sand-timer of an ephemeral lab: how much has run, how much is left."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugins.labs.models.ephemeral import Ephemeral

LEVELS = 20


def minutes_left(ephemeral: Ephemeral, *, at: datetime) -> int:
    """Count the minutes until the end, the one that runs included; 0 once it is over."""
    left = max(ephemeral.ends_at - max(at, ephemeral.starts_at), timedelta())
    return -(-left // timedelta(minutes=1))


def level_of(ephemeral: Ephemeral, *, at: datetime) -> int:
    """Give the level of the sand, from 0 (all the time is to come) to 20 (time is up)."""
    whole = ephemeral.ends_at - ephemeral.starts_at
    run = min(max(at - ephemeral.starts_at, timedelta()), whole)
    return LEVELS * run // whole if whole else LEVELS
