"""Subjects: what an audit entry, an event, a link, a notice or another plugin may speak of."""

from __future__ import annotations

from flask import current_app

from portal.loader.hooks import CORE_PLUGIN, current_hooks
from portal.values import Subject, SubjectCard, Viewer

CORE_KINDS = (
    "portal.user",
    "portal.plugin",
    "portal.screen",
    "portal.group",
    "portal.function",
    "portal.service",
    "portal.theme",
    "portal.instance",
)


def check_kind(kind: str) -> None:
    """Refuse a kind of subject that no plugin declares (style 20).

    :raises KeyError: unknown kind
    """
    known = current_app.config.get("SUBJECT_KINDS", frozenset())
    if kind not in known and kind not in CORE_KINDS:
        raise KeyError(f"unknown kind of subject: {kind}")


def card_of(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name a subject for a viewer; None if it is absent, not theirs to read, or of a plugin that is off."""
    card: SubjectCard | None = current_hooks().first("portal_subject", subject=subject, viewer=viewer)
    return card


def owner_of(kind: str) -> str:
    """Give the plugin that a kind of subject or of link is named after."""
    return kind.partition(".")[0]


def is_of_core(kind: str) -> bool:
    """Tell whether a kind belongs to the core, which is never off."""
    return owner_of(kind) == CORE_PLUGIN
