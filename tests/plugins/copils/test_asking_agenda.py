"""The order of an agenda and what is asked together: the field's, until it is settled (C07 SPEC 1 and 2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import PortalError, now, session

from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Asker, Question
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.services.asking import Words, ask_question, withdraw_question
from plugins.copils.services.collectives import give_voice
from plugins.copils.services.ordering import move_question
from tests.plugins.copils.factories import START, make_copil, make_function, make_question
from tests.plugins.labs.pages import hrefs, order_of, words

PLUGINS = ["copils"]
LATE = START + timedelta(days=26)
TEXTS = ("Un vélo ?", "Deux salles ?", "Trois clés ?", "Quatre jours ?")
TOGETHER = 4


@pytest.fixture
def house(make_user, writing, clock):
    """Give a copil with four questions, each of somebody else."""
    clock.set(START)
    crowd = [make_user(f"Personne {place}") for place in range(TOGETHER)]
    found = SimpleNamespace(crowd=crowd, lea=make_user("Léa Petit"), dg=make_user("Denis Grand"))
    with writing():
        found.copil_id = make_copil(found.lea, [make_function("Direction générale", found.dg)])
        found.numbers = [
            make_question(crowd[place], found.copil_id, text, position=place + 1) for place, text in enumerate(TEXTS)
        ]
    return found


def _order(reading, house) -> list[int]:
    with reading():
        return [house.numbers.index(question.id) + 1 for question in agenda_of(house.copil_id)]


def test_any_agent_of_the_field_moves_a_question(house, sign_in, post, reading, audit_of):
    """C07 SPEC 1: with buttons or by its number, without a script; the history of the copil says so."""
    browser, address = sign_in(house.lea), f"/copils/q/{house.numbers[2]}/move"
    assert address in hrefs(browser.get(f"/copils/sessions/{house.copil_id}"))
    for _click in range(2):
        assert post(browser, address, {"to": "1"}).status_code == 303
    page = browser.get(f"/copils/sessions/{house.copil_id}")
    assert order_of(page, *TEXTS) == ["Trois clés ?", "Un vélo ?", "Deux salles ?", "Quatre jours ?"]
    assert "l’ordre des questions a changé" in words(page)
    with reading():
        subject = session.get_one(Copil, house.copil_id).subject
    assert audit_of(subject).count("copils.agenda_ordered") == 1


@pytest.mark.parametrize(
    ("to", "order"), [("4", [1, 3, 4, 2]), ("99999999999999999999", [1, 3, 4, 2]), ("2", [1, 2, 3, 4])]
)
def test_a_place_beyond_the_end_is_the_end(to, order, house, sign_in, post, reading):
    assert post(sign_in(house.lea), f"/copils/q/{house.numbers[1]}/move", {"to": to}).status_code == 303
    assert _order(reading, house) == order


@pytest.mark.parametrize("to", ["", "0", "-3", "abc", "1.5"])
def test_what_is_no_place_moves_nothing(to, house, sign_in, post, reading):
    answer = post(sign_in(house.lea), f"/copils/q/{house.numbers[1]}/move", {"to": to})
    assert answer.status_code == 422
    assert "Écrivez le numéro d’une place" in words(answer)
    assert _order(reading, house) == [1, 2, 3, 4]


def test_a_settled_agenda_keeps_its_order(house, sign_in, post, reading, clock):
    """C07 SPEC 2."""
    clock.set(LATE)
    browser = sign_in(house.lea)
    assert post(browser, f"/copils/q/{house.numbers[2]}/move", {"to": "1"}).status_code == 409
    assert f"/copils/q/{house.numbers[2]}/move" not in hrefs(browser.get(f"/copils/sessions/{house.copil_id}"))
    assert _order(reading, house) == [1, 2, 3, 4]


def _want(post, browser, house, place: int, other: int):
    return post(browser, f"/copils/q/{house.numbers[place]}/together", {"other": str(house.numbers[other])})


def test_two_questions_are_asked_together_when_both_agree(house, sign_in, post, reading):
    """C07: only those who ask group; each question keeps its words and its askers."""
    first, second = (sign_in(person) for person in house.crowd[:2])
    assert _want(post, first, house, 0, 1).status_code == 303
    assert "On vous propose de la poser avec la vôtre" in words(second.get("/"))
    assert "On vous propose de poser" in words(second.get("/news"))
    assert "/together/yes" in second.get(f"/copils/q/{house.numbers[1]}").get_data(as_text=True)
    for _click in range(2):
        assert post(second, f"/copils/q/{house.numbers[0]}/together/yes").status_code == 303
    assert _order(reading, house) == [2, 3, 4]
    page = words(sign_in(house.lea).get(f"/copils/sessions/{house.copil_id}"))
    assert "Deux salles ? Personne 1 avec : Un vélo ? · Personne 0" in page
    assert "Deux questions sont posées ensemble" in words(first.get("/news"))
    for _click in range(2):
        assert post(first, f"/copils/q/{house.numbers[0]}/apart").status_code == 303
    assert _order(reading, house) == [1, 2, 3, 4]


def test_nobody_else_groups_questions(house, sign_in, post, reading):
    """C07: neither who facilitates nor another agent, at any step."""
    lea, first = sign_in(house.lea), sign_in(house.crowd[0])
    answer = _want(post, lea, house, 0, 1)
    assert answer.status_code == 403
    assert "Seules les personnes qui posent cette question" in words(answer)
    _want(post, first, house, 0, 1)
    for browser in (lea, first, sign_in(house.crowd[2])):
        assert post(browser, f"/copils/q/{house.numbers[0]}/together/yes").status_code == 403
    assert _order(reading, house) == [1, 2, 3, 4]


def test_no_question_is_lost_in_a_chain(house, sign_in, post, reading):
    """C07: the second wants the third while the first joins it: no question hangs on one that hangs on another."""
    first, second, third = (sign_in(person) for person in house.crowd[:3])
    _want(post, second, house, 1, 2)
    _want(post, first, house, 0, 1)
    assert post(second, f"/copils/q/{house.numbers[0]}/together/yes").status_code == 303
    assert post(third, f"/copils/q/{house.numbers[1]}/together/yes").status_code == 409
    assert _want(post, second, house, 1, 2).status_code == 422
    page = words(sign_in(house.lea).get(f"/copils/sessions/{house.copil_id}"))
    assert "Deux salles ? Personne 1 avec : Un vélo ? · Personne 0" in page
    assert _order(reading, house) == [2, 3, 4]


def test_no_is_an_answer(house, sign_in, post, reading):
    first, second = (sign_in(person) for person in house.crowd[:2])
    _want(post, first, house, 0, 1)
    for _click in range(2):
        assert post(second, f"/copils/q/{house.numbers[0]}/together/no").status_code == 303
    assert post(second, f"/copils/q/{house.numbers[0]}/together/yes").status_code == 409
    assert _order(reading, house) == [1, 2, 3, 4]


def test_what_is_withdrawn_lets_the_other_stand_on_its_own(house, sign_in, post, reading):
    first, second = (sign_in(person) for person in house.crowd[:2])
    _want(post, first, house, 0, 1)
    post(second, f"/copils/q/{house.numbers[0]}/together/yes")
    post(second, f"/copils/q/{house.numbers[1]}/withdraw")
    assert _order(reading, house) == [1, 3, 4]


def test_a_settled_agenda_groups_and_parts_nothing(house, sign_in, post, reading, clock):
    """C07 SPEC 2."""
    first, second = (sign_in(person) for person in house.crowd[:2])
    _want(post, first, house, 0, 1)
    clock.set(LATE)
    assert _want(post, first, house, 0, 2).status_code == 422
    assert post(second, f"/copils/q/{house.numbers[0]}/together/yes").status_code == 409
    assert _order(reading, house) == [1, 2, 3, 4]


def test_a_question_is_grouped_with_one_of_the_same_agenda_only(house, sign_in, post, writing, reading):
    with writing():
        copil_id = make_copil(house.lea, held_at=START + timedelta(days=70))
        elsewhere = make_question(house.crowd[0], copil_id, "Ailleurs ?")
    browser = sign_in(house.crowd[0])
    for other in (elsewhere, house.numbers[0], 999):
        answer = post(browser, f"/copils/q/{house.numbers[0]}/together", {"other": str(other)})
        assert answer.status_code == 422
    assert _order(reading, house) == [1, 2, 3, 4]


@pytest.fixture
def at_once(writing):
    """Do the same act in several transactions that begin together; give what each met."""

    def run(act) -> list[str]:
        barrier = Barrier(TOGETHER)

        def one(index: int) -> str:
            barrier.wait()
            try:
                with writing():
                    act(index)
            except PortalError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(TOGETHER) as threads:
            return sorted(threads.map(one, range(TOGETHER)))

    return run


def test_several_clicks_at_once_ask_once(house, as_viewer, at_once, reading):
    who = as_viewer(house.lea)

    def ask(_index: int) -> None:
        copil = session.get_one(Copil, house.copil_id)
        ask_question(who, copil, words=Words("Encore ?"), is_collective=False, at=now())

    assert at_once(ask) == ["done"] * TOGETHER
    with reading():
        assert len(agenda_of(house.copil_id)) == TOGETHER + 1


def test_several_who_ask_at_once_have_each_a_place(house, as_viewer, at_once, reading):
    viewers = [as_viewer(person) for person in house.crowd]

    def ask(index: int) -> None:
        copil = session.get_one(Copil, house.copil_id)
        ask_question(viewers[index], copil, words=Words(f"Et {index} ?"), is_collective=False, at=now())

    assert at_once(ask) == ["done"] * TOGETHER
    with reading():
        assert [question.position for question in agenda_of(house.copil_id)] == list(range(1, 2 * TOGETHER + 1))


def test_several_clicks_at_once_are_one_voice(house, as_viewer, at_once, reading):
    who = as_viewer(house.lea)
    number = house.numbers[0]
    assert at_once(lambda _index: give_voice(who, session.get_one(Question, number), at=now())) == ["done"] * TOGETHER
    with reading():
        assert session.scalar(sa.select(sa.func.count()).where(Asker.question_id == number)) == 2


def test_voices_given_at_once_make_a_collective_public_once(house, as_viewer, at_once, writing, reading, audit_of):
    """C07 SPEC 11."""
    with writing():
        number = make_question(house.lea, house.copil_id, "Ensemble ?", is_collective=True, asked_at=None)
        session.get_one(Question, number).collective = "Nous"
        session.add_all(Asker(question_id=number, person_id=who.id, invited_at=now()) for who in house.crowd)
        subject = session.get_one(Question, number).subject
    viewers = [as_viewer(person) for person in house.crowd]
    given = at_once(lambda index: give_voice(viewers[index], session.get_one(Question, number), at=now()))
    assert given == ["done"] * TOGETHER
    assert audit_of(subject).count("copils.question_asked") == 1


def test_moves_and_withdrawals_at_once_leave_an_agenda(house, as_viewer, at_once, reading):
    """Nobody waits for somebody who waits for them."""
    viewers = [as_viewer(person) for person in house.crowd]

    def act(index: int) -> None:
        question = session.get_one(Question, house.numbers[index])
        if index % 2:
            withdraw_question(viewers[index], question, at=now())
        else:
            move_question(viewers[index], question, to=4, at=now())

    assert at_once(act) == ["done"] * TOGETHER
    assert sorted(_order(reading, house)) == [1, 3]
