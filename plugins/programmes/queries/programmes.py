"""Which days one may read; who organises them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.api import Viewer, reading, session

from plugins.programmes.models.programme import Organiser, Programme, Track

READABLE = sa.select(Programme).where(Programme.readable())
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
_ONE = READABLE.where(Programme.id == sa.bindparam("number"))
_SOME = READABLE.where(Programme.id.in_(_NUMBERS))
_ORGANISES = sa.select(Organiser.id).where(
    Organiser.programme_id == sa.bindparam("number"), Organiser.person_id == sa.bindparam("who")
)
_ORGANISERS = (
    sa.select(Organiser.person_id).where(Organiser.programme_id == sa.bindparam("number")).order_by(Organiser.id)
)
_TRACKS = sa.select(Track).where(Track.programme_id == sa.bindparam("number")).order_by(Track.position, Track.id)


def readable_programme(viewer: Viewer, programme_id: int, *, at: datetime) -> Programme | None:
    """Give a programme that `viewer` may read, or None."""
    return session.scalar(_ONE, reading(viewer, at=at, number=programme_id))


def readable_programmes(viewer: Viewer, ids: Iterable[int], *, at: datetime) -> list[Programme]:
    """Give those that `viewer` may read among some programmes."""
    return list(session.scalars(_SOME, reading(viewer, at=at, some=list(ids))))


def is_organiser(viewer: Viewer, programme: Programme, *, named: Collection[int] | None = None) -> bool:
    """Tell whether somebody runs this day: its author, whom they named, who animates the lab that hosts it.

    :param named: the `organiser_ids`, if they are known already
    """
    if viewer.person_id is None:
        return False
    if viewer.person_id == programme.author_id or programme.reader_group_id in viewer.animated_ids:
        return True
    if named is not None:
        return viewer.person_id in named
    return session.scalar(_ORGANISES, {"number": programme.id, "who": viewer.person_id}) is not None


def organiser_ids(programme: Programme) -> list[int]:
    """List who runs this day: its author as long as it is kept, then whom they named."""
    named = session.scalars(_ORGANISERS, {"number": programme.id})
    return list(dict.fromkeys(filter(None, [programme.author_id, *named])))


def tracks_of(programme: Programme) -> list[Track]:
    """List the parallel tracks of a day, in their order; empty if everything is for everybody."""
    return list(session.scalars(_TRACKS, {"number": programme.id}))
