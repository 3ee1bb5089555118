"""What stands on a programme: hours, open ends, tracks, the unexpected, what is taken off and put back (C34, C09)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.programmes.models.programme import Track
from plugins.programmes.models.slot import UNEXPECTED, Slot
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]
OVERLAP = "Ce créneau chevaucherait « Au boulot ! ». Deux créneaux n’ont lieu en même temps que dans deux parcours"


@pytest.fixture
def organiser(client, sign_in, zoe):
    """Sign Zoé in."""
    sign_in(zoe)
    return client


@pytest.fixture
def add(organiser, post, programme_id):
    """Add a slot through the page."""

    def send(starts, ends="", *, title="Autre chose", kind="plenary", **more):
        values = {"kind": kind, "title": title, "starts": starts, "ends": ends, **more}
        return post(organiser, f"/programmes/{programme_id}/slots/new", values)

    return send


def slots(reading):
    with reading():
        return session.scalars(sa.select(Slot).order_by(Slot.id)).all()


@pytest.mark.parametrize(
    ("starts", "ends", "is_taken"),
    [
        ("9:00", "10:00", True),
        ("11:00", "12:00", True),
        ("9:00", "10:01", False),
        ("10:59", "", False),
        ("10:30", "10:40", False),
        ("9:00", "", True),
        ("9:00", "12:00", False),
    ],
)
def test_two_slots_for_everybody_do_not_overlap(add, writing, programme_id, starts, ends, is_taken):
    """C34 SPEC 3; an open end lasts until the next thing begins."""
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11))
    answer = add(starts, ends)
    assert answer.status_code == (303 if is_taken else 422)
    assert is_taken or OVERLAP in words(answer)


def test_an_open_end_makes_room_for_what_comes_after_and_for_nothing_at_its_start(add, writing, programme_id):
    """C34 SPEC 1 and 3: « à partir de 17 h 30 »."""
    with writing():
        make_slot(programme_id, at_hour(17, 30))
    assert add("17:30", "18:00").status_code == 422
    assert add("17:00", "17:31").status_code == 422
    assert add("19:00", "20:00").status_code == 303


def test_only_two_tracks_go_on_at_once(add, reading):
    """C34 SPEC 3."""
    assert add("14:00", "16:00", title="Au boulot !", track="Atelier 1").status_code == 303
    assert add("14:00", "16:00", track="Atelier 2").status_code == 303
    assert add("15:00", "17:00", track="atelier 1").status_code == 422
    assert OVERLAP in words(add("15:00", "17:00"))
    with reading():
        assert session.scalars(sa.select(Track.name).order_by(Track.position)).all() == ["Atelier 1", "Atelier 2"]


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"title": ""}, "title", "Donnez-lui un titre."),
        ({"starts": ""}, "starts", "Écrivez une heure, par exemple 14 h 30."),
        ({"starts": "15:00", "ends": "14:00"}, "ends", "La fin doit venir après le début."),
        ({"starts": "15:00", "ends": "15:00"}, "ends", "La fin doit venir après le début."),
        ({"kind": "concert"}, "kind", ""),
        ({"seats": "0"}, "seats", ""),
        ({"title": "x" * 121}, "title", "120"),
        ({"track": "x" * 61}, "track", "60"),
    ],
)
def test_a_slot_that_makes_no_sense_is_refused_beside_its_field(add, reading, sent, field, said):
    values = {"starts": "10:00", "ends": "11:00", **sent}
    answer = add(values.pop("starts"), values.pop("ends"), **values)
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'id="{field}-error"' in answer.text
    assert not slots(reading)


@pytest.mark.parametrize("typed", ["14:30", "14 h 30", "14h30"])
def test_hours_are_taken_as_people_write_them(add, reading, typed):
    """C34 SPEC 5: 24 h, French format."""
    assert add(typed).status_code == 303
    assert slots(reading)[0].starts_at == at_hour(14, 30)


def test_a_party_may_end_in_the_night(add, reading):
    assert add("22:00", "02:00", kind="party").status_code == 303
    assert (slots(reading)[0].ends_at - slots(reading)[0].starts_at).total_seconds() == 4 * 3600


def test_a_slot_that_is_sent_back_the_same_is_no_change_for_calendars(organiser, post, reading, writing, programme_id):
    """C34 SPEC 4: SEQUENCE+1 at each change, and only then."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11), title="Foire")
    same = {"kind": "plenary", "title": "Foire", "starts": "10:00", "ends": "11:00"}
    post(organiser, f"/programmes/slots/{slot_id}/change", same)
    assert slots(reading)[0].sequence == 0
    post(organiser, f"/programmes/slots/{slot_id}/change", {**same, "place": "Hall"})
    assert slots(reading)[0].sequence == 1
    post(organiser, f"/programmes/slots/{slot_id}/change", {**same, "place": "Hall", "kind": "party"})
    assert (slots(reading)[0].sequence, slots(reading)[0].kind) == (2, "party")


def test_the_form_of_a_slot_shows_what_stands_there(organiser, writing, programme_id):
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11))
        slot_id = make_slot(programme_id, at_hour(14), at_hour(15), kind="surprise", title="La fanfare",
                            reveals_at=at_hour(13), is_fixed=True)  # fmt: skip
    page = organiser.get(f"/programmes/slots/{slot_id}/change").text
    for said in ('value="La fanfare"', 'value="14:00"', 'value="15:00"', 'value="13:00"'):
        assert said in page
    assert "<details open" in page


def test_a_slot_taken_off_is_put_back(organiser, post, reading, writing, programme_id):
    """C34 SPEC 4: it stays, so that calendars are told."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11), title="Foire")
    answer = post(organiser, f"/programmes/slots/{slot_id}/take-off")
    assert "Remettre au programme" in words(organiser.get(answer.location))
    day = organiser.get(f"/programmes/{programme_id}")
    assert f'id="slot-{slot_id}"' not in day.text
    assert "1 créneau retiré" in words(day)
    assert slots(reading)[0].cancelled_at
    post(organiser, f"/programmes/slots/{slot_id}/put-back")
    assert f'id="slot-{slot_id}"' in organiser.get(f"/programmes/{programme_id}").text
    assert slots(reading)[0].sequence == 2


def test_a_slot_is_not_put_back_where_something_else_stands(organiser, post, add, writing, programme_id):
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11), title="Foire")
    post(organiser, f"/programmes/slots/{slot_id}/take-off")
    add("10:30", "11:30", title="Au boulot !")
    answer = post(organiser, f"/programmes/slots/{slot_id}/put-back")
    assert answer.status_code == 409
    assert OVERLAP in words(answer)


@pytest.fixture
def kept_free(writing, programme_id):
    """Keep a slot for the unexpected."""
    with writing():
        return make_slot(programme_id, at_hour(17), at_hour(18), kind=UNEXPECTED, title="")


def test_the_unexpected_is_not_written_before_its_day(organiser, post, clock, kept_free):
    """C09 SPEC 6."""
    written = {"kind": UNEXPECTED, "title": "Un concert", "starts": "17:00", "ends": "18:00"}
    answer = post(organiser, f"/programmes/slots/{kept_free}/change", written)
    assert answer.status_code == 422
    assert "L’inattendu reste vide jusqu’au jour même" in words(answer)
    assert "Dire ce que c’est" not in words(organiser.get(f"/programmes/slots/{kept_free}"))
    filled = post(organiser, f"/programmes/slots/{kept_free}/fill", {"title": "Un concert"})
    assert filled.status_code == 422
    clock.set(at_hour(9))
    assert "Dire ce que c’est" in words(organiser.get(f"/programmes/slots/{kept_free}"))
    assert post(organiser, f"/programmes/slots/{kept_free}/fill", {"title": "Un concert"}).status_code == 303


def test_who_organises_fills_the_unexpected_on_the_day(client, sign_in, post, clock, awa, lea, kept_free, programme_id):
    """C09 SPEC 6."""
    clock.set(at_hour(16))
    sign_in(awa)
    assert post(client, f"/programmes/slots/{kept_free}/fill", {"title": "Un concert"}).status_code == 403
    sign_in(lea)
    assert "Inattendu" in words(client.get(f"/programmes/{programme_id}"))


def test_the_last_unexpected_slot_stays(organiser, post, add, kept_free):
    """C09 SPEC 6: at least one."""
    why = "Chaque journée garde un créneau pour l’inattendu."
    refused = post(organiser, f"/programmes/slots/{kept_free}/take-off")
    assert (refused.status_code, why in words(refused)) == (409, True)
    becomes = {"kind": "plenary", "title": "Autre", "starts": "17:00", "ends": "18:00"}
    assert why in words(post(organiser, f"/programmes/slots/{kept_free}/change", becomes))
    add("18:00", "19:00", title="", kind=UNEXPECTED)
    assert post(organiser, f"/programmes/slots/{kept_free}/take-off").status_code == 303


def test_who_runs_a_slot_is_named_and_taken_back(organiser, post, writing, awa, programme_id):
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
    address = f"/programmes/slots/{slot_id}"
    post(organiser, f"{address}/hosts", {"person": "Awa Diop"})
    assert "avec Awa Diop" in words(organiser.get(f"/programmes/{programme_id}"))
    post(organiser, f"{address}/hosts/{awa.id}/drop")
    assert "Awa Diop" not in words(organiser.get(f"/programmes/{programme_id}"))
    assert post(organiser, f"{address}/hosts", {"person": "Personne"}).status_code == 422


def test_the_running_slot_is_marked(organiser, clock, writing, programme_id):
    with writing():
        running = make_slot(programme_id, at_hour(10), at_hour(11))
        make_slot(programme_id, at_hour(11))
        make_slot(programme_id, at_hour(14), at_hour(15))
    clock.set(at_hour(10, 30))
    page = organiser.get(f"/programmes/{programme_id}").text
    assert page.count('aria-current="time"') == 1
    assert f'id="slot-{running}" aria-current="time"' in page
    clock.set(at_hour(14))
    assert organiser.get(f"/programmes/{programme_id}").text.count('aria-current="time"') == 1


def test_parallel_slots_stand_in_their_tracks(organiser, add, programme_id):
    """C34 SPEC 7."""
    for track in ("Atelier 1", "Atelier 2"):
        add("14:00", "16:00", title=f"Dans {track}", track=track)
    add("16:00", "17:00", title="Tous ensemble")
    page = organiser.get(f"/programmes/{programme_id}").text
    assert page.count('<section class="programmes-lane">') == 2
    lanes = page.split('<li class="programmes-lanes">')[1]
    assert lanes.index("Dans Atelier 1") < lanes.index("<h3>Atelier 2</h3>") < lanes.index("Tous ensemble")
    json = organiser.get(f"/programmes/{programme_id}/slots.json").json
    assert [row["track"] for row in json] == ["Atelier 1", "Atelier 2", ""]


def test_a_new_slot_begins_where_the_others_leave_off(organiser, add, writing, programme_id):
    """Law 1: a day that is written in its order asks for one hour a line."""
    address = f"/programmes/{programme_id}/slots/new"
    assert 'value="1' not in organiser.get(address).text.split('name="starts"')[1].split(">")[0]
    with writing():
        make_slot(programme_id, at_hour(12, 30), at_hour(14), title="Déjeuner")
    for starts, ends, expected in (("10:00", "11:00", "11:00"), ("11:00", "12:30", "14:00"), ("14:00", "", "14:00")):
        add(starts, ends)
        assert f'name="starts" required type="time" value="{expected}"' in organiser.get(address).text
