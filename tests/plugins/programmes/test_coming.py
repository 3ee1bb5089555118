"""Signing up in one click, seats, what overlaps, who reads the names (C34 SPEC 3)."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, Subject, leave, now, session
from portal.people.sessions import open_session

from plugins.programmes.models.programme import Programme, Track
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.services.coming import sign_up
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import DAY, at_hour, make_programme, make_slot, make_stand

PLUGINS = ["programmes"]


@pytest.fixture
def slot_id(writing, programme_id):
    """Make a slot that one signs up for, of two seats."""
    with writing():
        return make_slot(programme_id, at_hour(14), at_hour(16), title="Loterie", takes_names=True, seats=2)


def come(post, client, slot_id):
    return post(client, f"/programmes/slots/{slot_id}/come")


def comers(reading, slot_id):
    with reading():
        return session.scalars(sa.select(SignUp.person_id).where(SignUp.slot_id == slot_id)).all()


def test_one_click_signs_up_and_one_click_signs_off(client, sign_in, post, lea, slot_id, programme_id):
    """C34 SPEC 3: any agent who reads the day."""
    sign_in(lea)
    assert "2 places restantes Je viens" in words(client.get(f"/programmes/{programme_id}"))
    answer = come(post, client, slot_id)
    assert answer.location == f"/programmes/{programme_id}#slot-{slot_id}"
    assert "vous venez Me désinscrire" in words(client.get(answer.location))
    assert "1 place restante" not in words(client.get(f"/programmes/{programme_id}"))
    post(client, f"/programmes/slots/{slot_id}/stay-away")
    assert "2 places restantes Je viens" in words(client.get(f"/programmes/{programme_id}"))


def test_clicking_twice_changes_nothing(client, sign_in, post, lea, slot_id, reading, audit_of, programme_id):
    sign_in(lea)
    for _click in range(2):
        assert come(post, client, slot_id).status_code == 303
    assert comers(reading, slot_id) == [lea.id]
    for _click in range(2):
        assert post(client, f"/programmes/slots/{slot_id}/stay-away").status_code == 303
    assert comers(reading, slot_id) == []


def test_a_day_that_is_past_speaks_of_no_seat(client, sign_in, post, lea, zoe, slot_id, programme_id, clock):
    """Nor who came nor who did not is offered anything; who organises is not pressed to add a slot."""
    sign_in(lea)
    come(post, client, slot_id)
    pages = [f"/programmes/{programme_id}", f"/programmes/slots/{slot_id}"]
    clock.set(at_hour(16))
    told = " ".join(words(client.get(page)) for page in pages)
    assert not [word for word in ("vous venez", "désinscrire", "estante", "Je viens") if word in told]
    answer = post(client, f"/programmes/slots/{slot_id}/stay-away")
    assert "Revenez" not in words(client.get(answer.location))
    sign_in(zoe)
    assert 'class="button main" href="' + pages[0] in client.get(pages[0]).text
    clock.set(at_hour(33))
    page = client.get(pages[0])
    assert 'class="button main"' not in page.text
    assert "Ajouter un créneau" in words(page)
    assert not [word for word in ("vous venez", "estante", "Je viens") if word in words(page)]


def test_a_full_slot_takes_nobody_more(client, sign_in, post, zoe, awa, lea, slot_id, reading):
    for who in (zoe, awa):
        sign_in(who)
        come(post, client, slot_id)
    sign_in(lea)
    assert "Je viens" not in words(client.get(f"/programmes/slots/{slot_id}"))
    answer = come(post, client, slot_id)
    assert answer.status_code == 409
    assert "Toutes les places sont prises." in words(answer)
    assert comers(reading, slot_id) == [zoe.id, awa.id]


def test_the_last_seat_is_taken_once(sign_in, post, zoe, awa, lea, slot_id, reading, client):
    """Several at the same instant: as many come as there are seats."""
    browsers = [sign_in(who) for who in (zoe, awa, lea)]
    barrier = Barrier(3)

    def click(browser):
        barrier.wait()
        return come(post, browser, slot_id).status_code

    with ThreadPoolExecutor(3) as pool:
        codes = sorted(pool.map(click, browsers))
    assert codes == [303, 303, 409]
    assert len(comers(reading, slot_id)) == 2


def test_ones_own_sign_ups_do_not_overlap(client, sign_in, post, lea, slot_id, programme_id, zoe, writing, reading):
    """C34 SPEC 3: on another track, and on another day held the same day."""
    with writing():
        track = Track(programme_id=programme_id, name="Atelier 2", position=1)
        session.add(track)
        session.flush()
        beside = make_slot(programme_id, at_hour(15), at_hour(17), track_id=track.id, takes_names=True)
        other_day = make_programme(zoe, title="Ailleurs")
        elsewhere = make_slot(other_day, at_hour(15, 59), at_hour(17), takes_names=True)
        after = make_slot(programme_id, at_hour(16), at_hour(17), takes_names=True)
    sign_in(lea)
    come(post, client, slot_id)
    for number in (beside, elsewhere):
        answer = come(post, client, number)
        assert answer.status_code == 409
        assert "Vous venez déjà à « Loterie » à cette heure-là." in words(answer)
        assert "Le créneau" in words(answer)
        assert "Je viens" not in words(answer)
    assert come(post, client, after).status_code == 303
    assert comers(reading, beside) == []
    assert f'href="/programmes/slots/{slot_id}"' in answer.text
    leave_it = re.search(r'action="([^"]*stay-away[^"]*)"', answer.text)[1]
    answer = post(client, html.unescape(leave_it))
    assert answer.location == f"/programmes/slots/{elsewhere}"
    assert "Inscription à « Loterie » retirée. Vous pouvez venir ici." in words(client.get(answer.location))
    assert comers(reading, slot_id) == []
    assert come(post, client, elsewhere).status_code == 409  # « after » overlaps it too


@pytest.mark.parametrize("columns", [{"takes_names": False}, {"cancelled_at": at_hour(8)}, {"ends_at": at_hour(15)}])
def test_what_takes_nobody_says_so(client, sign_in, post, lea, slot_id, writing, clock, columns, reading):
    with writing():
        for name, value in columns.items():
            setattr(session.get_one(Slot, slot_id), name, value)
    clock.set(at_hour(15))
    sign_in(lea)
    assert "Je viens" not in words(client.get(f"/programmes/slots/{slot_id}"))
    assert come(post, client, slot_id).status_code == 409
    assert comers(reading, slot_id) == []


def test_names_are_read_by_who_organises_or_runs_it_alone(
    client, sign_in, post, zoe, awa, lea, slot_id, writing, programme_id
):
    sign_in(lea)
    come(post, client, slot_id)
    addresses = [
        f"/programmes/slots/{slot_id}",
        f"/programmes/{programme_id}",
        f"/programmes/{programme_id}/slots.json",
    ]
    sign_in(awa)
    assert not any("Léa Petit" in client.get(address).text for address in addresses)
    assert "1" in words(client.get(addresses[0])).split("Places restantes")[1][:3]
    with writing():
        session.add(Host(slot_id=slot_id, person_id=awa.id))
    assert "Qui vient Léa Petit" in words(client.get(addresses[0]))
    sign_in(zoe)
    assert "Qui vient Léa Petit" in words(client.get(addresses[0]))


def test_the_history_says_nothing_of_who_comes(client, sign_in, post, awa, lea, slot_id, audit_of):
    sign_in(lea)
    come(post, client, slot_id)
    assert audit_of(Subject("programmes.slot", slot_id)) == ["programmes.signed_up"]
    sign_in(awa)
    page = words(client.get(f"/programmes/slots/{slot_id}"))
    assert "inscription" not in page
    assert "Léa Petit" not in page


def test_nobody_signs_up_for_a_day_they_may_not_read(
    client, sign_in, post, lea, slot_id, writing, programme_id, as_viewer
):
    with writing():
        session.get_one(Programme, programme_id).audience = "lab"
    sign_in(lea)
    assert come(post, client, slot_id).status_code == 404
    with writing(), pytest.raises(Forbidden):
        sign_up(as_viewer(lea), session.get_one(Slot, slot_id), at=now())


def test_one_signs_off_though_the_day_is_no_longer_theirs_to_read(
    client, sign_in, post, awa, lea, slot_id, writing, programme_id, reading
):
    """C34 SPEC 3: a seat is given back, whatever the audience has become; who never came finds nothing (P3)."""
    sign_in(lea)
    come(post, client, slot_id)
    with writing():
        session.get_one(Programme, programme_id).audience = "lab"
    answer = post(client, f"/programmes/slots/{slot_id}/stay-away")
    assert (answer.status_code, answer.location) == (303, "/programmes/agenda")
    assert comers(reading, slot_id) == []
    assert post(client, f"/programmes/slots/{slot_id}/stay-away").status_code == 404


def test_who_reads_the_day_no_more_is_told_and_gives_their_seat_back(
    client, sign_in, post, zoe, awa, lea, make_user, slot_id, writing, programme_id, reading
):
    """G7: a day narrowed to its lab; who runs something of it still reads it, and keeps their seat."""
    hugo = make_user("Hugo Lamy")
    with writing():
        session.add_all(SignUp(slot_id=slot_id, person_id=who.id, signed_at=now()) for who in (awa, lea, hugo))
        session.add(Host(slot_id=slot_id, person_id=hugo.id))
    sign_in(zoe)
    said = {"title": "Interlabos", "held_on": "2026-09-10", "place": ""}
    answer = post(client, f"/programmes/{programme_id}/change", {**said, "audience": "network"})
    page = words(client.get(answer.location))
    assert "La journée est modifiée. 1 personne inscrite ne peut plus la lire : elle le sait, et sa place est" in page
    assert "personnes concernées" not in page
    assert comers(reading, slot_id) == [awa.id, hugo.id]
    assert "Léa Petit" not in words(client.get(f"/programmes/slots/{slot_id}"))
    sign_in(lea)
    news = client.get("/news")
    assert "« Interlabos », le 10/09/2026, n’est plus ouverte qu’aux membres des labos" in words(news)
    assert f"/programmes/{programme_id}" not in news.text
    for who in (awa, hugo):
        sign_in(who)
        assert "n’est plus ouverte" not in words(client.get("/news"))
        assert client.get(f"/programmes/{programme_id}").status_code == 200
    sign_in(zoe)
    post(client, f"/programmes/{programme_id}/change", {**said, "audience": "lab"})
    assert comers(reading, slot_id) == [awa.id, hugo.id]


def test_who_runs_a_slot_or_holds_a_stand_reads_the_day_until_they_no_longer_do(
    client, sign_in, post, zoe, lea, slot_id, writing, programme_id
):
    """G7: chosen by name, like the members of a circle; the form that names them says so."""
    with writing():
        session.get_one(Programme, programme_id).audience = "lab"
        stand_id = make_stand(programme_id)
    day = f"/programmes/{programme_id}"
    parts = {
        f"/programmes/slots/{slot_id}": ("hosts", "drop"),
        f"/programmes/stands/{stand_id}": ("holders", "remove"),
    }
    for thing, (named, dropped) in parts.items():
        sign_in(zoe)
        assert "pourra lire la journée" in words(client.get(f"{thing}/{named}"))
        post(client, f"{thing}/{named}", {"person": lea.name})
        sign_in(lea)
        assert [client.get(address).status_code for address in (day, thing, f"{day}.ics")] == [200] * 3
        assert "Interlabos" in words(client.get("/programmes/"))
        sign_in(zoe)
        post(client, f"{thing}/{named}/{lea.id}/{dropped}")
        sign_in(lea)
        assert [client.get(address).status_code for address in (day, thing, f"{day}.ics")] == [404] * 3


def test_a_sign_up_stays_when_the_slot_is_taken_off_and_put_back(
    client, sign_in, post, zoe, lea, slot_id, reading, programme_id
):
    sign_in(lea)
    come(post, client, slot_id)
    sign_in(zoe)
    post(client, f"/programmes/slots/{slot_id}/take-off")
    sign_in(lea)
    assert "« Loterie » est retiré du programme" in words(client.get("/news"))
    sign_in(zoe)
    post(client, f"/programmes/slots/{slot_id}/put-back")
    assert comers(reading, slot_id) == [lea.id]


def test_today_says_what_runs_and_what_one_comes_to(client, sign_in, post, lea, slot_id, writing, clock, programme_id):
    with writing():
        make_slot(programme_id, at_hour(12), at_hour(13), title="Foire")
    sign_in(lea)
    come(post, client, slot_id)
    assert "Loterie 10 septembre 2026, 14 h" in words(client.get("/"))
    clock.set(at_hour(12, 30))
    page = words(client.get("/"))
    assert "maintenant : Foire" in page
    assert "ensuite : Loterie, 14 h" in page
    clock.set(at_hour(18))
    assert "Foire" not in words(client.get("/"))


def test_on_the_day_itself_whoever_may_come_finds_it_on_today(
    client, sign_in, lea, slot_id, writing, clock, programme_id
):
    """C34: they need not have signed up; a day that is not theirs to read stays out, and the eve says nothing yet."""
    sign_in(lea)
    assert "Interlabos" not in words(client.get("/"))
    clock.set(at_hour(9))
    assert "ensuite : Loterie, 14 h" in words(client.get("/"))
    with writing():
        session.get_one(Programme, programme_id).audience = "lab"
    assert "Interlabos" not in words(client.get("/"))


def test_an_open_end_takes_the_evening_of_whoever_signs_up(
    client, sign_in, post, lea, slot_id, programme_id, zoe, writing
):
    """C34 SPEC 3: until the next thing of its track, else into the night; across days, and across midnight."""
    with writing():
        carnival = make_slot(programme_id, at_hour(17, 30), title="Carnaval", takes_names=True)
        before = make_slot(programme_id, at_hour(16, 30), title="Essais", takes_names=True)
        other = make_programme(zoe, title="Ailleurs")
        same_evening = make_slot(other, at_hour(20), at_hour(22), takes_names=True)
        next_day = make_programme(zoe, title="Lendemain", held_on=DAY + timedelta(days=1))
        in_the_night = make_slot(next_day, at_hour(25), at_hour(26), takes_names=True)
        in_the_morning = make_slot(next_day, at_hour(33), at_hour(34), takes_names=True)
    sign_in(lea)
    assert [come(post, client, number).status_code for number in (before, carnival)] == [303, 303]
    for number in (same_evening, in_the_night):
        answer = come(post, client, number)
        assert answer.status_code == 409
        assert "Vous venez déjà à « Carnaval » à cette heure-là." in words(answer)
    assert come(post, client, in_the_morning).status_code == 303


def test_after_midnight_the_day_of_the_evening_is_still_on_today(
    client, sign_in, lea, slot_id, writing, clock, programme_id
):
    """C34: the carnival runs into the night, and what is to come of it is still to come."""
    with writing():
        make_slot(programme_id, at_hour(22), title="Carnaval", kind="party")
        late = make_slot(programme_id, at_hour(25), at_hour(26), title="Cortège", takes_names=True)
        session.add(SignUp(slot_id=late, person_id=lea.id, signed_at=now()))
    sign_in(lea)
    clock.set(at_hour(24, 30))
    page = words(client.get("/"))
    assert "maintenant : Carnaval" in page
    assert "Cortège 1 h" in page
    clock.set(at_hour(31))
    assert "Carnaval" not in words(client.get("/"))


def test_one_signs_up_from_a_shared_screen_and_organises_nothing_there(
    new_client, writing, post, zoe, slot_id, reading
):
    """The manifest: `programmes.come` alone works there."""
    with writing():
        token = open_session(zoe.id, device="hall", kind="screen")
    hall = new_client()
    with hall.session_transaction() as cookies:
        cookies["_user_id"], cookies["_fresh"] = token, True
    page = words(hall.get(f"/programmes/slots/{slot_id}"))
    assert "Je viens" in page
    assert "Modifier" not in page
    assert "Qui vient" not in page
    assert come(post, hall, slot_id).status_code == 303
    assert comers(reading, slot_id) == [zoe.id]
    assert post(hall, f"/programmes/slots/{slot_id}/take-off").status_code == 403


def test_who_leaves_gives_their_seat_back(sign_in, post, lea, slot_id, writing, reading):
    """P18: the seat of somebody who is gone is free again."""
    come(post, sign_in(lea), slot_id)
    assert comers(reading, slot_id) == [lea.id]
    with writing():
        leave(lea.id, actor=None, at=now())
    assert comers(reading, slot_id) == []
