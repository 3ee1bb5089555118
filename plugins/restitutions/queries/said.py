"""What each form of a restitution is shown with, by the names of its fields."""

from __future__ import annotations

from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.queries.restitutions import chapters_of
from plugins.restitutions.queries.transcripts import cues_of
from plugins.restitutions.values.captions import write_captions
from plugins.restitutions.values.times import lines_of

SAID = ("title", "captions", "transcript", "audience", "summary", "language")


def said_of(restitution: Restitution) -> dict[str, str]:
    """Give what is said of a video."""
    marks = [(chapter.starts, chapter.title) for chapter in chapters_of(restitution.id)]
    return {name: getattr(restitution, name) for name in SAID} | {"chapters": lines_of(marks)}


def address_of(restitution: Restitution) -> dict[str, str]:
    """Give the address of a video as it was typed."""
    return {"address": restitution.original}


def typed_of(restitution: Restitution) -> dict[str, str]:
    """Give the words of a video, as a file of captions."""
    return {"typed": write_captions(cues_of(restitution.id))}


def name_of(consent: Consent) -> dict[str, str]:
    """Give how somebody who is filmed is called."""
    return {"name": consent.name}
