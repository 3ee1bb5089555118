"""Asking a host what it says of a video: its title, how long it is, its picture; and whether it is still there.

As data alone: no markup of a host is kept (C33 SPEC 5). Hosts answer when they like, so nothing is locked meanwhile.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.api import (
    Event,
    Invalid,
    Unavailable,
    Upload,
    fetch,
    files_of,
    is_offline,
    keep_file,
    publish,
    receive,
    session,
    setting,
    transaction,
)

from plugins.restitutions.models import MAX_TITLE, MOST_FAILURES, SHOWN, Restitution, Status
from plugins.restitutions.queries.hosts import allowed
from plugins.restitutions.services.holding import facts_of
from plugins.restitutions.values.places import Place

WATCH_DAYS = 7
QUIET_DAYS = 1
TRY_DAYS = 30
DENIALS = frozenset({401, 403, 404, 410})  # the host has it no longer, or shows it to nobody who asks
PICTURE_SIDE = 640
MAX_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Look:
    """What a host said.

    :ivar is_there: it has the video, and shows it
    """

    is_there: bool
    title: str = ""
    seconds: int | None = None
    picture_url: str = ""


def look_next(at: datetime) -> bool:
    """Ask about the next video that is due; tell whether there may be another. Not to be called in a transaction.

    Whoever takes it leaves it alone for others: two at work never ask of one video, nor count its absence twice. Each
    once, for its title and picture; then once a week where the collectivity wants links watched (C33 SPEC 8). A
    host that says nothing of use is asked again a day later, and the round ends: others may be as silent.
    """
    if is_offline():
        return False
    with transaction():
        due = take_next(at)
    if due is None:
        return False
    number, place, has_picture = due
    look = ask_about(place)
    picture = None if has_picture or look is None else _picture(look.picture_url)
    with transaction():
        _keep(number, place, look, picture, at=at)
    return look is not None


def take_next(at: datetime) -> tuple[int, Place, bool] | None:
    """Take the next that is due: unless its host says something of use, it is left alone until tomorrow."""
    watched, taken = bool(setting("restitutions", "watch")), allowed()
    fresh = sa.and_(Restitution.quiet_until <= at, Restitution.created_at > at - timedelta(days=TRY_DAYS))
    due: sa.ColumnElement[bool] = sa.and_(
        Restitution.looked_at.is_(None), sa.or_(Restitution.quiet_until.is_(None), fresh)
    )
    if watched:
        rested = sa.or_(Restitution.quiet_until.is_(None), Restitution.quiet_until <= at)
        weekly = Restitution.looked_at <= at - timedelta(days=WATCH_DAYS)
        due = sa.and_(rested, sa.or_(Restitution.looked_at.is_(None), weekly))
    at_taken = sa.or_(Restitution.provider.in_(taken.providers), Restitution.host.in_(taken.hosts))
    wanted = sa.select(Restitution).where(Restitution.status.in_(SHOWN), at_taken, due)
    first = wanted.order_by(Restitution.looked_at.nulls_first(), Restitution.id).limit(1)
    found = session.scalars(first.with_for_update(skip_locked=True)).first()
    place = found.place if found else None
    if found is None or place is None:
        return None
    found.quiet_until = at + timedelta(days=QUIET_DAYS)
    return found.id, place, bool(files_of(found.subject))


def ask_about(place: Place) -> Look | None:
    """Ask a host about a video; None if nothing follows from what it said: silent, busy, broken."""
    try:
        answer = fetch("restitutions", place.about_url)
    except Unavailable:
        return None
    if answer.status in DENIALS:
        return Look(is_there=False)
    if answer.status != 200:
        return None
    return _read(answer.content) if answer.content_type == "application/json" else Look(is_there=True)


def _read(content: bytes) -> Look:
    """Read the three fields we want of an answer; whatever else it says, or how it says it, does not matter."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return Look(is_there=True)
    said = said if isinstance(said, dict) else {}
    title, seconds, picture = (said.get(name) for name in ("title", "duration", "thumbnail_url"))
    return Look(
        is_there=True,
        title=_line(title),
        seconds=_seconds(seconds),
        picture_url=picture if isinstance(picture, str) else "",
    )


def _line(text: Any) -> str:
    seen = "".join(sign if sign.isprintable() else " " for sign in text) if isinstance(text, str) else ""
    return " ".join(seen.split())[:MAX_TITLE]


def _seconds(said: Any) -> int | None:
    return round(said) if type(said) in {int, float} and 0 < said <= MAX_SECONDS else None


def _picture(url: str) -> Upload | None:
    """Take a picture from its host, and draw it again; None if there is none that can be read."""
    if not url:
        return None
    try:
        answer = fetch("restitutions", url)
        upload = receive(io.BytesIO(answer.content), name="image", side=PICTURE_SIDE) if answer.status == 200 else None
    except (Unavailable, Invalid):
        return None
    return upload if upload and upload.width else None


def _keep(number: int, place: Place, look: Look | None, picture: Upload | None, *, at: datetime) -> None:
    """Keep what was said, if the video is still the one that was asked about."""
    found = session.scalar(sa.select(Restitution).where(Restitution.id == number).with_for_update())
    if found is None or found.place != place or found.status not in SHOWN:
        return
    is_watched = bool(setting("restitutions", "watch"))
    if look is None or not (look.is_there or is_watched):
        return
    found.looked_at, found.quiet_until = at, None
    found.failures = 0 if look.is_there else found.failures + 1
    found.provider_title, found.seconds = look.title or found.provider_title, look.seconds or found.seconds
    session.flush()
    if picture is not None and not files_of(found.subject):
        keep_file(found.subject, picture, actor=None, at=at)
    _move(found, look, at=at)


def _move(restitution: Restitution, look: Look, *, at: datetime) -> None:
    """Let it be found again, or lost once its host did not have it twice in a row."""
    subject, facts = restitution.subject, facts_of(restitution)
    if look.is_there and restitution.status == Status.UNAVAILABLE:
        restitution.status = Status.PUBLISHED
        publish(Event("restitutions.found_again", subject, None, at, facts))
    elif restitution.failures >= MOST_FAILURES and restitution.status == Status.PUBLISHED:
        restitution.status = Status.UNAVAILABLE
        publish(Event("restitutions.lost", subject, None, at, facts))
    session.flush()
