"""Subjects: what an audit entry, an event, a token or another plugin may speak of."""

from __future__ import annotations

from flask import current_app

CORE_KINDS = (
    "portal.user",
    "portal.plugin",
    "portal.screen",
    "portal.group",
    "portal.function",
    "portal.service",
    "portal.instance",
)


def check_kind(kind: str) -> None:
    """Refuse a kind of subject that no plugin declares (style 20).

    :raises KeyError: unknown kind
    """
    known = current_app.config.get("SUBJECT_KINDS", frozenset())
    if kind not in known and kind not in CORE_KINDS:
        raise KeyError(f"unknown kind of subject: {kind}")
