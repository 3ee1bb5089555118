"""« Qui peut lire ceci ? »: the pages of a copil are for agents; a public one shows its promises to everybody."""

from __future__ import annotations

from portal.api import Audience, readers_sentence, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil

_ = texts("copils")


def readers_of(thing: Copil | Commitment) -> str:
    """Say who reads the page of a copil, of its questions or of what was promised there."""
    if thing.audience != Audience.PUBLIC:
        return readers_sentence(thing.audience, thing.reader_group_id)
    agents = readers_sentence(Audience.INTRANET, None)
    everybody = _("And everybody, on the public page, what was promised, without anybody’s name.")
    return f"{agents} {everybody}"
