"""« Maintenant / ensuite » on the wall, with a session or by its address (C34 SPEC 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.api import ANONYMOUS, Subject, Viewer, cards_of, now, session
from portal.people.leaving import leave

from plugins.programmes.models.programme import Programme, Track
from plugins.programmes.models.slot import PARTY
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]


@pytest.fixture
def day(writing, programme_id):
    """Fill a day: the fair, two tracks at once, the carnival."""
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11), title="Foire", place="Hall")
        for place, name in enumerate(("Atelier 1", "Atelier 2"), start=1):
            track = Track(programme_id=programme_id, name=name, position=place)
            session.add(track)
            session.flush()
            make_slot(programme_id, at_hour(14), at_hour(16), title=f"Dans {name}", track_id=track.id)
        make_slot(programme_id, at_hour(17, 30), title="Carnaval", kind=PARTY)
    return f"/programmes/{programme_id}"


@pytest.fixture
def look(client, sign_in, lea, day, clock):
    """Read the wall some time after the midnight that begins the day."""
    sign_in(lea)

    def read(**since):
        clock.set(at_hour(2) - timedelta(hours=2) + timedelta(**since))
        return words(client.get(f"{day}/wall"))

    return read


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ({"hours": -10}, "Interlabos jeudi 10 septembre 2026 Pour commencer 10 h – 11 h Foire Hall"),
        ({"hours": 8}, "Interlabos Ensuite 10 h – 11 h Foire Hall"),
        ({"hours": 10.5}, "Maintenant 10 h – 11 h Foire Hall Ensuite 14 h – 16 h Dans Atelier 1 14 h – 16 h Dans"),
        ({"hours": 15}, "Dans Atelier 1 14 h – 16 h Dans Atelier 2 Ensuite à partir de 17 h 30 Carnaval"),
        ({"hours": 16.5}, "Interlabos Ensuite à partir de 17 h 30 Carnaval"),
        ({"hours": 25}, "Maintenant à partir de 17 h 30 Carnaval"),
        ({"hours": 31}, "La journée est finie."),
    ],
)
def test_the_wall_says_what_runs_and_what_comes_next(look, since, said):
    """C34 SPEC 5: in every track, in a pause, before and after the day, in the night of an open end."""
    assert said in look(**since)


def test_confetti_fall_while_a_party_is_on(client, sign_in, lea, day, clock):
    """C34, delight."""
    sign_in(lea)
    for hour, falls in ((10, False), (18, True)):
        clock.set(at_hour(hour))
        assert ("programmes-confetti" in client.get(f"{day}/wall").text) is falls


def test_the_wall_is_projected_without_session_and_names_nobody(
    client, new_client, sign_in, post, zoe, day, clock, programme_id
):
    sign_in(zoe)
    post(client, f"{day}/screen")
    page = client.get(f"{day}/screen")
    address = page.text.split("<code>")[1].split("</code>")[0]
    door = "/programmes/now/" + address.rpartition("/")[2]
    room = new_client()
    assert "Foire" in words(room.get(door))
    assert zoe.name not in room.get(door).text
    assert room.get(f"{door}/qr.svg").status_code == 200
    post(client, f"{day}/screen/close")
    gone = room.get(door)
    assert gone.status_code == 404
    assert "Cet écran est fermé." in words(gone)


def test_what_hangs_on_the_wall_of_a_day_open_to_all_leads_where_all_may_read(
    client, new_client, sign_in, zoe, day, writing, programme_id
):
    with writing():
        session.get_one(Programme, programme_id).audience = "public"
    sign_in(zoe)
    for paper in ("wall", "sheet"):
        page = client.get(f"{day}/{paper}").text
        assert f"http://localhost/programmes/public/{programme_id}" in page
        assert f"http://localhost{day}<" not in page
    assert new_client().get(f"/programmes/public/{programme_id}").status_code == 200


def test_a_day_that_is_over_is_no_longer_projected(client, sign_in, post, zoe, day, clock):
    sign_in(zoe)
    clock.advance(days=2, hours=16)
    assert "il n’y a plus rien à projeter" in words(post(client, f"{day}/screen"))


def test_the_projected_walls_close_at_the_end_of_the_day_after(client, new_client, sign_in, post, zoe, day, clock):
    """As their page promises; by the clock of the day too, where it is another one: in a demonstration."""
    sign_in(zoe)
    projected = []
    for opener, shown in (("screen", "screen"), ("turns/wall/open", "turns")):
        post(client, f"{day}/{opener}")
        projected.append(client.get(f"{day}/{shown}").text.split("<code")[1].split(">")[1].split("<")[0])
    clock.set(at_hour(47, 59))
    assert [new_client().get(address).status_code for address in projected] == [200, 200]
    clock.set(at_hour(48))
    assert [new_client().get(address).status_code for address in projected] == [404, 404]


def test_the_wall_of_somebody_who_left_opens_nothing(client, new_client, sign_in, post, zoe, day, writing):
    sign_in(zoe)
    post(client, f"{day}/screen")
    address = client.get(f"{day}/screen").text.split("<code>")[1].split("</code>")[0]
    with writing():
        leave(zoe.id, actor=None, at=now())
    assert new_client().get("/programmes/now/" + address.rpartition("/")[2]).status_code == 404


def test_the_walls_of_an_organiser_who_was_dropped_close(
    client, new_client, sign_in, post, zoe, lea, day, programme_id
):
    """They showed the day as this person reads it, who organises it no more; those of the others stay."""
    sign_in(zoe)
    post(client, f"{day}/organisers", {"person": lea.name})
    sign_in(lea)
    doors = []
    for act, shown in (("screen", "screen"), ("turns/wall/open", "turns")):
        post(client, f"{day}/{act}")
        address = client.get(f"{day}/{shown}").text.split("<code>")[1].split("</code>")[0]
        doors.append(address[address.index("/programmes/") :])
    room = new_client()
    assert [room.get(door).status_code for door in doors] == [200, 200]
    sign_in(zoe)
    post(client, f"{day}/organisers/{lea.id}/drop")
    assert [room.get(door).status_code for door in doors] == [404, 404]
    post(client, f"{day}/screen")
    assert "Fermer cette adresse" in words(client.get(f"{day}/screen"))


def test_the_wall_of_a_cancelled_day_says_so(client, sign_in, lea, day, writing, programme_id, clock):
    with writing():
        session.get_one(Programme, programme_id).cancelled_at = at_hour(9)
    sign_in(lea)
    page = words(client.get(f"{day}/wall"))
    assert "Cette journée est annulée." in page
    assert "Foire" not in page


@pytest.mark.parametrize("who", [ANONYMOUS, Viewer(person_id=1, is_agent=True)])
def test_whoever_has_no_account_is_led_to_the_page_for_everybody(app, programme_id, writing, who):
    """A page that asks to sign in is no way for them; whoever has an account gets the day itself."""
    with writing():
        session.get_one(Programme, programme_id).audience = "public"
    subject = Subject("programmes.programme", programme_id)
    with app.test_request_context():
        leads = cards_of([subject], who)[subject].url
    assert leads == (f"/programmes/{programme_id}" if who.is_signed_in else f"/programmes/public/{programme_id}")
