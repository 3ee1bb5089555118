"""« Je cherche quelqu'un qui… »: the address is the search, and nobody keeps it (C08 SPEC 2, 7 and 8)."""

from __future__ import annotations

from dataclasses import replace

from portal.api import listing, now, page, signed_in, viewer

from plugins.ambassadors.forms.finding import FindFilters
from plugins.ambassadors.queries.finding import BRINGS, ORDER, SEEKS, found_people
from plugins.ambassadors.queries.near import near_labels
from plugins.ambassadors.queries.requests import asked_lately
from plugins.ambassadors.queries.time import free_words
from plugins.ambassadors.views.blueprint import blueprint

SIZE = 20


@blueprint.get("/")
@signed_in()
def find():
    """List who brings, or seeks, what one looks for: who said when they can first, then the order of the day."""
    at, filters = now(), FindFilters(viewer())
    search = filters.search
    values = search.values(viewer(), at=at, day=filters.begun_on(at))
    found = listing(search.statement, values, order_by=ORDER, ascending=True, size=SIZE)
    return page(
        "ambassadors/find.html",
        page=replace(found, next_url=filters.going_on(found.next_url, at)),
        found=found_people(viewer(), found.items, search, at=at),
        filters=filters,
        options=filters.options,
        free_words=free_words,
        near=near_labels(filters.asked, filters.tags) if not found.items else [],
        other_side=SEEKS if search.side == BRINGS else BRINGS,
        asked=asked_lately(viewer(), (row.person_id for row in found.items), at=at) if filters.again_id else set(),
    )
