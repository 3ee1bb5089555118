"""Two pages open on one thing: the second to write is told what the first wrote, and loses no word of their own."""

from __future__ import annotations

from collections.abc import Mapping

from portal.api import Conflict, edition, texts

from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.queries.restitutions import chapters_of
from plugins.restitutions.queries.transcripts import cues_of
from plugins.restitutions.values.captions import write_captions
from plugins.restitutions.values.times import mark

_ = texts("restitutions")
SAID = ("title", "captions", "transcript", "audience", "summary", "language")
Words = Mapping[str, str]


class Overtaken(Conflict):
    """It was changed meanwhile, on another page; `said` is what stands there now, by the name of the field."""

    def __init__(self, said: Words) -> None:
        super().__init__(
            _(
                "It was changed meanwhile, on another page: beside each field that differs stands what it says now."
                " What you have just written is kept: send it again if it is to replace that."
            )
        )
        self.said = said


def edition_of(said: Words) -> str:
    """Name what something says by now: a form sends back the one it was shown with."""
    return edition(*(f"{name} {words}" for name, words in said.items()))


def must_have_seen(seen: str | None, said: Words, wanted: Words) -> None:
    """Refuse to write over what was written since the form was shown.

    :param seen: the `edition_of` what the actor had before them; None not to ask
    :raises Overtaken: it says something else now, which is not what they write either
    """
    if seen is not None and seen != edition_of(said) and dict(said) != dict(wanted):
        raise Overtaken(said)


def said_of(restitution: Restitution) -> dict[str, str]:
    """Give what is said of a video, by the name of the field."""
    marks = [(chapter.starts, chapter.title) for chapter in chapters_of(restitution.id)]
    return {name: getattr(restitution, name) for name in SAID} | {"chapters": lines_of(marks)}


def lines_of(chapters: list[tuple[int, str]]) -> str:
    """Write chapters as they are typed, a line each."""
    return "\n".join(f"{mark(starts)} {title}" for starts, title in sorted(chapters))


def address_of(restitution: Restitution) -> dict[str, str]:
    """Give the address of a video as it was typed."""
    return {"address": restitution.original}


def words_of(restitution: Restitution) -> dict[str, str]:
    """Give the words of a video, as a file of captions."""
    return {"typed": write_captions(cues_of(restitution.id))}


def name_of(consent: Consent) -> dict[str, str]:
    """Give how somebody who is filmed is called."""
    return {"name": consent.name}
