"""The vocabulary, as the audit speaks of it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.api import SubjectCard, Viewer, can, texts

from plugins.ambassadors import permissions
from plugins.ambassadors.models.vocabulary import WORDS

_ = texts("ambassadors")


def vocabularies(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name the vocabulary for whoever keeps it."""
    known = WORDS.id in ids and can(viewer, permissions.WORDS)
    return [SubjectCard(_("Vocabulary of talents and roles"), url_for("ambassadors.words"), WORDS)] if known else []
