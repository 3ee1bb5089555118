"""The vocabulary as a card offers it and as a list shows it: by family, alphabetical (C08 SPEC 9)."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from portal.api import fold, session

from plugins.ambassadors.models.card import EntryTag
from plugins.ambassadors.models.vocabulary import Tag

_LISTED = sa.select(Tag).order_by(Tag.family, Tag.folded)
_OFFERED = _LISTED.where(Tag.kind == sa.bindparam("kind"), Tag.retired_at.is_(None))
_ALPHABETICAL = sa.select(Tag).where(Tag.retired_at.is_(None)).order_by(Tag.folded, Tag.id)
_OF_ENTRIES = (
    sa.select(EntryTag.entry_id, Tag)
    .join(Tag, Tag.id == EntryTag.tag_id)
    .where(EntryTag.entry_id.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(Tag.folded)
)


def offered_tags(kind: str) -> list[Tag]:
    """List the tags of a kind that one may tick, by family."""
    return list(session.scalars(_OFFERED, {"kind": kind}))


def by_family(tags: Iterable[Tag]) -> dict[str, list[Tag]]:
    """Group words by their family, both alphabetical as a person reads: « Écrire » before « Fabriquer »."""
    found: dict[str, list[Tag]] = {}
    for tag in sorted(tags, key=lambda tag: (fold(tag.family), tag.folded)):
        found.setdefault(tag.family, []).append(tag)
    return found


def all_tags() -> list[Tag]:
    """List every word by family, retired ones too: for whoever keeps the vocabulary."""
    return list(session.scalars(_LISTED))


def alphabetical_tags() -> list[Tag]:
    """List talents and roles that one may tick, together."""
    return list(session.scalars(_ALPHABETICAL))


def tags_by_id(ids: Iterable[int]) -> dict[int, Tag]:
    """Give tags by their number, retired ones too."""
    wanted = list(ids)
    return {tag.id: tag for tag in session.scalars(sa.select(Tag).where(Tag.id.in_(wanted)))} if wanted else {}


def tags_of(entry_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """Give the tags of each of these fields, alphabetical; a field without tags is absent."""
    found: dict[int, list[Tag]] = {}
    wanted = list(entry_ids)
    for entry_id, tag in session.execute(_OF_ENTRIES, {"numbers": wanted}) if wanted else ():
        found.setdefault(entry_id, []).append(tag)
    return found
