"""Who brings what, by name, on paper: a directory of what its reader may read, and no search (C08)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Page, Viewer, group_members, listing, people_table, reading

from plugins.ambassadors.models.card import BRING, Entry
from plugins.ambassadors.models.vocabulary import Tag
from plugins.ambassadors.queries.cards import open_entries
from plugins.ambassadors.queries.vocabulary import tags_of

ON_A_PAGE = 60
_PEOPLE = people_table()
_BRINGS = open_entries().where(Entry.kind == BRING).subquery("brings")
_ALL = sa.select(
    _PEOPLE.c.sort_name, _PEOPLE.c.id, _PEOPLE.c.name, _PEOPLE.c.service, _BRINGS.c.text, _BRINGS.c.id.label("entry_id")
).join(_BRINGS, _BRINGS.c.author_id == _PEOPLE.c.id)
_OF_LAB = _ALL.where(_PEOPLE.c.id.in_(sa.bindparam("members", expanding=True)))


def bringing(viewer: Viewer, group_id: int | None, *, at: datetime) -> Page[sa.Row[tuple[object, ...]]]:
    """List who lets `viewer` read what they bring, by name.

    :param group_id: of one lab; None for everybody
    """
    members = [] if group_id is None else [member.id for member in group_members(group_id)]
    statement = _ALL if group_id is None else _OF_LAB
    values = reading(viewer, at=at) if group_id is None else reading(viewer, at=at, members=members)
    return listing(statement, values, order_by=[_PEOPLE.c.sort_name, _PEOPLE.c.id], size=ON_A_PAGE, ascending=True)


def tags_on(page: Page[sa.Row[tuple[object, ...]]]) -> dict[int, list[Tag]]:
    """Give the words that were ticked, by field."""
    return tags_of(row.entry_id for row in page.items)
