"""What one may do with a commitment, its card, and what of it stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Iterable

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read."""
    return []


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them."""
    return []


def home_items(viewer: Viewer) -> Iterable[HomeItem]:
    """Give what is happening, what waits for `viewer`, what was promised."""
    return []
