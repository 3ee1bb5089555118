"""What anybody reads of a slot, now: the one place where a surprise is kept (C34 SPEC 2).

Pages, walls, exports, calendars, searches and notices take `Shown`, never a `Slot`: what is hidden is then not in
what they hold. The place goes with the rest: a place tells. Who runs or organises it reads all of it on the page of
the slot (`known`), and whoever organises the row itself in their form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from portal.api import Subject, texts

from plugins.programmes.models.slot import SURPRISE, UNEXPECTED, Slot

_ = texts("programmes")


@dataclass(frozen=True, slots=True)
class Shown:
    """A slot as it may be read by whoever reads its programme.

    :ivar title: « Surprise ! » until its time; « Inattendu » while nobody has filled it
    :ivar is_hidden: a surprise whose time has not come
    :ivar is_empty: an *unexpected* slot that nobody has filled
    :ivar sequence: with the reveal counted as a change, so that calendars take it (RFC 5545 §3.8.7.4)
    :ivar changed_at: its DTSTAMP, the reveal counted likewise
    """

    id: int
    programme_id: int
    kind: str
    title: str
    words: str
    place: str
    starts_at: datetime
    ends_at: datetime | None
    is_fixed: bool
    track_id: int | None
    takes_names: bool
    seats: int | None
    uid: str
    sequence: int
    changed_at: datetime
    cancelled_at: datetime | None
    is_hidden: bool
    is_empty: bool

    @property
    def subject(self) -> Subject:
        """Give the slot as others speak of it."""
        return Subject("programmes.slot", self.id)


def is_hidden(slot: Slot, at: datetime) -> bool:
    """Tell whether a slot still keeps what it is to itself: for ever, if taken off before its time."""
    if slot.kind != SURPRISE or slot.reveals_at is None:
        return False
    ended = (slot.cancelled_at, slot.programme.cancelled_at)
    return min((at, *filter(None, ended))) < slot.reveals_at


def shown(slot: Slot, *, at: datetime) -> Shown:
    """Give a slot as it may be read at an instant."""
    hidden = is_hidden(slot, at)
    empty = slot.kind == UNEXPECTED and not slot.title
    was_revealed = not hidden and slot.reveals_at is not None and slot.reveals_at <= at
    return Shown(
        id=slot.id,
        programme_id=slot.programme_id,
        kind=slot.kind,
        title=_("Surprise!") if hidden else _("The unexpected") if empty else slot.title,
        words="" if hidden else slot.words,
        place="" if hidden else slot.place,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        is_fixed=slot.is_fixed,
        track_id=slot.track_id,
        takes_names=slot.takes_names,
        seats=slot.seats,
        uid=slot.uid,
        sequence=slot.sequence + was_revealed,
        changed_at=max(slot.changed_at, slot.reveals_at) if was_revealed and slot.reveals_at else slot.changed_at,
        cancelled_at=slot.cancelled_at,
        is_hidden=hidden,
        is_empty=empty,
    )


def known(slot: Slot, *, at: datetime) -> Shown:
    """Give a slot as who runs or organises it reads it; `is_hidden` says that it is hidden from everybody else."""
    told = shown(slot, at=at)
    return replace(told, title=slot.title, words=slot.words, place=slot.place) if told.is_hidden else told
