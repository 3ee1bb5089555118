"""The pack that a stand takes home the same evening, and the word that it is there (C35 SPEC 4)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import fold, local_day, notify, record, session, texts

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.stands import holders_of, pack_ready_at, programme_of

_ = texts("programmes")

MAX_PACK_BYTES = 20_000_000
MAX_FILES = 200
ALL_PACKS = 3  # times as much, in bytes and in files, for those of a whole fair
MAX_NAME = 80
# A pack of longer ago is nobody's news any more: nothing ran for a week.
LOOK_BACK = timedelta(days=7)
_NAMELESS = "-"
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
File = tuple[str, bytes]


def zipped(files: Iterable[File], *, most: int = MAX_PACK_BYTES, most_files: int = MAX_FILES) -> bytes:
    """Give one archive of some files, their names made safe and told apart; what is too large is named in it.

    A name keeps its folder, if it has one, and nothing that leads out of the archive.
    """
    out, left, room = io.BytesIO(), [], most
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for count, (name, content) in enumerate(_told_apart(files)):
            if len(content) > room or count >= most_files:
                left.append(name)
                continue
            room -= len(content)
            archive.writestr(name, content)
        if left:
            archive.writestr(_("left-out.txt"), "\n".join([_("Too large for this pack:"), *left]))
    return out.getvalue()


def safe_name(text: str) -> str:
    """Give a name that is a file everywhere, from words or from a name that somebody else gave."""
    plain = _UNSAFE.sub("-", fold(text)).strip("-.")
    stem, dot, ending = plain.rpartition(".")
    return (
        f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 8 else plain[:MAX_NAME] or _NAMELESS
    )


def _told_apart(files: Iterable[File]) -> Iterator[File]:
    taken: set[str] = set()
    for name, content in files:
        wanted = "/".join(safe_name(part) for part in name.replace("\\", "/").split("/") if part.strip("."))
        wanted = wanted or _NAMELESS
        stem, dot, ending = wanted.rpartition(".")
        candidate, number = wanted, 1
        while candidate in taken:
            number += 1
            candidate = f"{stem}-{number}.{ending}" if dot else f"{wanted}-{number}"
        taken.add(candidate)
        yield candidate, content


def tell_packs(at: datetime) -> bool | None:
    """Tell those who hold a stand that its pack is there: once, the evening of the day."""
    today = local_day(at)
    waiting = (
        sa.select(Stand)
        .join(Programme, Programme.id == Stand.programme_id)
        .where(
            Stand.pack_told_at.is_(None),
            Stand.closed_at.is_(None),
            Programme.cancelled_at.is_(None),
            Programme.held_on.between(today - LOOK_BACK, today),
        )
        .order_by(Stand.id)
    )
    found = session.scalars(waiting).all()
    days = {programme_of(stand) for stand in found}
    ready = {programme.id for programme in days if pack_ready_at(programme) <= at}
    stands = [stand for stand in found if stand.programme_id in ready]
    holders = holders_of(stand.id for stand in stands)
    for stand in stands:
        stand.pack_told_at = at
    session.flush()  # all of them before the first line of the audit, as whoever changes a stand does
    for stand in stands:
        text = _.later("The pack of your stand “%(title)s” is ready: take it from its page.")
        notify(holders.get(stand.id, ()), stand.subject, text, at=at)
        record("programmes.pack_told", stand.subject, actor=None, at=at)
    return None
