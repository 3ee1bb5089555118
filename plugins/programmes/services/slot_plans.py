"""What an organiser writes of a slot, and what a slot says in the same words (C34 SPEC 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from portal.api import Invalid, texts, zone

from plugins.programmes.models.programme import MAX_PLACE, MAX_TRACK, Programme
from plugins.programmes.models.slot import KINDS, MAX_SLOT, MAX_WORDS, UNEXPECTED, Slot
from plugins.programmes.queries.programmes import tracks_of
from plugins.programmes.services.facts import has_come
from plugins.programmes.services.programmes import hour_at

_ = texts("programmes")

MOST_SEATS = 10_000
# A slot that ends before it begins, but no later than this, ends in the night: the carnival.
NIGHT_ENDS = time(6)
PLAIN = ("kind", "title", "place", "words", "is_fixed", "takes_names", "seats")


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What a slot says, as an organiser writes it.

    :ivar ends: None for an open end
    :ivar track: the name of its track; nothing for everybody together
    :ivar reveals: when a surprise says what it is; None for its start
    """

    kind: str
    title: str
    starts: time
    ends: time | None
    place: str = ""
    words: str = ""
    track: str = ""
    is_fixed: bool = False
    reveals: time | None = None
    takes_names: bool = False
    seats: int | None = None


def plan_of(slot: Slot, programme: Programme) -> SlotPlan:
    """Give what a slot says as an organiser would write it: the row itself, surprise or not."""
    track = next((track.name for track in tracks_of(programme) if track.id == slot.track_id), "")
    return SlotPlan(
        **{name: getattr(slot, name) for name in PLAIN},
        starts=slot.starts_at.astimezone(zone()).time(),
        ends=hour_at(slot.ends_at),
        reveals=hour_at(slot.reveals_at) if slot.reveals_at != slot.starts_at else None,
        track=track,
    )


def check_plan(programme: Programme, plan: SlotPlan, *, at: datetime) -> None:
    """Refuse what says too little or too much, or ends before it begins.

    :raises Invalid: names the field
    """
    if plan.kind not in KINDS:
        raise Invalid(_("Choose what it is."), field="kind")
    check_lengths(plan.title, plan.words, plan.place)
    if len(plan.track) > MAX_TRACK:
        raise Invalid(_("Shorten the name of the track: %(most)s signs at most.", most=MAX_TRACK), field="track")
    if plan.kind != UNEXPECTED and not plan.title.strip():
        raise Invalid(_("Give it a title."), field="title")
    if plan.kind == UNEXPECTED and (plan.title.strip() or plan.words.strip()) and not has_come(programme, at):
        raise Invalid(
            _("The unexpected stays empty until the day itself: leave title and words out."),
            field="title" if plan.title.strip() else "words",
        )
    if plan.seats is not None and not 1 <= plan.seats <= MOST_SEATS:
        raise Invalid(_("Say how many seats: a number from 1 on, or nothing for as many as come."), field="seats")
    if plan.ends is not None and (plan.ends == plan.starts or NIGHT_ENDS < plan.ends < plan.starts):
        raise Invalid(_("Its end must come after its beginning."), field="ends")


def check_lengths(title: str, words: str, place: str) -> None:
    """Refuse what is too long.

    :raises Invalid: names the field
    """
    if len(title) > MAX_SLOT:
        raise Invalid(_("Shorten the title: %(most)s signs at most.", most=MAX_SLOT), field="title")
    if len(words) > MAX_WORDS:
        raise Invalid(_("Shorten it: %(most)s signs at most.", most=MAX_WORDS), field="words")
    if len(place) > MAX_PLACE:
        raise Invalid(_("Shorten the place: %(most)s signs at most.", most=MAX_PLACE), field="place")
