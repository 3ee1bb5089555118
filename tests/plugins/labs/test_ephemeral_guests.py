"""Guests come in by the code of an open lab, if its opener allowed it, and are forgotten in time (C01 SPEC 8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import ANONYMOUS, Conflict, Forbidden, Invalid, TooMany, move_expiry, now, session, show_token
from portal.content.models import Token

from plugins.labs.models.ephemeral import GUESTS_AN_HOUR, Ephemeral, Guest
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemeral_states import State
from plugins.labs.queries.ephemerals import glance_at
from plugins.labs.services.joining import enter_as_guest
from plugins.labs.services.opening import GUEST_SCOPE, Plan, open_ephemeral
from tests.plugins.labs.ephemeral_factories import QUESTION, make_ephemeral
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INES = {"first_name": "Inès", "service": "Espaces verts", "key": "k" * 32}


@pytest.fixture
def awa(app, make_user):
    return make_user(name="Awa M.")


@pytest.fixture
def lab(app, awa, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=[awa])


@pytest.fixture
def number(lab, awa, writing):
    """An open lab of one hour that lets guests in."""
    with writing():
        return make_ephemeral(lab, awa, people=[awa], allows_guests=True)


def _door(reading, number) -> str:
    with reading():
        return f"/labs/q/{show_token(GUEST_SCOPE, session.get_one(Ephemeral, number).subject)}"


def _guests(reading) -> list[Guest]:
    with reading():
        found = list(session.scalars(sa.select(Guest).order_by(Guest.id)))
        session.expunge_all()
        return found


def test_a_guest_comes_in_with_first_name_and_service_only(number, client, post, reading, awa, sign_in):
    # C01 SPEC 8
    door = _door(reading, number)
    form = client.get(door).text
    assert QUESTION in form
    asked = set(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', form.split("<main")[1]))
    assert asked - {"csrf_token", "key"} == {"first_name", "service"}
    answer = post(client, door, INES)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Merci, Inès. Vous y êtes." in page
    assert QUESTION in page
    assert "encore" in page
    assert "Inès, Espaces verts" in sign_in(awa).get(f"/labs/e/{number}").text


def test_a_second_click_is_the_same_guest(number, client, post, reading):
    door = _door(reading, number)
    first, second = (post(client, door, INES) for _click in range(2))
    assert first.location == second.location
    assert len(_guests(reading)) == 1


def test_a_guest_takes_it_back_and_nothing_of_them_stays(number, client, post, reading):
    door = _door(reading, number)
    entered = post(client, door, INES).location
    answer = post(client, f"{entered}/out", {})
    assert answer.status_code == 303
    assert client.get(entered).status_code == 404
    (guest,) = _guests(reading)
    assert (guest.first_name, guest.service) == ("", "")
    assert "Inès" not in client.get(answer.location).text


def test_without_the_leave_of_the_opener_the_code_says_so_and_nothing_of_the_lab(
    lab, awa, client, post, writing, reading
):
    # C01 SPEC 8
    with writing():
        number = make_ephemeral(lab, awa)
    door = _door(reading, number)
    page = client.get(door).text
    assert "Ce labo n’est pas ouvert aux personnes invitées" in page
    assert QUESTION not in page
    post(client, door, INES)
    with writing(), pytest.raises(Forbidden):
        enter_as_guest(session.get_one(Ephemeral, number), **INES, at=now())
    assert _guests(reading) == []


def test_twenty_guests_an_hour_at_most(number, client, post, reading, writing, clock):
    # C01 SPEC 8
    with writing():
        ephemeral = session.get_one(Ephemeral, number)
        for index in range(GUESTS_AN_HOUR):
            key = f"{index}".rjust(30, "k")
            enter_as_guest(ephemeral, key=key, first_name="Inès", service="Voirie", at=now())
        with pytest.raises(TooMany):
            enter_as_guest(ephemeral, key="z" * 30, first_name="Inès", service="Voirie", at=now())
    answer = post(client, _door(reading, number), INES)
    assert answer.status_code == 429
    assert "20 personnes sont entrées en une heure" in answer.text
    assert len(_guests(reading)) == GUESTS_AN_HOUR


def test_taking_it_back_over_and_over_does_not_lift_the_limit(number, client, post, reading):
    # C01 SPEC 8
    door = _door(reading, number)
    for index in range(GUESTS_AN_HOUR):
        entered = post(client, door, INES | {"key": f"{index}".rjust(30, "k")}).location
        post(client, f"{entered}/out", {})
    assert post(client, door, INES).status_code == 429


def test_the_hour_runs_and_others_come_in(lab, awa, reading, writing, clock):
    # C01 SPEC 8
    with writing():
        number = make_ephemeral(lab, awa, minutes=180, allows_guests=True)
        ephemeral = session.get_one(Ephemeral, number)
        for index in range(GUESTS_AN_HOUR):
            key = f"{index}".rjust(30, "k")
            enter_as_guest(ephemeral, key=key, first_name="Inès", service="Voirie", at=now())
        other = session.get_one(Ephemeral, make_ephemeral(lab, awa, question="À côté ?", allows_guests=True))
        enter_as_guest(other, key="y" * 30, first_name="Inès", service="Voirie", at=now())  # each lab has its own hour
    clock.advance(minutes=59)
    with writing(), pytest.raises(TooMany):
        ephemeral = session.get_one(Ephemeral, number)
        enter_as_guest(ephemeral, key="z" * 30, first_name="Inès", service="Voirie", at=now())
    clock.advance(minutes=2)
    with writing():
        ephemeral = session.get_one(Ephemeral, number)
        enter_as_guest(ephemeral, key="z" * 30, first_name="Inès", service="Voirie", at=now())


@pytest.mark.parametrize("sent", [{"first_name": " "}, {"service": ""}, {"first_name": "x" * 61}])
def test_a_first_name_and_a_service_are_needed(number, client, post, reading, sent):
    assert post(client, _door(reading, number), INES | sent).status_code == 422
    assert _guests(reading) == []


@pytest.mark.parametrize("key", ["", "short", "../" * 10, "k" * 44])
def test_a_made_up_key_is_refused(number, reading, writing, key):
    with writing(), pytest.raises(Invalid):
        enter_as_guest(session.get_one(Ephemeral, number), key=key, first_name="Inès", service="Voirie", at=now())


def test_the_code_dies_with_the_lab(number, client, post, reading, writing, clock):
    # C01 SPEC 8
    door = _door(reading, number)
    clock.advance(minutes=60)
    assert client.get(door).status_code == 404
    assert post(client, door, INES).status_code == 404
    with writing(), pytest.raises(Conflict):
        enter_as_guest(session.get_one(Ephemeral, number), **INES, at=now())
    assert _guests(reading) == []


def test_the_code_dies_by_its_own_end_and_by_that_of_its_lab(lab, awa, as_viewer, client, writing, reading, clock):
    # C01 SPEC 8: two locks, each holds alone
    plan = Plan(QUESTION, NOON, 60, "", "lab", allows_guests=True)
    with writing():
        number = open_ephemeral(as_viewer(awa), session.get_one(Lab, lab), plan=plan, at=NOON).id
    door = _door(reading, number)
    with writing():
        assert session.scalars(sa.select(Token.expires_at)).all() == [NOON + timedelta(minutes=60)]
        subject = session.get_one(Ephemeral, number).subject
        move_expiry(GUEST_SCOPE, subject, expires_at=NOON + timedelta(days=9))
    assert client.get(door).status_code == 200
    clock.advance(minutes=60)
    assert client.get(door).status_code == 404


def test_the_code_lives_as_long_as_an_extension(number, awa, new_client, sign_in, post, reading, clock):
    # C01 SPEC 4 and 8
    client, door = new_client(), _door(reading, number)
    post(sign_in(awa), f"/labs/e/{number}/longer", {"minutes": "30", "reason": "On y est presque."})
    clock.advance(minutes=75)
    assert client.get(door).status_code == 200
    clock.advance(minutes=16)
    assert client.get(door).status_code == 404


def test_the_code_of_a_lab_called_off_opens_nothing(lab, awa, new_client, sign_in, post, writing, reading):
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60, allows_guests=True)
    client, door = new_client(), _door(reading, number)
    assert "Il s’ouvre tout seul" in client.get(door).text
    post(sign_in(awa), f"/labs/e/{number}/off", {})
    assert client.get(door).status_code == 404


def test_the_code_of_an_announced_lab_lets_nobody_in_yet(lab, awa, client, post, writing, reading):
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60, allows_guests=True)
    post(client, _door(reading, number), INES)
    assert _guests(reading) == []


def test_a_code_of_something_else_or_made_up_opens_nothing(number, client):
    assert client.get("/labs/q/1.AAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404
    assert client.get("/labs/q/nothing").status_code == 404


def test_an_agent_who_may_read_goes_to_the_lab(number, awa, sign_in, reading):
    answer = sign_in(awa).get(_door(reading, number))
    assert answer.status_code == 303
    assert answer.location.endswith(f"/labs/e/{number}")


def test_an_agent_outside_the_readers_comes_in_by_the_code_where_guests_may(
    number, make_user, sign_in, post, reading, clock
):
    # C01: anybody present joins; G7: its opener let in those who scan
    chloe = make_user(name="Chloé B.")
    client, door = sign_in(chloe), _door(reading, number)
    assert client.get(f"/labs/e/{number}").status_code == 404
    assert "Rejoindre" in client.get(door).text
    answer = post(client, f"{door}/join", {})
    assert answer.location.endswith(f"/labs/e/{number}")
    assert "Vous y êtes." in client.get(answer.location).text
    clock.advance(minutes=61)
    assert "Raconter ce labo" in client.get(f"/labs/e/{number}").text


def test_an_agent_outside_the_readers_stays_outside_where_guests_may_not(
    lab, awa, make_user, sign_in, post, writing, reading
):
    # law 2
    with writing():
        number = make_ephemeral(lab, awa)
    chloe = make_user(name="Chloé B.")
    client, door = sign_in(chloe), _door(reading, number)
    assert QUESTION not in client.get(door).text
    assert post(client, f"{door}/join", {}).status_code == 403
    assert client.get(f"/labs/e/{number}").status_code == 404


def test_a_lab_with_guests_only_did_happen(lab, awa, client, post, writing, reading, clock):
    # C01 SPEC 7
    with writing():
        number = make_ephemeral(lab, awa, allows_guests=True)
    post(client, _door(reading, number), INES)
    clock.advance(minutes=61)
    with reading():
        assert glance_at(number, ANONYMOUS, at=now()).state is State.CLOSED


def test_a_lab_of_which_every_guest_took_it_back_did_not_happen(
    lab, awa, client, sign_in, post, writing, reading, clock
):
    # C01 SPEC 7: on the page, in the list and in its count alike
    with writing():
        number = make_ephemeral(lab, awa, allows_guests=True)
    entered = post(client, _door(reading, number), INES).location
    post(client, f"{entered}/out", {})
    clock.advance(minutes=61)
    client = sign_in(awa)
    assert "pas eu lieu" in client.get(f"/labs/e/{number}").text
    assert QUESTION in client.get("/labs/e/?state=not_held").text
    assert "0 labo éphémère" in client.get("/labs/e/").text


def test_guests_are_forgotten_24_months_after_the_end_and_sums_stay(number, client, post, reading, run_jobs, clock):
    # C01 SPEC 8, G6
    post(client, _door(reading, number), INES)
    clock.set(NOON + timedelta(days=729))
    run_jobs()
    assert _guests(reading)[0].first_name == "Inès"
    clock.set(NOON + timedelta(days=731))
    run_jobs()
    (guest,) = _guests(reading)
    assert (guest.first_name, guest.service) == ("", "")
    with reading():
        assert glance_at(number, ANONYMOUS, at=now()).people == 2


def test_a_guest_cannot_tell_a_lab(number, client, post, reading, clock):
    post(client, _door(reading, number), INES)
    clock.advance(minutes=61)
    answer = post(client, f"/labs/e/{number}/tell", {"outcome": "learnt", "learnt": "Rien."})
    assert answer.status_code in {302, 303, 400, 401}
    with reading():
        assert session.get_one(Ephemeral, number).told_at is None
