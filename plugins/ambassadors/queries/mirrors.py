"""What was published of the labs, and what a lab is at the moment it is published (C19).

Pages read pictures only; the counts of now are for the job that takes the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import ANONYMOUS, GroupCard, group_cards, members_since, people_facts, services, session

from plugins.ambassadors.models.mirror import (
    CATEGORIES,
    CATEGORY,
    DESK,
    DIRECTION,
    FIELD,
    GENDER,
    GENDERS,
    LONG,
    NEW,
    SENIORITIES,
    SENIORITY,
    SETTLED,
    SITE,
    SMALLEST_LAB,
    UNSAID,
    WORKPLACE,
    Cell,
    Mirror,
    Mix,
    Workforce,
)
from plugins.ambassadors.queries.disclosure import Picture

NEW_DAYS = 183
LONG_DAYS = 730

_OF_LAB = sa.select(Mirror).where(Mirror.group_id == sa.bindparam("group")).order_by(Mirror.quarter_on.desc())
_CELLS = sa.select(Cell).where(Cell.mirror_id == sa.bindparam("mirror")).order_by(Cell.id)
_COUNTED = (
    sa.select(Cell.mirror_id, Cell.dimension, Cell.value, Cell.counted)
    .join(Mirror, Mirror.id == Cell.mirror_id)
    .where(Mirror.group_id.in_(sa.bindparam("groups", expanding=True)), Cell.counted.is_not(None))
)
_LABS = sa.select(Mirror.group_id).distinct()
_DONE = sa.select(Mirror.group_id).where(Mirror.quarter_on == sa.bindparam("quarter", type_=sa.Date()))
_MIX = sa.select(Mix).where(Mix.person_id.in_(sa.bindparam("people", expanding=True)))
_YEAR = sa.select(sa.func.max(Workforce.year)).where(Workforce.year <= sa.bindparam("until"))
_WORKFORCE = sa.select(Workforce).where(Workforce.year == sa.bindparam("year")).order_by(Workforce.id)


def quarter_of(day: date) -> date:
    """Give the first day of the quarter of a day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def mirrors_of(group_id: int) -> list[Mirror]:
    """List what was published of a lab, the newest quarter first."""
    return list(session.scalars(_OF_LAB, {"group": group_id}))


def picture_of(mirror: Mirror | None) -> Picture:
    """Give what was published; an empty picture of no mirror."""
    if mirror is None:
        return Picture()
    figures: dict[str, dict[str, int | None]] = {}
    of_heads: dict[str, int] = {}
    for cell in session.scalars(_CELLS, {"mirror": mirror.id}):
        figures.setdefault(cell.dimension, {})[cell.value] = cell.heads
        of_heads[cell.dimension] = cell.of_heads
    return Picture(mirror.heads, figures, of_heads)


def counted_of(group_id: int, members: Collection[int]) -> dict[str, list[dict[str, int]]]:
    """Give all that was ever counted, by dimension, of a lab and of those that half of the same people make up.

    Two labs of almost the same people are as good as two quarters of one.
    """
    groups = [other for other in session.scalars(_LABS) if other == group_id or _is_double(other, members)]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for mirror_id, dimension, value, heads in session.execute(_COUNTED, {"groups": groups}):
        found.setdefault((dimension, mirror_id), {})[value] = heads
    by_dimension: dict[str, list[dict[str, int]]] = {}
    for (dimension, _mirror), counts in found.items():
        by_dimension.setdefault(dimension, []).append(counts)
    return by_dimension


def _is_double(group_id: int, members: Collection[int]) -> bool:
    others = members_since(group_id)
    both = sum(number in others for number in members)
    return both > 0 and 2 * both >= min(len(others), len(members))


def labs_to_publish(quarter: date) -> list[GroupCard]:
    """List the labs that are large enough, and of which nothing is published for a quarter yet."""
    done = set(session.scalars(_DONE, {"quarter": quarter}))
    labs = (card for card in group_cards(ANONYMOUS) if card.id not in done)
    return [card for card in labs if card.members >= SMALLEST_LAB]


def mix_of(person_id: int) -> Mix | None:
    """Give what a person declares of themself, for the page of that person."""
    return session.scalars(_MIX, {"people": [person_id]}).first()


def workforce_of(year: int) -> tuple[int | None, dict[str, dict[str, int]]]:
    """Give the workforce of a year, else of the last one before it that was typed: its year, heads by dimension."""
    found: dict[str, dict[str, int]] = {}
    typed = session.scalar(_YEAR, {"until": year})
    for row in session.scalars(_WORKFORCE, {"year": typed}) if typed else ():
        found.setdefault(row.dimension, {})[row.value] = row.heads
    return typed, found


@dataclass(frozen=True, slots=True)
class Now:
    """Who a lab is now: never shown, never written.

    :ivar joined: since when each member belongs to it
    :ivar declared: what some of them declare
    """

    joined: Mapping[int, datetime]
    declared: Mapping[int, Mix]


def lab_now(group_id: int) -> Now:
    """Read who a lab is now."""
    joined = members_since(group_id)
    mixes = session.scalars(_MIX, {"people": list(joined)})
    return Now(joined, {mix.person_id: mix for mix in mixes})


def counts_of(lab: Now, sites: Iterable[str], *, at: datetime) -> dict[str, dict[str, int]]:
    """Count a lab by dimension, over every value there could be: which ones are there would tell who is."""
    directions = directions_of(lab.joined)
    told = [lab.declared.get(number, Mix(category="", workplace="", site="", gender="")) for number in lab.joined]
    names = [card.name for card in services() if card.depth == 0]
    return {
        CATEGORY: _counted((mix.category for mix in told), CATEGORIES),
        DIRECTION: _counted((directions.get(number, UNSAID) for number in lab.joined), names),
        SITE: _counted((mix.site for mix in told), sites),
        WORKPLACE: _counted((mix.workplace for mix in told), (DESK, FIELD)),
        SENIORITY: _counted((_band(at - joined_at) for joined_at in lab.joined.values()), SENIORITIES, unsaid=False),
        GENDER: _counted((mix.gender for mix in told), GENDERS),
    }


def directions_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Name the direction of each of these people: the service at the top of theirs; absent if they have none."""
    top: dict[int, str] = {}
    for card in services():  # a parent always comes before what stands under it
        top[card.id] = top.get(card.parent_id or 0, card.name)
    facts = people_facts(person_ids)
    return {number: top[told.service_id] for number, told in facts.items() if told.service_id in top}


def _counted(values: Iterable[str], possible: Iterable[str], *, unsaid: bool = True) -> dict[str, int]:
    known = dict.fromkeys([*possible, *([UNSAID] if unsaid else [])], 0)
    return known | Counter(value if value in known else UNSAID for value in values)


def _band(since: timedelta) -> str:
    return NEW if since.days < NEW_DAYS else LONG if since.days > LONG_DAYS else SETTLED
