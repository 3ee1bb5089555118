"""Verbs of the drawing of the map: ask for it, lay it out round by round, forget it.

One drawing serves all who may read the same: it is named by a digest of their levels and groups, never of a person. It
knows numbers of services and talents, and goes a week after it was last asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from portal.api import Viewer, reading, session, transaction

from plugins.ambassadors.models.mirror import MOST_TRIES, Drawing
from plugins.ambassadors.queries.talents import TalentMap, talent_map

ROUNDS, STEPS = 6, 30
ROUND_SECONDS = 30
KEEP_DAYS = 7
FRESH = timedelta(days=1)
LAYOUT = [sys.executable, "-m", "plugins.ambassadors.services.springs"]


def readers_of(viewer: Viewer, shown: TalentMap, *, at: datetime) -> str:
    """Name all who may read what this viewer may, and what is open on their map."""
    may = reading(viewer, at=at)
    told = [sorted(may["reader_levels"]), sorted(may["reader_group_ids"]), shown.under and shown.under.id, shown.family]
    return sha256(json.dumps(told).encode()).hexdigest()


def drawing_of(readers: str) -> Drawing | None:
    """Give the drawing of these readers, drawn or not yet."""
    return session.scalar(sa.select(Drawing).where(Drawing.readers == readers))


def places_of(drawing: Drawing | None) -> dict[str, tuple[float, float]]:
    """Give the places of a drawing that was drawn once; none while it is drawn for the first time."""
    if drawing is None or drawing.drawn_at is None:
        return {}
    return {key: (x, y) for key, (x, y) in json.loads(drawing.places).items()}


def ask_drawing(viewer: Viewer, shown: TalentMap, *, at: datetime) -> None:
    """Ask that the map be laid out, or laid out again; asked twice, once is enough."""
    readers = readers_of(viewer, shown, at=at)
    found = drawing_of(readers)
    if found is not None and found.is_waiting:
        return
    found = found or Drawing(readers=readers)
    found.asked_at, found.rounds, found.done, found.spent_ms, found.tries = at, ROUNDS, 0, 0, 0
    found.links = json.dumps(_links_for_all(viewer, shown, at=at))
    session.add(found)
    session.flush()


def _links_for_all(viewer: Viewer, shown: TalentMap, *, at: datetime) -> list[tuple[str, str]]:
    """Give what any of these readers may read, and not what only who asks does or does not: it is drawn for all."""
    anybody = Viewer(0, group_ids=viewer.group_ids, lab_ids=viewer.lab_ids, is_agent=viewer.is_agent)
    under = shown.under.id if shown.under else None
    return talent_map(anybody, under=under, family=shown.family, at=at).links


def draw_next(at: datetime) -> bool:
    """Do one round of the next drawing that waits; tell whether there is more to do. Old ones go.

    Nobody waits for a layout: one transaction takes the round, another keeps it, and none is open in between. Not to be
    called inside one.
    """
    with transaction():
        session.execute(sa.delete(Drawing).where(Drawing.asked_at < at - timedelta(days=KEEP_DAYS)))
        taken = _take()
    if taken is None:
        return False
    begun = time.monotonic()
    places = _process(taken.asked) if taken.has_links else "{}"
    with transaction():
        return _keep(taken, places, spent_ms=round((time.monotonic() - begun) * 1000), at=at)


@dataclass(frozen=True, slots=True)
class Round:
    """A round to be done, as the layout reads it."""

    drawing_id: int
    done: int
    asked: str
    has_links: bool


_WAITING = (
    sa.select(Drawing)
    .where(Drawing.done < Drawing.rounds, Drawing.tries < MOST_TRIES)
    .order_by(Drawing.tries, Drawing.asked_at, Drawing.id)
)


def _take() -> Round | None:
    found = session.scalars(_WAITING.limit(1).with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    found.tries += 1  # before the attempt: what kills the worker is counted too
    links, places = json.loads(found.links), json.loads(found.places)
    return Round(found.id, found.done, json.dumps({"links": links, "places": places, "steps": STEPS}), bool(links))


def _keep(taken: Round, places: str, *, spent_ms: int, at: datetime) -> bool:
    """Keep a round that was done, unless somebody else did it; tell whether a drawing waits."""
    query = sa.select(Drawing).where(Drawing.id == taken.drawing_id, Drawing.done == taken.done)
    drawing = session.scalar(query.with_for_update())
    if drawing is not None:
        drawing.places, drawing.tries = places, 0
        drawing.done += 1
        drawing.spent_ms += spent_ms
        if drawing.done == drawing.rounds:
            drawing.drawn_at, drawing.links = at, "[]"
        session.flush()
    return session.scalars(_WAITING.limit(1)).first() is not None


def _process(asked: str) -> str:
    """Lay out in a process of its own.

    :raises subprocess.SubprocessError: it fails, or takes too long
    """
    return subprocess.run(LAYOUT, input=asked, capture_output=True, text=True, timeout=ROUND_SECONDS, check=True).stdout
