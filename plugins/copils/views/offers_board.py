"""What one may do with the board of commitments as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.api import Action, Subject, SubjectCard, Viewer, can, texts

from plugins.copils import permissions
from plugins.copils.services.hall import BOARD

_ = texts("copils")


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name the board to whoever is of the collectivity."""
    return (
        [SubjectCard(_("Commitments"), url_for("copils.board"), BOARD)] if viewer.is_agent and BOARD.id in ids else []
    )


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give the other ways to see the board."""
    yield Action(_("Picture of the year"), url_for("copils.picture"), order=10)
    yield Action(_("Wall for the hall"), url_for("copils.hall"), order=20)
    yield Action(_("Sheet to print"), url_for("copils.sheet"), order=30)
    yield Action(_("Page for everybody"), url_for("copils.public_board"), kind="quiet", order=35)
    if can(viewer, permissions.ANNOUNCE):
        yield Action(_("Wall without signing in"), url_for("copils.hall_door"), kind="quiet", order=40)
