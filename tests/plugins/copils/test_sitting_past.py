"""A copil that took place, as it is read afterwards: who sat, what was answered and promised, for how long (C07)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from portal.api import hold_function, now, session

from plugins.copils.models.copil import Copil
from plugins.copils.queries.deciders import deciders_of
from plugins.copils.queries.turns import turns_of
from plugins.copils.services.running import begin
from tests.plugins.copils.factories import SITTING, START, make_copil, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]


@pytest.fixture
def facilitator(make_user, clock):
    clock.set(START)
    return make_user("Awa Diop")


@pytest.fixture
def functions(make_function, make_user):
    since = START - timedelta(days=1)
    return [make_function(name, holder=make_user(f"Tenant {name}"), since=since) for name in ("Ports", "Mer", "Quais")]


@pytest.fixture
def copil(facilitator, functions, make_user, writing, as_viewer, clock):
    """Begin a copil of two questions, to which one function of three sent somebody else."""
    asker = make_user("Léa Petit")
    with writing():
        number = make_copil(facilitator, functions)
        for place, text in enumerate(("Une salle ?", "Un guichet ?"), start=1):
            make_question(asker, number, text, position=place)
    clock.set(SITTING)
    with writing():
        came = dict(zip((row.id for row in deciders_of(number)), ("present", "present", "stand_in"), strict=True))
        begin(as_viewer(facilitator), session.get_one(Copil, number), presences=came, at=now())
    return number


@pytest.fixture
def room(client, sign_in, facilitator, copil, post):
    """Sign the facilitator in; give what posts to the pages of the plugin."""
    sign_in(facilitator)
    return lambda path, **sent: post(client, f"/copils/{path}", sent)


@pytest.fixture
def read(client, copil):
    return lambda: words(client.get(f"/copils/sessions/{copil}"))


def test_it_says_who_sat_in_a_sentence_whoever_holds_the_function_since(
    room, read, functions, make_user, writing, clock
):
    """C07 SPEC 12."""
    clock.advance(days=10)
    successor = make_user("Neuve Directrice")
    with writing():
        hold_function(functions[0], successor.id, since=now())
    page = read()
    assert "Qui avait à répondre" in page and "Qui aura à répondre" not in page
    assert "Ports Tenant Ports a siégé en personne." in page
    assert "Quais Quelqu’un d’autre a siégé, sans pouvoir engager la fonction." in page
    assert "Neuve Directrice" not in page


def test_each_question_says_its_answer_in_a_word_and_the_page_lists_what_was_promised(room, read, functions):
    """C07 SPEC 4 and 5."""
    room("q/1/answer", kind="yes", text="Une salle ouverte", function_id=functions[0], soon="30")
    room("q/2/answer", kind="no", text="Trop cher")
    page = read()
    assert "oui, et un engagement" in page and "non, et voici pourquoi" in page
    assert "Ce qui a été promis Une salle ouverte" in page


@pytest.mark.parametrize(("ago", "minutes"), [("0", 9), ("120", 7)])
def test_an_answer_ends_the_turn_of_its_question_at_the_instant_it_was_written(
    room, copil, clock, reading, ago, minutes
):
    """C07 SPEC 3: nobody is given the time it takes to go on to the next question."""
    room(f"sessions/{copil}/turn", question=1, side="askers")
    clock.advance(minutes=9)
    room("q/1/answer", kind="no", text="Trop cher", ago=ago)
    clock.advance(minutes=5)
    with reading():
        (turn,) = turns_of(copil)
        assert turn.ended_at - turn.started_at == timedelta(minutes=minutes)


def test_an_answer_does_not_end_the_turn_of_another_question(room, copil, clock, reading):
    """C07 SPEC 3: whoever decides may write the answer of the question before while the next is spoken of."""
    room(f"sessions/{copil}/turn", question=2, side="askers")
    room("q/1/answer", kind="no", text="Trop cher")
    with reading():
        assert turns_of(copil)[0].ended_at is None


def test_the_room_shows_the_answer_that_was_just_written_and_the_way_on(room, client, copil):
    """C07 SPEC 4: it is read aloud before one goes on."""
    room(f"sessions/{copil}/turn", question=1, side="askers")
    room("q/1/answer", kind="no", text="Trop cher")
    page = client.get(f"/copils/sessions/{copil}/live")
    assert "Trop cher" in words(page) and "Question suivante" in words(page)
    assert 'href="/copils/q/1/answer/correct"' in page.text


def test_the_wall_stays_on_the_question_that_was_just_answered(room, client, copil):
    """C07 SPEC 4: what the room reads aloud is what the room sees."""
    room(f"sessions/{copil}/turn", question=1, side="askers")
    room("q/1/answer", kind="no", text="Trop cher")
    page = client.get(f"/copils/sessions/{copil}/wall")
    assert "<h1>Une salle ?</h1>" in page.text and "« Trop cher »" in words(page)


def test_the_wall_says_which_function_promised_and_by_when_and_names_nobody(room, client, copil, functions):
    """C07 SPEC 4 and 5."""
    room(f"sessions/{copil}/turn", question=1, side="askers")
    room("q/1/answer", kind="yes", text="Une clé chacun", function_id=functions[0], soon="", due_on="2026-12-01")
    page = words(client.get(f"/copils/sessions/{copil}/wall"))
    assert "« Une clé chacun » Ports · pour le 1 décembre 2026" in page.replace("1er", "1")
    assert "Tenant" not in page


def test_a_question_stands_among_the_copils_in_the_navigation(room, client):
    band = client.get("/copils/q/1").text.partition('class="nav nav-items"')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="true">([^<]+)', band) == ["Copils inversés"]


def test_once_it_is_over_the_room_shows_what_is_still_to_be_written_down(room, client, copil):
    """C07 SPEC 4."""
    room(f"sessions/{copil}/turn", question=1, side="askers")
    room("q/1/answer", kind="no", text="Trop cher")
    room(f"sessions/{copil}/close")
    assert 'action="/copils/q/2/answer"' in client.get(f"/copils/sessions/{copil}/live").text
