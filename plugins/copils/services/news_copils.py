"""Who is told what becomes of a copil (C07 SPEC 9): event → what is said."""

from __future__ import annotations

from collections.abc import Callable

from portal.api import Event

TELLERS: dict[str, Callable[[Event], None]] = {}
