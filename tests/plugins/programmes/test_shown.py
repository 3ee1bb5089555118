"""What a surprise keeps to itself, and until when (C34 SPEC 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.api import now, session

from plugins.programmes.models.slot import SURPRISE, UNEXPECTED, Slot
from plugins.programmes.queries.shown import shown
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]
SECRET = {"title": "La fanfare", "words": "Elle joue faux.", "place": "Sous le kiosque"}


@pytest.fixture
def surprise(writing, programme_id):
    """Plan a surprise at 14 h."""
    with writing():
        return make_slot(
            programme_id, at_hour(14), at_hour(14, 30), kind=SURPRISE, reveals_at=at_hour(14), sequence=3, **SECRET
        )


def test_a_surprise_says_nothing_before_its_time(reading, surprise):
    """C34 SPEC 2."""
    with reading():
        slot = shown(session.get(Slot, surprise), at=at_hour(14) - timedelta(seconds=1))
    assert (slot.title, slot.words, slot.place, slot.is_hidden) == ("Surprise\u00a0!", "", "", True)
    assert not set(SECRET.values()) & {str(value) for value in (getattr(slot, name) for name in slot.__slots__)}
    assert slot.sequence == 3


def test_a_revealed_surprise_is_a_change_for_calendars(reading, surprise):
    """C34 SPEC 2 and 4: SEQUENCE+1, DTSTAMP = the reveal."""
    with reading():
        slot = shown(session.get(Slot, surprise), at=at_hour(14))
    assert (slot.title, slot.words, slot.place) == tuple(SECRET.values())
    assert (slot.sequence, slot.changed_at) == (4, at_hour(14))


def test_an_unexpected_slot_is_empty_until_somebody_fills_it(writing, reading, programme_id):
    """C09 SPEC 6."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(16), at_hour(17), kind=UNEXPECTED, title="")
    with reading():
        slot = shown(session.get(Slot, slot_id), at=now())
    assert (slot.title, slot.is_empty) == ("Inattendu", True)
