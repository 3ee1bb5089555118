"""A copil takes place: nobody puts it off at its hour, nobody is counted who was not there (C07 SPEC 2, 3 and 12)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import now, session, vacate_function
from portal.people.functions import FunctionFacts, add_function

from plugins.copils.models.copil import Copil, Decider, Turn
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import heard_at
from plugins.copils.queries.copil_states import OVERRUN
from plugins.copils.queries.turns import floor_of, minutes_spent, turns_of
from tests.plugins.copils.factories import SITTING, START, make_copil, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
EARLY = timedelta(minutes=30)
INSTANT = timedelta(seconds=1)


@pytest.fixture
def facilitator(make_user, clock):
    clock.set(START)
    return make_user("Awa Diop")


@pytest.fixture
def functions(make_function, make_user):
    since = START - timedelta(days=30)
    return [make_function(name, holder=make_user(f"Tenant {name}"), since=since) for name in ("Ports", "Mer", "Quais")]


@pytest.fixture
def copil(writing, facilitator, functions):
    with writing():
        return make_copil(facilitator, functions)


@pytest.fixture
def question(writing, copil, make_user):
    asker = make_user("Léa Petit")
    with writing():
        return make_question(asker, copil, position=1)


@pytest.fixture
def act(client, sign_in, facilitator, copil, post):
    """Do something with the copil as whoever facilitates it."""

    def do(what, number=copil, **typed):
        sign_in(facilitator)
        return post(client, f"/copils/sessions/{number}/{what}", typed)

    return do


@pytest.fixture
def move(act):
    """Move the copil to a day, at its hour."""
    return lambda when, number=1: act("move", number, held_at=f"{when:%Y-%m-%d}T10:00", reason="Parce que")


@pytest.fixture
def came(act, reading):
    """Note who came: one presence for each function."""

    def note(*presences, number=1):
        with reading():
            seats = session.scalars(sa.select(Decider.id).where(Decider.copil_id == number).order_by(Decider.id)).all()
        sent = zip(seats, presences, strict=True)
        return act("presence", number, sure="y", **{f"seat_{seat}": presence for seat, presence in sent})

    return note


@pytest.fixture
def found(reading):
    """Give a copil as it is kept now."""

    def read(number=1):
        with reading():
            return session.get_one(Copil, number)

    return read


@pytest.mark.parametrize("after", [-EARLY, timedelta(), timedelta(minutes=20), OVERRUN - INSTANT])
def test_at_its_hour_a_copil_is_opened_and_nothing_else(act, move, client, copil, clock, found, after):
    """C07 SPEC 12: whoever sees that too few came can neither put it off nor call it off."""
    clock.set(SITTING + after)
    assert move(SITTING + timedelta(days=7)).status_code == 422
    assert act("cancel", reason="Trop peu de monde").status_code == 422
    assert (found().held_at, found().cancelled_at) == (SITTING, None)
    page = client.get(f"/copils/sessions/{copil}").text
    assert not re.search(rf'href="/copils/sessions/{copil}/(move|cancel)"', page)
    assert f'href="/copils/sessions/{copil}/presence"' in page


def test_until_half_an_hour_before_a_copil_is_still_moved(move, copil, clock, found):
    """C07 SPEC 2."""
    clock.set(SITTING - EARLY - INSTANT)
    assert move(SITTING + timedelta(days=202)).status_code == 303
    assert found().held_at > SITTING


def test_a_copil_whose_hour_passed_is_owed_within_thirty_days_of_it(act, move, client, copil, clock, found):
    """C07 SPEC 12: nor is it called off, though it is moved first and ahead again."""
    clock.set(SITTING + OVERRUN)
    assert act("cancel", reason="Non").status_code == 422
    page = words(client.get(f"/copils/sessions/{copil}"))
    assert "n’a pas été ouvert" in page and "a eu lieu" not in page
    assert move(SITTING + timedelta(days=31)).status_code == 422
    assert move(SITTING + timedelta(days=29)).status_code == 303
    clock.set(SITTING + timedelta(days=1))
    assert move(SITTING + timedelta(days=31)).status_code == 422
    assert act("cancel", reason="Non").status_code == 422
    assert move(SITTING + timedelta(days=30)).status_code == 303
    assert found().cancelled_at is None


def test_a_copil_that_nobody_opened_is_opened_late_and_its_answers_are_late(
    client, sign_in, facilitator, copil, question, came, post, clock, found
):
    """C07 SPEC 4: what was answered there is written down, whenever it is."""
    clock.set(SITTING + timedelta(days=2))
    sign_in(facilitator)
    assert "Commencer le copil" in words(client.get("/"))
    clock.set(SITTING + timedelta(days=40))
    assert came("present", "present", "absent").status_code == 303
    assert found().began_at == SITTING + timedelta(days=40)
    assert post(client, f"/copils/q/{question}/answer", {"kind": "no", "text": "Non"}).status_code == 303
    assert "réponse donnée après le délai" in words(client.get(f"/copils/q/{question}"))


def test_what_follows_a_copil_that_listened_late_is_still_to_come(copil, came, clock, reading):
    """C07 SPEC 12: within thirty days of the day it was opened."""
    clock.set(SITTING + timedelta(days=40))
    assert came("absent", "absent", "absent").status_code == 303
    with reading():
        sequel = session.scalars(sa.select(Copil).where(Copil.follows_id == copil)).one()
        assert timedelta() < sequel.held_at - now() <= timedelta(days=30)


def test_what_follows_a_copil_is_not_moved_so_near_that_its_agenda_is_settled_already(
    copil, question, came, move, clock, found
):
    """C07 SPEC 2: three working days before; the refusal names the first day that is possible."""
    clock.set(SITTING)
    came("absent", "absent", "absent")
    refused = move(SITTING + timedelta(days=1), copil + 1)
    assert refused.status_code == 422
    assert "le premier jour possible est le 9 octobre 2026" in words(refused)
    clock.set(SITTING + timedelta(hours=1))
    assert move(SITTING + timedelta(days=3), copil + 1).status_code == 422
    assert move(SITTING + timedelta(days=6), copil + 1).status_code == 303
    assert found(copil + 1).freezes_at > SITTING + timedelta(hours=1)


@pytest.mark.parametrize(
    ("vacant", "presences", "is_enough"),
    [
        (1, ("present", "absent", "stand_in"), True),
        (1, ("absent", "absent", "stand_in"), False),
        (2, ("present", "stand_in", "absent"), True),
        (2, ("absent", "stand_in", "stand_in"), False),
        (3, ("stand_in", "stand_in", "absent"), False),
        (0, ("present", "absent", "absent"), False),
    ],
)
def test_a_function_that_nobody_holds_counts_on_neither_side(
    copil, functions, came, found, writing, clock, vacant, presences, is_enough
):
    """C07 SPEC 12: half of those who could come; nobody at all is never enough."""
    clock.set(SITTING)
    with writing():
        for function_id in functions[3 - vacant :]:
            vacate_function(function_id, at=now())
    assert came(*presences).status_code == 303
    assert found().is_listening is not is_enough


@pytest.mark.parametrize(("presence", "is_enough"), [("present", True), ("absent", False)])
def test_an_outside_body_counts_as_it_was_noted(
    facilitator, functions, came, found, writing, clock, presence, is_enough
):
    """C07 SPEC 12: nobody here holds its function, and yet it is not vacant."""
    with writing():
        outside = add_function(FunctionFacts("Préfecture", body="L’État"), actor=None, at=now())
        number = make_copil(facilitator, [functions[0], outside, functions[1]])
    clock.set(SITTING)
    assert came("present", presence, "absent", number=number).status_code == 303
    assert found(number).is_listening is not is_enough


def test_a_presence_that_is_corrected_stays_in_the_history_and_counts_as_it_was_that_day(
    client, copil, functions, came, found, writing, clock, audit_of
):
    """C07 SPEC 12: a function left vacant since was held when the copil began."""
    clock.set(SITTING)
    came("present", "present", "absent")
    with writing():
        vacate_function(functions[1], at=now() + timedelta(minutes=1))
    clock.advance(minutes=2)
    for _click in range(2):
        assert came("absent", "present", "present").status_code == 303
    assert audit_of(found().subject).count("copils.presence_corrected") == 1
    assert "les présences ont été corrigées" in words(client.get(f"/copils/sessions/{copil}"))


@pytest.mark.parametrize("act_late", ["", "close", "answer"])
def test_a_turn_that_nobody_ended_ends_with_the_copil(
    client, act, post, sign_in, copil, question, facilitator, writing, reading, clock, act_late
):
    """C07 SPEC 3: seven days later it counts six hours at most, and nobody has the floor on the wall."""
    with writing():
        session.get_one(Copil, copil).began_at = SITTING
        session.add(Turn(copil_id=copil, question_id=question, side="askers", started_at=SITTING))
    clock.set(SITTING + timedelta(days=7))
    sign_in(facilitator)
    if act_late == "close":
        assert act("close").status_code == 409
    if act_late == "answer":
        assert post(client, f"/copils/q/{question}/answer", {"kind": "no", "text": "Non"}).status_code == 303
    assert "6 h" in words(client.get(f"/copils/sessions/{copil}")).split("Temps donné")[1][:60]
    assert "La parole est à" not in words(client.get(f"/copils/sessions/{copil}/wall"))
    with reading():
        found = session.get_one(Copil, copil)
        assert floor_of(found, heard_at(found), turns_of(copil), at=now()) is None
        assert minutes_spent(found, turns_of(copil), at=now()) == {"askers": 360, "deciders": 0}


def test_who_decides_is_offered_half_of_a_question_taken_up_once_all_are_answered(
    copil, question, writing, reading, clock
):
    """C07 SPEC 3: never the whole of what is left."""
    with writing():
        session.get_one(Copil, copil).began_at = SITTING
        session.get_one(Question, question).answered_at = SITTING
        for minute, side in ((20, "askers"), (40, "deciders")):
            began = SITTING + timedelta(minutes=minute)
            ended = SITTING + timedelta(minutes=40) if side == "askers" else None
            session.add(Turn(copil_id=copil, question_id=question, side=side, started_at=began, ended_at=ended))
    clock.set(SITTING + timedelta(minutes=41))
    with reading():
        found = session.get_one(Copil, copil)
        floor = floor_of(found, heard_at(found), turns_of(copil), at=now())
        assert floor.share == timedelta(minutes=50)


def _address(answer):
    return re.search(r"/copils/room/[\w.=-]+", answer.text).group(0)


def test_the_wall_closes_when_somebody_else_facilitates_and_they_open_their_own(
    client, sign_in, act, post, copil, make_user, new_client
):
    """It is read as whoever opened it reads."""
    successor = make_user("Omar Sy")
    act("room")
    first = _address(client.get(f"/copils/sessions/{copil}/room"))
    assert new_client().get(first).status_code == 200
    assert act("facilitator", facilitator="Omar Sy").status_code == 303
    assert new_client().get(first).status_code == 404
    sign_in(successor)
    post(client, f"/copils/sessions/{copil}/room")
    second = _address(client.get(f"/copils/sessions/{copil}/room"))
    assert new_client().get(second).status_code == 200


def test_the_wall_lives_as_long_as_the_copil_that_is_moved(client, act, move, copil, reading):
    """The day after the copil, whenever it is."""
    act("room")
    before = _expiry(reading)
    assert move(SITTING + timedelta(days=14)).status_code == 303
    assert abs(_expiry(reading) - before - timedelta(days=14)) < timedelta(hours=1)


def _expiry(reading):
    with reading():
        return session.scalar(sa.select(sa.column("expires_at", sa.DateTime())).select_from(sa.table("tokens")))
