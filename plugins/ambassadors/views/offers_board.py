"""The board and what is on it, as notices and the audit speak of them."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.api import SubjectCard, Viewer, now, texts

from plugins.ambassadors.models.wanted import BOARD
from plugins.ambassadors.queries.board import openings

_ = texts("ambassadors")


def boards(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name the board."""
    return (
        [SubjectCard(_("Wanted"), url_for("ambassadors.board"), BOARD)] if BOARD.id in ids and viewer.is_agent else []
    )


def wanted_of(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name openings for somebody to whom they are open."""
    return [
        SubjectCard(found.title, url_for("ambassadors.wanted", wanted_id=found.id), found.subject)
        for found in openings(viewer, ids, at=now())
    ]
