"""Subjects: what an audit entry, an event, a link, a notice or another plugin may speak of."""

from __future__ import annotations

from collections.abc import Iterable

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


def is_question(kind: str) -> bool:
    """Tell whether the title of such a subject is an open question, for any plugin to take up (C36 SPEC 5)."""
    return kind in current_app.config["QUESTION_KINDS"]


def cards_of(subjects: Iterable[Subject], viewer: Viewer) -> dict[Subject, SubjectCard]:
    """Name subjects for a viewer, a kind at once; not those absent, not theirs to read, of a plugin that is off."""
    wanted: dict[str, dict[int, None]] = {}
    for subject in subjects:
        wanted.setdefault(subject.kind, {})[subject.id] = None
    found: dict[Subject, SubjectCard] = {}
    for kind, ids in wanted.items():
        for card in current_hooks().call("portal_subjects", kind=kind, ids=tuple(ids), viewer=viewer):
            if card.subject.kind == kind and card.subject.id in ids:  # whoever is not asked names nothing
                found.setdefault(card.subject, card)
    return found


def card_of(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name one subject for a viewer; None as above."""
    return cards_of([subject], viewer).get(subject)


def owner_of(kind: str) -> str:
    """Give the plugin that a kind of subject or of link is named after."""
    return kind.partition(".")[0]


def is_of_core(kind: str) -> bool:
    """Tell whether a kind belongs to the core, which is never off."""
    return owner_of(kind) == CORE_PLUGIN
