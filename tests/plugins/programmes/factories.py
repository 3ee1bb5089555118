"""Things for the tests of programmes, with sensible defaults. Call them inside `with writing():`; they give ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from portal.api import Person, add_member, create_group, fold, local_midnight, now, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import PLENARY, Slot
from plugins.programmes.models.stand import Holder, Stand

# The eve of the day of the tests, a Wednesday, 10 h in Paris (summer time); the day itself.
START = datetime(2026, 9, 9, 8, tzinfo=UTC)
DAY = date(2026, 9, 10)


def at_hour(hour: int, minute: int = 0) -> datetime:
    """Give an hour of the day of the tests, in Paris: UTC + 2; from 24 on in the night after."""
    return datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(hours=hour - 2, minutes=minute)


def make_lab(*members: Person, animator: Person | None = None, name: str = "Labo des berges") -> int:
    """Make a lab with these members; give the id of its group."""
    group_id = create_group("lab", name)
    for member in members:
        add_member(group_id, member.id, at=now())
    if animator is not None:
        add_member(group_id, animator.id, at=now(), is_animator=True)
    return group_id


def make_programme(author: Person, **columns: Any) -> int:
    """Make an empty day that every agent may read."""
    defaults: dict[str, Any] = {"title": "Interlabos", "held_on": DAY, "audience": "intranet", "created_at": now()}
    values = defaults | columns
    over_at = local_midnight(values["held_on"] + timedelta(days=1))
    folded = fold(values["title"], values.get("place"))
    programme = Programme(author_id=author.id, folded=folded, over_at=over_at, **values)
    session.add(programme)
    session.flush()
    return programme.id


def make_slot(programme_id: int, starts: datetime, ends: datetime | None = None, **columns: Any) -> int:
    """Make a slot; an open end unless one is given."""
    at = now()
    defaults: dict[str, Any] = {"kind": PLENARY, "title": "Au boulot !", "uid": uuid4().hex, "created_at": at}
    slot = Slot(programme_id=programme_id, starts_at=starts, ends_at=ends, changed_at=at, **defaults | columns)
    session.add(slot)
    session.flush()
    return slot.id


def make_stand(programme_id: int, *holders: Person, **columns: Any) -> int:
    """Make a stand with its three points, held by these people."""
    points = {"point_1": "Une cabane", "point_2": "Deux ateliers", "point_3": "Trois essais"}
    stand = Stand(programme_id=programme_id, created_at=now(), **{"title": "Labo de Dunkerque", **points, **columns})
    session.add(stand)
    session.flush()
    session.add_all(Holder(stand_id=stand.id, person_id=holder.id) for holder in holders)
    session.flush()
    return stand.id
