"""What a copil hands on to another, called off or too few there: nothing that was public goes quietly (C07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import hold_function, now, session

from plugins.copils.models.copil import ABSENT, Copil, Decider
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import heard_at
from plugins.copils.services.moving import cancel
from plugins.copils.services.running import begin
from tests.plugins.copils.factories import START, add_askers, make_copil, make_function, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
QUESTION = "Pourquoi trois signatures ?"


@pytest.fixture
def lea(make_user):
    """Facilitate."""
    return make_user("Léa Petit")


@pytest.fixture
def awa(make_user):
    """Ask."""
    return make_user("Awa Diop")


@pytest.fixture
def other(make_user):
    """Read."""
    return make_user("Omar Sy")


@pytest.fixture
def function_id(writing, make_user, clock):
    clock.set(START)
    director = make_user("Denis Grand")
    with writing():
        return make_function("Direction générale", director)


@pytest.fixture
def copil_id(writing, lea, function_id):
    with writing():
        return make_copil(lea, [function_id])


@pytest.fixture
def question_id(writing, awa, copil_id):
    with writing():
        return make_question(awa, copil_id, QUESTION, position=1)


@pytest.fixture
def sit_alone(writing, reading, as_viewer, lea, clock):
    """Open a copil where nobody who is to answer came; give its sequel."""

    def sit(copil_id: int) -> int:
        with reading():
            held_at = session.get_one(Copil, copil_id).held_at
        clock.set(held_at)
        with writing():
            copil = session.get_one(Copil, copil_id)
            seats = session.scalars(sa.select(Decider.id).where(Decider.copil_id == copil_id))
            begin(as_viewer(lea), copil, presences=dict.fromkeys(seats, ABSENT), at=now())
            return session.scalars(sa.select(Copil.id).where(Copil.follows_id == copil_id)).one()

    return sit


def test_what_a_copil_that_is_called_off_hands_on_is_read_as_before(
    writing, as_viewer, lea, other, copil_id, question_id, client, sign_in
):
    """C07 SPEC 2: whoever read it reads it while it waits, on its page and on that of the copil."""
    with writing():
        cancel(as_viewer(lea), session.get_one(Copil, copil_id), reason="Grève", at=now())
    sign_in(other)
    page = words(client.get(f"/copils/sessions/{copil_id}"))
    assert QUESTION in page and "attend le prochain copil" in page
    assert "Personne n’a encore posé de question" not in page
    answer = client.get(f"/copils/q/{question_id}")
    assert answer.status_code == 200 and "ou ce copil a été annulé" in words(answer)


def test_a_question_that_came_too_late_for_all_to_read_stays_with_those_who_ask_it(
    writing, as_viewer, lea, awa, other, copil_id, client, sign_in
):
    """C07 SPEC 2: nobody else read it before."""
    with writing():
        late = make_question(awa, None, "Trop tard ?", came_from_id=copil_id)
    sign_in(other)
    assert client.get(f"/copils/q/{late}").status_code == 404
    assert "Trop tard" not in words(client.get(f"/copils/sessions/{copil_id}"))


def test_each_copil_that_listened_keeps_what_it_heard(
    writing, reading, other, copil_id, question_id, sit_alone, client, sign_in
):
    """C07 SPEC 12: the sequel too may be left alone."""
    sequel_id = sit_alone(copil_id)
    last_id = sit_alone(sequel_id)
    with reading():
        assert session.get_one(Question, question_id).copil_id == last_id
        for number in (copil_id, sequel_id):
            assert [row.id for row in heard_at(session.get_one(Copil, number))] == [question_id]
    sign_in(other)
    for number in (copil_id, sequel_id, last_id):
        assert QUESTION in words(client.get(f"/copils/sessions/{number}"))


def test_who_asks_with_others_and_has_come_to_decide_keeps_no_question_from_the_sequel(
    writing, reading, make_user, copil_id, question_id, function_id, sit_alone
):
    """C07 SPEC 12 and 14: the same questions are put again, all of them."""
    bea = make_user("Béa Roux")
    with writing():
        add_askers(question_id, [bea])
        hold_function(function_id, bea.id, since=now() + timedelta(seconds=1))
    sequel_id = sit_alone(copil_id)
    with reading():
        assert session.get_one(Question, question_id).copil_id == sequel_id


def test_who_asks_alone_and_has_come_to_decide_is_heard_by_the_sequel(
    writing, reading, awa, copil_id, question_id, function_id, sit_alone
):
    """C07 SPEC 12."""
    with writing():
        hold_function(function_id, awa.id, since=now() + timedelta(seconds=1))
    sequel_id = sit_alone(copil_id)
    with reading():
        assert session.get_one(Question, question_id).copil_id == sequel_id
