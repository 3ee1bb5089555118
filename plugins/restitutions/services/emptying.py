"""Leaving nothing of a video: its files, its words, what people agreed to of it. Whoever calls this has locked it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Viewer, drop_file, files_of, fold, revoke_tokens, session, settle

from plugins.restitutions.models import Chapter, Consent, Cue, Restitution

SCOPE = "restitutions.consent"


def close_consents(restitution: Restitution, *, at: datetime) -> None:
    """Close the consents nobody took back: there is nothing left that they agree to."""
    wanted = sa.select(Consent).where(Consent.restitution_id == restitution.id, Consent.standing())
    for consent in session.scalars(wanted):
        close(consent, at=at)
    session.flush()


def close(consent: Consent, *, at: datetime) -> None:
    """Close a consent: its address opens nothing any more, and nobody has to answer."""
    consent.closed_at = at
    revoke_tokens(SCOPE, consent.subject)
    settle(consent.subject, at=at)


def empty(restitution: Restitution, *, actor: Viewer | None, at: datetime) -> bool:
    """Leave nothing of a video; tell whether there was something."""
    left = drop_files(restitution, actor=actor, at=at)
    left = drop_words(restitution) or left or bool(restitution.original or restitution.key)
    restitution.stand_at(None)
    restitution.original = restitution.provider_title = restitution.summary = ""
    restitution.folded = fold(restitution.title)
    session.flush()
    return left


def drop_words(restitution: Restitution) -> bool:
    """Take words and chapters from a video; tell whether there were any."""
    left = False
    for table in (Cue, Chapter):
        gone = session.scalars(sa.delete(table).where(table.restitution_id == restitution.id).returning(table.id)).all()
        left = left or bool(gone)
    return left


def drop_files(restitution: Restitution, *, actor: Viewer | None, at: datetime) -> bool:
    """Take its files from a restitution; tell whether there were any."""
    found = files_of(restitution.subject)
    for card in found:
        drop_file(restitution.subject, card.id, actor=actor, at=at)
    return bool(found)
