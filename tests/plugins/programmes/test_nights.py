"""Hours that a delay or a date has moved: read as they are shown, and never told too early (C34 SPEC 2, 4 and 6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.programmes.models.slot import PLENARY, SURPRISE, Slot
from plugins.programmes.queries.shown import shown
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]
SECRET = "La fanfare"
OTHER_DAY = date(2026, 12, 3)


@pytest.fixture
def organiser(client, sign_in, zoe):
    """Sign Zoé in."""
    return sign_in(zoe)


@pytest.fixture
def row(reading):
    """Read a slot anew."""

    def read(slot_id):
        with reading():
            return session.scalar(sa.select(Slot).where(Slot.id == slot_id))

    return read


@pytest.fixture
def seen(reading):
    """Read a slot as anybody may at an instant."""

    def read(slot_id, at):
        with reading():
            return shown(session.get_one(Slot, slot_id), at=at)

    return read


def surprise(programme_id, starts, ends, **columns):
    values = {"kind": SURPRISE, "title": SECRET, "reveals_at": starts, **columns}
    return make_slot(programme_id, starts, ends, **values)


def sent(slot, **changes):
    values = {"kind": slot.kind, "title": slot.title, "place": slot.place, **changes}
    return {name: value for name, value in values.items() if value is not None}


def test_what_was_taken_off_goes_where_the_day_goes(organiser, post, writing, row, seen, clock, programme_id):
    """C34 SPEC 2: put back, a surprise is as secret as before."""
    with writing():
        slot_id = surprise(programme_id, at_hour(14), at_hour(15))
    assert post(organiser, f"/programmes/slots/{slot_id}/take-off").status_code == 303
    form = {"title": "Interlabos", "held_on": OTHER_DAY.isoformat(), "place": "", "audience": "intranet"}
    assert post(organiser, f"/programmes/{programme_id}/change", form).status_code == 303
    clock.set(at_hour(18))
    assert post(organiser, f"/programmes/slots/{slot_id}/put-back").status_code == 303
    slot = row(slot_id)
    assert slot.starts_at.date() == slot.reveals_at.date() == OTHER_DAY
    assert seen(slot_id, at_hour(18)).is_hidden
    assert SECRET not in organiser.get(f"/programmes/{programme_id}").text


def test_a_slot_pushed_past_midnight_stays_there_when_a_word_is_corrected(
    organiser, post, writing, row, clock, programme_id
):
    """C34 SPEC 2 and 4."""
    starts = at_hour(24) + timedelta(minutes=10)
    with writing():
        slot_id = surprise(programme_id, starts, starts + timedelta(hours=7))
    before = row(slot_id)
    form = sent(before, starts="00:10", ends="07:10", place="Sur le port")
    assert post(organiser, f"/programmes/slots/{slot_id}/change", form).status_code == 303
    after = row(slot_id)
    assert (after.starts_at, after.ends_at, after.reveals_at) == (before.starts_at, before.ends_at, before.reveals_at)
    assert (after.place, after.sequence) == ("Sur le port", before.sequence + 1)


def test_a_surprise_told_in_the_night_waits_for_that_night(organiser, post, writing, row, programme_id):
    """C34 SPEC 2."""
    with writing():
        slot_id = surprise(programme_id, at_hour(22), at_hour(25))
    form = sent(row(slot_id), starts="22:00", ends="01:00", reveals="00:30")
    assert post(organiser, f"/programmes/slots/{slot_id}/change", form).status_code == 303
    assert row(slot_id).reveals_at == at_hour(24) + timedelta(minutes=30)


def test_an_hour_that_is_past_tells_no_surprise(organiser, post, writing, row, clock, programme_id):
    """C34 SPEC 2: a slip of the hand does not tell it at once."""
    with writing():
        slot_id = surprise(programme_id, at_hour(14), at_hour(15))
    clock.set(at_hour(12))
    form = sent(row(slot_id), starts="14:00", ends="15:00", reveals="11:00")
    answer = post(organiser, f"/programmes/slots/{slot_id}/change", form)
    assert answer.status_code == 422
    assert "Cette heure est passée" in answer.text
    assert row(slot_id).reveals_at == at_hour(14)


def test_a_told_surprise_that_becomes_something_else_goes_on_counting(
    organiser, post, writing, row, seen, clock, programme_id
):
    """C34 SPEC 4: SEQUENCE never stands still; C34 SPEC 2: what was told is not hidden again."""
    with writing():
        slot_id = surprise(programme_id, at_hour(14), at_hour(15))
    clock.set(at_hour(14, 10))
    told = seen(slot_id, at_hour(14, 10))
    for number, kind in enumerate((PLENARY, SURPRISE), start=1):
        form = sent(row(slot_id), kind=kind, starts="14:00", ends="15:00")
        assert post(organiser, f"/programmes/slots/{slot_id}/change", form).status_code == 303
        now_shown = seen(slot_id, at_hour(14, 10))
        assert (now_shown.title, now_shown.sequence) == (SECRET, told.sequence + number)
