"""Asking: in a minute, by whoever decides nothing there, for this copil or the next (C07 SPEC 1 and 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.services.placing import carry, carry_all
from plugins.copils.services.sweeping_copils import sweep_copils
from tests.plugins.copils.factories import START, add_askers, make_copil, make_function, make_question
from tests.plugins.labs.pages import hidden_of, hrefs, main_of, words

PLUGINS = ["copils"]
LATE = START + timedelta(days=26)  # three working days before the copil: the agenda is settled


@pytest.fixture
def awa(make_user):
    return make_user("Awa Diop")


@pytest.fixture
def lea(make_user):
    return make_user("Léa Petit")


@pytest.fixture
def dg(make_user):
    return make_user("Denis Grand")


@pytest.fixture
def copil_id(writing, clock, lea, dg):
    clock.set(START)
    with writing():
        return make_copil(lea, [make_function("Direction générale", dg)])


@pytest.fixture
def later_id(writing, lea, copil_id):
    with writing():
        return make_copil(lea, [make_function("Direction des routes")], held_at=START + timedelta(days=60))


def _questions(reading) -> list[Question]:
    with reading():
        found = list(session.scalars(sa.select(Question).order_by(Question.id)))
        session.expunge_all()
    return found


def test_one_sentence_is_a_question_on_the_agenda(client, sign_in, awa, copil_id, post, reading):
    """Law 1: three fields on the screen, two folded, and only the question is asked."""
    sign_in(awa)
    empty = words(client.get(f"/copils/sessions/{copil_id}"))
    assert "Personne n’a encore posé de question. Poser une question" in empty
    page = main_of(client.get(f"/copils/sessions/{copil_id}/ask"))
    shown, folded = page.split("<details", 1)
    assert [name for name in ("text", "asked", "collective") if f'name="{name}"' in shown] == [
        "text",
        "asked",
        "collective",
    ]
    assert [name for name in ("details", "person") if f'name="{name}"' in folded] == ["details", "person"]
    answer = post(client, f"/copils/sessions/{copil_id}/ask", {"text": "Pourquoi trois signatures ?", "asked": "alone"})
    assert answer.status_code == 303
    seen = words(client.get(answer.location))
    assert "Pourquoi trois signatures ?" in seen
    assert "Awa Diop" in seen
    assert "Pourquoi trois signatures ?" in words(client.get(f"/copils/sessions/{copil_id}"))


@pytest.mark.parametrize(
    "text",
    ["Où sont passés les vélos d’été ? Ça coûte 12 €…", "👩🏽‍🚒🚒 quand ?", "متى تُفتح القاعة؟", "x" * 300],
    ids=["accents", "emoji", "right-to-left", "longest"],
)
def test_a_question_is_kept_as_it_is_written(text, client, sign_in, awa, copil_id, post):
    sign_in(awa)
    answer = post(client, f"/copils/sessions/{copil_id}/ask", {"text": text, "asked": "alone"})
    assert text in client.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": "x" * 4000}, "300"),
        ({"text": "   "}, "Votre question"),
        ({"text": "Pourquoi ?", "details": "y" * 4000}, "3000"),
        ({"text": "Pourquoi ?", "asked": "together"}, "Donnez un nom au collectif"),
        ({"text": "Pourquoi ?", "asked": "together", "collective": "Nous", "person": "Denis Grand"}, "doit répondre"),
        ({"text": "Pourquoi ?", "asked": "nobody"}, "Qui la pose ?"),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(typed, said, client, sign_in, awa, copil_id, post, reading):
    sign_in(awa)
    answer = post(client, f"/copils/sessions/{copil_id}/ask", {"asked": "alone", **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert all(typed[name].strip() in answer.get_data(as_text=True) for name in typed if name != "asked")
    assert _questions(reading) == []


def test_a_second_click_asks_once(client, sign_in, awa, copil_id, post, reading):
    sign_in(awa)
    asked = [
        post(client, f"/copils/sessions/{copil_id}/ask", {"text": "Encore ?", "asked": "alone"}).location
        for _click in range(2)
    ]
    assert asked[0] == asked[1]
    assert len(_questions(reading)) == 1


def test_too_late_is_said_beforehand_and_the_question_finds_the_next_copil(
    client, sign_in, awa, copil_id, later_id, post, reading, clock
):
    """C07 SPEC 2."""
    clock.set(LATE)
    sign_in(awa)
    page = words(client.get(f"/copils/sessions/{copil_id}/ask"))
    assert "L’ordre du jour de ce copil est arrêté" in page
    assert "votre question ira au copil" in page
    answer = post(client, f"/copils/sessions/{copil_id}/ask", {"text": "Et demain ?", "asked": "alone"})
    (question,) = _questions(reading)
    assert (question.copil_id, question.came_from_id) == (later_id, copil_id)
    assert "elle est posée à celui-ci" in words(client.get(answer.location))


def test_too_late_with_no_copil_ahead_waits_for_the_next_that_is_announced(
    client, sign_in, awa, lea, copil_id, post, reading, writing, clock
):
    """C07 SPEC 2: whoever asks alone reads it until then."""
    clock.set(LATE)
    sign_in(awa)
    assert "attendra le prochain copil" in words(client.get(f"/copils/sessions/{copil_id}/ask"))
    answer = post(client, f"/copils/sessions/{copil_id}/ask", {"text": "Et demain ?", "asked": "alone"})
    assert "attend le prochain copil" in words(client.get(answer.location))
    assert sign_in(lea).get(answer.location).status_code == 404
    with writing():
        new_id = make_copil(lea, [make_function("Direction des routes")], held_at=START + timedelta(days=70))
        sweep_copils(LATE)
    (question,) = _questions(reading)
    assert (question.copil_id, question.came_from_id, question.position) == (new_id, copil_id, 1)
    assert sign_in(lea).get(answer.location).status_code == 200


def test_a_question_never_goes_to_a_copil_where_all_who_ask_it_answer(
    awa, lea, copil_id, later_id, reading, writing, clock
):
    """C07 SPEC 1 and 2: the next but one; with somebody of the field beside them, the next."""
    clock.set(LATE)
    with writing():
        held = make_function("Mission vélo", awa)
        hers = make_copil(lea, [held], held_at=START + timedelta(days=50))
        alone, together = make_question(awa, copil_id), make_question(awa, None, "Et la suite ?")
        add_askers(together, [lea])
        ahead = [session.get_one(Copil, number) for number in (hers, later_id)]
        carry_all([session.get_one(Question, number) for number in (alone, together)], ahead, at=LATE)
    with reading():
        assert session.get_one(Question, alone).copil_id == later_id
        assert session.get_one(Question, together).copil_id == hers


def test_a_question_for_the_intranet_never_goes_to_the_web(
    client, sign_in, awa, lea, copil_id, post, reading, writing, clock
):
    """C07 SPEC 2: it waits for a copil that those alone read to whom it was put; one for all goes anywhere."""
    with writing():
        wide, narrow = (
            make_copil(lea, [make_function("Routes")], held_at=START + timedelta(days=day), audience=audience)
            for day, audience in ((50, "public"), (70, "intranet"))
        )
        for_all = make_question(awa, wide, "Pour tous ?")
    clock.set(LATE)
    sign_in(awa)
    post(client, f"/copils/sessions/{copil_id}/ask", {"text": "Entre nous ?", "asked": "alone"})
    found = {question.text: question for question in _questions(reading)}
    assert found["Entre nous ?"].copil_id == narrow
    with writing():
        carry_all([session.get_one(Question, for_all)], [session.get_one(Copil, narrow)], at=LATE)
        session.get_one(Copil, narrow).cancelled_at = LATE
        carry_all([session.get_one(Question, found["Entre nous ?"].id)], [session.get_one(Copil, wide)], at=LATE)
        sweep_copils(LATE)
    with reading():
        assert session.get_one(Question, for_all).copil_id == narrow
        assert session.get_one(Question, found["Entre nous ?"].id).copil_id is None


def test_what_is_asked_together_is_carried_together(awa, lea, copil_id, later_id, reading, writing):
    """C07 SPEC 2."""
    with writing():
        host = make_question(awa, copil_id)
        merged = make_question(lea, copil_id, "Et deux ?", merged_into_id=host)
        carry(session.get_one(Question, host), session.get_one(Copil, later_id), at=START)
    with reading():
        rows = [session.get_one(Question, number) for number in (host, merged)]
        assert [(row.copil_id, row.came_from_id) for row in rows] == [(later_id, copil_id)] * 2
        assert rows[1].merged_into_id == host


def test_asking_once_more_fills_the_form_and_keeps_the_tie(client, sign_in, awa, copil_id, post, reading, writing):
    with writing():
        before = make_question(awa, copil_id, "Pourquoi si tard ?", details="Depuis mai.")
    sign_in(awa)
    address = f"/copils/sessions/{copil_id}/ask?again={before}"
    page = client.get(address).get_data(as_text=True)
    assert "Pourquoi si tard ?</textarea>" in page
    assert "Depuis mai.</textarea>" in page
    post(client, address, {"text": "Pourquoi encore si tard ?", "asked": "alone"})
    assert _questions(reading)[-1].again_id == before


@pytest.mark.parametrize("again", ["0", "-1", "x", "99999999999999999999", "7"])
def test_an_address_that_names_no_question_fills_nothing(again, client, sign_in, awa, copil_id):
    sign_in(awa)
    assert client.get(f"/copils/sessions/{copil_id}/ask?again={again}").status_code == 200


def test_an_asker_rewords_until_the_agenda_is_settled(client, sign_in, awa, copil_id, post, reading, writing, clock):
    """C07 SPEC 1 and 2."""
    with writing():
        number = make_question(awa, copil_id)
    sign_in(awa)
    typed = {"text": "Pourquoi quatre signatures ?", "details": "Une de plus."}
    assert post(client, f"/copils/q/{number}/reword", typed).status_code == 303
    assert _questions(reading)[0].text == "Pourquoi quatre signatures ?"
    clock.set(LATE)
    assert client.get(f"/copils/q/{number}/reword").status_code == 409
    assert post(client, f"/copils/q/{number}/reword", {"text": "Non ?"}).status_code == 409
    assert post(client, f"/copils/q/{number}/withdraw").status_code == 409
    assert _questions(reading)[0].text == "Pourquoi quatre signatures ?"


def test_two_who_reword_at_once_see_each_other(client, sign_in, awa, copil_id, post, reading, writing):
    with writing():
        number = make_question(awa, copil_id)
    sign_in(awa)
    url = f"/copils/q/{number}/reword"
    shown = hidden_of(client.get(url))
    assert post(client, url, {**shown, "text": "Pourquoi deux ?"}).status_code == 303
    refused = post(client, url, {**shown, "text": "Pourquoi cinq ?"})
    assert refused.status_code == 422
    assert "Entre-temps, on y lit : « Pourquoi deux ? »" in words(refused)
    assert "Pourquoi cinq ?</textarea>" in refused.text
    assert _questions(reading)[0].text == "Pourquoi deux ?"
    assert post(client, url, {**hidden_of(refused), "text": "Pourquoi cinq ?"}).status_code == 303


def test_withdrawn_a_question_leaves_a_line_without_its_words(client, sign_in, awa, lea, copil_id, post, writing):
    """C07 SPEC 11: nothing goes quietly; whoever asked reads it still, and may put it back."""
    with writing():
        number = make_question(awa, copil_id, "Pourquoi trois signatures ?", details="Depuis mai.")
    hers = sign_in(awa)
    for _click in range(2):
        assert post(hers, f"/copils/q/{number}/withdraw").status_code == 303
    other = sign_in(lea)
    for address in (f"/copils/sessions/{copil_id}", f"/copils/q/{number}"):
        page = other.get(address).get_data(as_text=True)
        assert "signatures" not in page
        assert "Depuis mai" not in page
        assert "Awa Diop" not in page  # nor in the history
    assert "retirée par celles et ceux qui la posaient" in words(other.get(f"/copils/sessions/{copil_id}"))
    assert "signatures" not in other.get(f"/copils/sessions/{copil_id}/questions.json").get_data(as_text=True)
    assert "signatures" in words(hers.get(f"/copils/q/{number}"))
    for _click in range(2):
        assert post(hers, f"/copils/q/{number}/back").status_code == 303
    assert "signatures" in words(other.get(f"/copils/sessions/{copil_id}"))


def test_only_those_who_ask_a_question_change_it(client, sign_in, awa, lea, copil_id, post, reading, writing):
    """C07 SPEC 1: another agent, who even facilitates the copil, does not."""
    with writing():
        number = make_question(awa, copil_id)
    sign_in(lea)
    for act in ("reword", "withdraw", "back", "invite", "leave", "alone"):
        assert post(client, f"/copils/q/{number}/{act}", {"text": "À moi"}).status_code == 403, act
    (question,) = _questions(reading)
    assert (question.text, question.withdrawn_at) == ("Pourquoi trois signatures ?", None)
    assert [href for href in hrefs(client.get(f"/copils/q/{number}")) if href.endswith(("/reword", "/withdraw"))] == []


def test_the_export_has_the_rows_of_the_agenda(client, sign_in, awa, lea, copil_id, writing):
    """G4."""
    with writing():
        make_question(awa, copil_id, position=1)
        host = make_question(lea, copil_id, "=1+1", position=2)
        make_question(awa, copil_id, "Ou deux ?", position=3, merged_into_id=host)
    sign_in(awa)
    assert f"/copils/sessions/{copil_id}/questions.csv" in hrefs(client.get(f"/copils/sessions/{copil_id}"))
    rows = client.get(f"/copils/sessions/{copil_id}/questions.json").get_json()
    assert [(row["number"], row["question"], row["askers"]) for row in rows] == [
        (1, "Pourquoi trois signatures ?", "Awa Diop"),
        (2, "=1+1", "Léa Petit"),
        (None, "Ou deux ?", "Awa Diop"),
    ]
    assert "'=1+1" in client.get(f"/copils/sessions/{copil_id}/questions.csv").get_data(as_text=True)
