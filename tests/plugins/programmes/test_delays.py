"""The day runs late: what moves, what stays, what is refused, and the way back (C34 SPEC 6)."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
import sqlalchemy as sa

from portal.api import Conflict, Invalid, now, session

from plugins.programmes.models.programme import Programme, Track
from plugins.programmes.models.slot import PLENARY, SURPRISE, SignUp, Slot
from plugins.programmes.services.days import copy_day
from plugins.programmes.services.delaying import delay_day, delay_moves, seen_of, undo_delay
from plugins.programmes.services.slot_plans import SlotPlan
from plugins.programmes.services.slots import change_slot
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]
SEEN = re.compile(r'name="seen" value="(\w+)"')


@pytest.fixture
def day(writing, programme_id):
    """Lay the day of the seed, as far as hours go; give the numbers of its slots."""
    with writing():
        return {
            "fair": make_slot(programme_id, at_hour(10), at_hour(11), title="Foire"),
            "show": make_slot(programme_id, at_hour(11), at_hour(12, 30), title="Montre-moi"),
            "lunch": make_slot(programme_id, at_hour(12, 30), at_hour(14), title="Déjeuner", is_fixed=True),
            "surprise": make_slot(
                programme_id,
                at_hour(14),
                at_hour(14, 30),
                kind=SURPRISE,
                title="La fanfare",
                reveals_at=at_hour(13, 45),
            ),
            "work": make_slot(programme_id, at_hour(14, 30), at_hour(17, 15), title="Au boulot !"),
            "after": make_slot(programme_id, at_hour(17, 30), title="After"),
        }


@pytest.fixture
def hours(reading, programme_id):
    """Give the hours of the day's slots, by title."""

    def read():
        with reading():
            found = session.scalars(sa.select(Slot).order_by(Slot.starts_at, Slot.id)).all()
            return {slot.title: (_hour(slot.starts_at), _hour(slot.ends_at)) for slot in found}

    return read


def _hour(instant):
    return f"{instant.hour + 2}:{instant.minute:02}" if instant else ""


@pytest.fixture
def late(writing, as_viewer, zoe, programme_id):
    """Let the day be late."""

    def push(minutes):
        with writing():
            programme = session.get_one(Programme, programme_id)
            seen = seen_of(delay_moves(programme, minutes, at=now()))
            return delay_day(as_viewer(zoe), programme, minutes, seen=seen, at=now()).id

    return push


def test_what_remains_moves_and_what_is_fixed_stays(late, day, hours, clock):
    """C34 SPEC 6: the running slot ends later and does not begin anew; lunch stays, and cuts what would run into it."""
    clock.set(at_hour(10, 40))
    late(20)
    assert hours() == {
        "Foire": ("10:00", "11:20"),
        "Montre-moi": ("11:20", "12:30"),
        "Déjeuner": ("12:30", "14:00"),
        "La fanfare": ("14:20", "14:50"),
        "Au boulot !": ("14:50", "17:35"),
        "After": ("17:50", ""),
    }


def test_what_is_over_does_not_move(late, day, hours, clock):
    clock.set(at_hour(15))
    before = hours()
    late(10)
    moved = {title for title, span in hours().items() if span != before[title]}
    assert moved == {"Au boulot !", "After"}
    assert hours()["Au boulot !"] == ("14:30", "17:25")


def test_each_slot_that_moved_is_one_change_for_calendars(late, day, reading, clock):
    """C34 SPEC 4."""
    clock.set(at_hour(10, 40))
    late(20)
    with reading():
        found = {slot.title: (slot.sequence, slot.changed_at) for slot in session.scalars(sa.select(Slot))}
    assert found["Déjeuner"][0] == 0
    assert found["After"] == (1, at_hour(10, 40))


def test_a_surprise_moves_with_the_hour_at_which_it_is_told(late, day, reading, clock):
    """C34 SPEC 2 and 6."""
    clock.set(at_hour(10, 40))
    late(20)
    with reading():
        assert session.get_one(Slot, day["surprise"]).reveals_at == at_hour(14, 5)


def test_a_surprise_that_was_told_is_not_hidden_again(late, day, reading, clock):
    """C34 SPEC 2."""
    clock.set(at_hour(13, 50))
    late(20)
    with reading():
        slot = session.get_one(Slot, day["surprise"])
        assert (slot.starts_at, slot.reveals_at) == (at_hour(14, 20), at_hour(13, 45))


@pytest.mark.parametrize(
    ("hour", "minutes", "said"),
    [
        ((10, 40), 90, "Il ne resterait plus de temps pour « Montre-moi »."),
        ((10, 40), 0, "Dites combien de minutes"),
        ((10, 40), 500, "Dites combien de minutes"),
        ((18, 0), 5, "Il ne reste rien qu’un retard décalerait."),
        ((17, 20), -15, "« After » aurait déjà commencé."),
        ((17, 10), -10, "Il ne resterait plus de temps pour « Au boulot ! »."),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(client, sign_in, zoe, programme_id, day, clock, hour, minutes, said):
    """C34 SPEC 6."""
    clock.set(at_hour(*hour))
    sign_in(zoe)
    page = client.get(f"/programmes/{programme_id}/delay?minutes={minutes}")
    assert said in words(page)
    assert "Décaler de" not in words(page)


def test_a_day_catches_up(late, day, hours, clock):
    clock.set(at_hour(14, 40))
    late(-15)
    assert hours()["Au boulot !"] == ("14:30", "17:00")
    assert hours()["After"] == ("17:15", "")


def test_a_day_that_catches_up_before_lunch_leaves_what_follows_lunch(late, day, hours, clock):
    """C34 SPEC 6: what is fixed takes the minutes up; what follows it catches up by what room there is."""
    clock.set(at_hour(10, 40))
    before = hours()
    late(-15)
    assert hours() == before | {"Foire": ("10:00", "10:45"), "Montre-moi": ("10:45", "12:15")}
    late(20)
    late(-15)
    assert hours()["La fanfare"] == ("14:05", "14:35")
    late(-5)
    assert hours()["After"] == before["After"]


def test_a_day_that_was_brought_forward_says_so(client, sign_in, zoe, programme_id, day, clock, post):
    """C34 SPEC 6: nobody reads « décalée de −10 »."""
    clock.set(at_hour(14, 40))
    sign_in(zoe)
    page = client.get(f"/programmes/{programme_id}/delay?minutes=-10")
    assert "Avancer de 10 min" in words(page)
    sent = {"minutes": -10, "seen": SEEN.search(page.text)[1]}
    after = words(client.get(post(client, f"/programmes/{programme_id}/delay", sent).location))
    assert "La suite est avancée de 10 min" in after
    assert "La journée a été avancée de 10 min à 14 h 40." in after
    assert "-10" not in after


def test_a_slot_beside_a_fixed_one_of_another_track_moves_past_it(late, hours, writing, programme_id, clock):
    """C34 SPEC 3 and 6: what is fixed in one track cuts nothing in another."""
    with writing():
        tracks = [Track(programme_id=programme_id, name=name, position=0) for name in ("A", "B")]
        session.add_all(tracks)
        session.flush()
        make_slot(programme_id, at_hour(10), at_hour(11), title="Libre", track_id=tracks[0].id)
        make_slot(programme_id, at_hour(11), at_hour(12), title="Fixe", track_id=tracks[1].id, is_fixed=True)
    clock.set(at_hour(9))
    late(30)
    assert hours() == {"Libre": ("10:30", "11:30"), "Fixe": ("11:00", "12:00")}


def test_the_preview_shows_what_moves_and_what_stays_and_changes_nothing(
    client, sign_in, zoe, programme_id, day, hours, clock, post
):
    """C34 SPEC 6: looked at first, then one click, then one to take it back."""
    clock.set(at_hour(10, 40))
    sign_in(zoe)
    before = hours()
    assert "+ 5 min + 10 min + 20 min" in words(client.get(f"/programmes/{programme_id}"))
    page = client.get(f"/programmes/{programme_id}/delay?minutes=20")
    text = words(page)
    assert "Foire 10 h – 11 h → 10 h – 11 h 20" in text
    assert "Montre-moi 11 h – 12 h 30 → 11 h 20 – 12 h 30 écourté : « Déjeuner » ne bouge pas" in text
    assert "Ce qui ne bouge pas Déjeuner 12 h 30 – 14 h" in text
    assert "fanfare" not in page.text
    assert hours() == before
    sent = {"minutes": 20, "seen": SEEN.search(page.text)[1]}
    answer = post(client, f"/programmes/{programme_id}/delay", sent)
    assert "La journée a été décalée de 20 min à 10 h 40." in words(client.get(answer.location))
    assert hours()["After"] == ("17:50", "")
    post(client, f"/programmes/{programme_id}/delay/undo")
    assert hours() == before
    assert "a été décalée" not in words(client.get(f"/programmes/{programme_id}"))


def test_what_one_confirms_is_what_one_saw(client, sign_in, zoe, programme_id, day, hours, clock, post):
    clock.set(at_hour(10, 59))
    sign_in(zoe)
    seen = SEEN.search(client.get(f"/programmes/{programme_id}/delay?minutes=20").text)[1]
    before = hours()
    clock.set(at_hour(11, 1))
    answer = post(client, f"/programmes/{programme_id}/delay", {"minutes": 20, "seen": seen})
    assert answer.status_code == 422
    assert "Entre-temps la journée a avancé" in words(answer)
    assert hours() == before
    again = SEEN.search(answer.text)[1]
    assert post(client, f"/programmes/{programme_id}/delay", {"minutes": 20, "seen": again}).status_code == 303


def test_a_delay_can_be_taken_back_as_long_as_its_hours_stand(
    client, sign_in, post, late, day, zoe, awa, programme_id, clock, hours
):
    """C34 SPEC 6: whatever else is said of the slots meanwhile; an hour written anew stays."""
    before = hours()
    clock.set(at_hour(10, 40))
    late(20)
    clock.set(at_hour(10, 45))
    sign_in(zoe)
    post(client, f"/programmes/slots/{day['work']}/hosts", {"person": awa.name})
    said = {"kind": "plenary", "title": "After", "starts": "18:00", "place": "Kiosque"}
    assert post(client, f"/programmes/slots/{day['after']}/change", said).status_code == 303
    assert "Annuler ce décalage" in words(client.get(f"/programmes/{programme_id}"))
    assert post(client, f"/programmes/{programme_id}/delay/undo").status_code == 303
    assert hours() == before | {"After": ("18:00", "")}
    assert "Annuler ce décalage" not in words(client.get(f"/programmes/{programme_id}"))


def test_a_delay_is_not_taken_back_where_something_else_stands_by_now(
    client, sign_in, post, late, day, zoe, programme_id, clock, hours, writing
):
    """C34 SPEC 3 and 6: nothing moves, and one reads what stands in the way; a surprise keeps its words."""
    clock.set(at_hour(13))
    late(20)
    with writing():
        make_slot(programme_id, at_hour(14), at_hour(14, 20), title="Photo")
    after = hours()
    sign_in(zoe)
    answer = post(client, f"/programmes/{programme_id}/delay/undo")
    assert answer.status_code == 409
    assert "« Surprise ! » chevaucherait « Photo » en reprenant son heure." in words(answer)
    assert hours() == after


def test_a_delay_of_which_no_hour_stands_cannot_be_taken_back(
    late, day, writing, as_viewer, zoe, programme_id, clock, hours
):
    clock.set(at_hour(17, 20))
    late(20)
    with writing():
        slot = session.get_one(Slot, day["after"])
        change_slot(as_viewer(zoe), slot, SlotPlan(PLENARY, "After", time(18), None), at=now())
    with writing(), pytest.raises(Conflict):
        undo_delay(as_viewer(zoe), session.get_one(Programme, programme_id), at=now())
    assert hours()["After"] == ("18:00", "")


def test_only_the_last_of_two_delays_is_taken_back(late, day, writing, as_viewer, zoe, programme_id, clock, hours):
    clock.set(at_hour(10, 40))
    before = hours()
    late(5)
    clock.set(at_hour(10, 50))
    late(10)
    with writing():
        undo_delay(as_viewer(zoe), session.get_one(Programme, programme_id), at=now())
    with writing(), pytest.raises(Conflict):
        undo_delay(as_viewer(zoe), session.get_one(Programme, programme_id), at=now())
    assert hours()["After"] == ("17:35", "")
    assert before["After"] == ("17:30", "")


def test_a_surprise_is_told_again_at_its_hour_once_the_delay_is_taken_back(
    late, day, writing, reading, as_viewer, zoe, programme_id, clock
):
    """C34 SPEC 2."""
    clock.set(at_hour(13, 30))
    late(20)
    with writing():
        undo_delay(as_viewer(zoe), session.get_one(Programme, programme_id), at=now())
    with reading():
        assert session.get_one(Slot, day["surprise"]).reveals_at == at_hour(13, 45)


def test_a_refused_delay_leaves_everything(late, day, hours, clock):
    clock.set(at_hour(10, 40))
    before = hours()
    with pytest.raises(Invalid):
        late(90)
    assert hours() == before


@pytest.mark.parametrize("gone", ["cancelled", "reader"])
def test_only_who_organises_a_day_that_is_held_delays_it(
    client, sign_in, awa, zoe, programme_id, day, writing, post, clock, gone
):
    clock.set(at_hour(10, 40))
    sign_in(awa if gone == "reader" else zoe)
    if gone == "cancelled":
        with writing():
            session.get_one(Programme, programme_id).cancelled_at = now()
    answer = post(client, f"/programmes/{programme_id}/delay", {"minutes": 20, "seen": "x"})
    assert answer.status_code == (403 if gone == "reader" else 422)


def test_whose_sign_ups_now_clash_is_told(client, sign_in, awa, late, writing, programme_id, clock):
    """C34 SPEC 3 and 6."""
    with writing():
        tracks = [Track(programme_id=programme_id, name=name, position=0) for name in ("A", "B")]
        session.add_all(tracks)
        session.flush()
        early = make_slot(programme_id, at_hour(10), at_hour(11), title="Le matin", track_id=tracks[0].id)
        fixed = make_slot(
            programme_id, at_hour(11), at_hour(12), title="Le train", track_id=tracks[1].id, is_fixed=True
        )
        session.add_all(SignUp(slot_id=number, person_id=awa.id, signed_at=now()) for number in (early, fixed))
    clock.set(at_hour(9))
    late(30)
    sign_in(awa)
    news = words(client.get("/news"))
    assert "« Le matin » commence à 10 h 30 (prévu à 10 h)" in news
    assert "« Le train » est maintenant à la même heure qu’une autre de vos inscriptions" in news
    assert "Choisir entre « Le matin » et « Le train »" in words(client.get("/"))


def test_a_day_made_again_takes_the_planned_hours_and_not_the_late_ones(
    late, day, reading, writing, as_viewer, zoe, programme_id, clock
):
    """C34: what somebody has written since is planned too, a delay is not."""
    clock.set(at_hour(10, 40))
    late(20)
    clock.set(at_hour(10, 50))
    late(10)
    clock.set(at_hour(10, 55))
    plan = SlotPlan(PLENARY, "Au boulot !", time(15, 30), time(17, 15))
    with writing():
        change_slot(as_viewer(zoe), session.get_one(Slot, day["work"]), plan, at=now())
    clock.set(at_hour(11))
    late(5)
    with writing():
        programme = session.get_one(Programme, programme_id)
        made = copy_day(as_viewer(zoe), programme, held_on=date(2026, 9, 17), title="Encore", at=now()).id
    with reading():
        found = session.scalars(sa.select(Slot).where(Slot.programme_id == made)).all()
        again = {slot.title: (_hour(slot.starts_at), _hour(slot.ends_at)) for slot in found}
        surprise = next(slot for slot in found if slot.title == "La fanfare")
        assert _hour(surprise.reveals_at) == "13:45"
    assert again["Foire"] == ("10:00", "11:00")
    assert again["Montre-moi"] == ("11:00", "12:30")
    assert again["Au boulot !"] == ("15:30", "17:15")
    assert again["After"] == ("17:30", "")


@pytest.fixture
def told(client, sign_in):
    """Read somebody's news."""

    def read(who):
        sign_in(who)
        return words(client.get("/news"))

    return read


def test_after_several_delays_one_reads_what_is_true_by_then(
    late, day, told, writing, as_viewer, awa, lea, programme_id, clock, client, sign_in, post
):
    """C34 SPEC 6: the planned hour and the present one, never the last push alone; one notice each."""
    with writing():
        for number in (day["fair"], day["show"]):
            session.add(SignUp(slot_id=number, person_id=awa.id, signed_at=now()))
    sign_in(lea)
    post(client, f"/follow/programmes.programme/{programme_id}")
    for minute, minutes in ((20, 10), (30, 20), (40, -5)):
        clock.set(at_hour(10, minute))
        late(minutes)
    of_day = "« Interlabos » : la suite est maintenant à"
    assert f"{of_day} +25 min de l’horaire prévu" in told(lea)
    assert told(lea).count(of_day) == 1
    assert "« Foire » dure jusqu’à 11 h 25 (prévu jusqu’à 11 h)" in told(awa)
    assert "« Montre-moi » commence à 11 h 25 (prévu à 11 h)" in told(awa)
    assert told(awa).count("Montre-moi") == 1
    assert of_day not in told(awa)
    clock.set(at_hour(10, 45))
    late(-25)
    assert f"{of_day} +0 min de l’horaire prévu" in told(lea)
    assert "« Montre-moi » commence à 11 h (prévu à 11 h)" in told(awa)


def test_a_delay_of_before_the_day_was_moved_counts_no_more(
    late, day, told, client, sign_in, post, zoe, lea, programme_id
):
    """C34 SPEC 6: its hours are the planned ones from then on."""
    sign_in(lea)
    post(client, f"/follow/programmes.programme/{programme_id}")
    late(20)
    sign_in(zoe)
    moved = {"title": "Interlabos", "held_on": "2026-09-11", "place": "", "audience": "intranet"}
    assert post(client, f"/programmes/{programme_id}/change", moved).status_code == 303
    late(10)
    assert "la suite est maintenant à +10 min de l’horaire prévu" in told(lea)


def test_sign_ups_that_clash_are_found_among_all_of_them(client, sign_in, awa, late, writing, programme_id, clock):
    """C34 SPEC 3 and 6: not only between neighbours: a long one, a short one within it, and one at its end."""
    with writing():
        for place, (title, begins, ends) in enumerate(
            (("Le long", 10, 12), ("Le court", 10.5, 11), ("Le train", 12, 13)), start=1
        ):
            track = Track(programme_id=programme_id, name=title, position=place)
            session.add(track)
            session.flush()
            where = {"track_id": track.id, "is_fixed": title == "Le train"}
            start = at_hour(0, int(begins * 60))
            slot = make_slot(programme_id, start, at_hour(ends), title=title, **where)
            session.add(SignUp(slot_id=slot, person_id=awa.id, signed_at=now()))
    clock.set(at_hour(9))
    late(20)
    sign_in(awa)
    assert "« Le train » est maintenant à la même heure" in words(client.get("/news"))
    assert "Choisir entre « Le long » et « Le train »" in words(client.get("/"))


def test_whoever_reads_the_day_reads_that_it_runs_late(
    late, client, new_client, sign_in, lea, day, programme_id, clock, writing
):
    """C34 SPEC 5 and 6: its page, its wall, its sheet, its page for everybody; until it is over."""
    with writing():
        session.get_one(Programme, programme_id).audience = "public"
    sign_in(lea)
    pages = [f"/programmes/{programme_id}{part}" for part in ("", "/wall", "/sheet")]
    pages.append(f"/programmes/public/{programme_id}")
    assert not any("prévu" in words(client.get(page)) for page in pages)
    clock.set(at_hour(10, 40))
    late(30)
    late(-10)
    for page in pages:
        answer = client.get(page)
        assert "La journée a 20 min de retard sur ce qui était prévu." in words(answer)
        assert "10 h – 11 h 20 prévu jusqu’à 11 h Foire" in words(answer)
        assert "11 h 20 – 12 h 20 prévu à 11 h Montre-moi" in words(answer)
        assert "fanfare" not in answer.text
    assert "14 h 20 – 14 h 50 prévu à 14 h Surprise !" in words(client.get(pages[0]))
    assert "12 h 30 – 14 h Déjeuner" in words(client.get(pages[0]))
    clock.set(at_hour(32))
    assert not any("de retard" in words(client.get(page)) for page in pages)


def test_a_day_that_runs_early_says_so(late, client, sign_in, lea, day, programme_id, clock):
    clock.set(at_hour(9))
    late(-10)
    sign_in(lea)
    assert "La journée a 10 min d’avance sur ce qui était prévu." in words(client.get(f"/programmes/{programme_id}"))
