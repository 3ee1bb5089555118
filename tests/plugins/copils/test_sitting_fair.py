"""What nobody takes from the others in the room: the floor, the time, what was said (C07 SPEC 3 and 4)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import PortalError, edition_of, hold_function, now, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import FormerAnswer, Question
from plugins.copils.queries.turns import turns_of
from plugins.copils.services.answering import Reply, answer_of, correct_answer
from plugins.copils.services.keeping import say_done
from tests.plugins.copils.factories import SITTING, START, answered, make_commitment, make_copil, make_question
from tests.plugins.labs.pages import hidden_of, words

PLUGINS = ["copils"]
NO = {"kind": "no", "text": "Trop cher"}


@pytest.fixture
def facilitator(make_user, clock):
    clock.set(START)
    return make_user("Awa Diop", matricule="C02", pin="204816")


@pytest.fixture
def director(make_user):
    return make_user("Paul Martin")


@pytest.fixture
def functions(make_function, director, make_user):
    since = START - timedelta(days=30)
    return [
        make_function("Direction des ports", holder=director, since=since),
        make_function("Élu à la mer", holder=make_user("Zoé Roux"), since=since),
    ]


@pytest.fixture
def copil(writing, facilitator, functions, clock):
    """A copil that has begun five minutes ago."""
    with writing():
        number = make_copil(facilitator, functions, began_at=SITTING)
    clock.set(SITTING + timedelta(minutes=5))
    return number


@pytest.fixture
def question(writing, copil, make_user):
    asker = make_user("Léa Petit")
    with writing():
        return make_question(asker, copil, position=1)


@pytest.fixture
def send(client, sign_in, post):
    """Post to an address of the plugin as somebody."""

    def do(who, path, **typed):
        sign_in(who)
        return post(client, f"/copils/{path}", typed)

    return do


@pytest.fixture
def kept(question, reading):
    """Give the question as it is kept now."""

    def read():
        with reading():
            return session.get_one(Question, question)

    return read


def test_who_decides_does_not_answer_in_the_room_before_those_who_ask_spoke(
    client, send, facilitator, director, copil, question, kept
):
    """C07 SPEC 3: by raw POST neither; nor is it offered."""
    path = f"q/{question}/answer"
    refused = send(director, path, **NO)
    assert refused.status_code == 422
    assert "La parole va d’abord à qui demande." in words(refused)
    assert client.get(f"/copils/{path}").status_code == 409
    assert f'href="/copils/{path}"' not in client.get(f"/copils/q/{question}").text
    assert kept().answered_at is None
    send(facilitator, f"sessions/{copil}/turn", question=question, side="askers")
    assert send(director, path, **NO).status_code == 303
    assert kept().answered_by_id == director.id


def test_once_the_room_is_empty_who_decides_answers_though_nobody_kept_the_time(send, director, question, clock, kept):
    """C07 SPEC 4: the answers are owed for seven working days."""
    clock.advance(days=1)
    assert send(director, f"q/{question}/answer", **NO).status_code == 303
    assert kept().answered_by_id == director.id


def test_whoever_decides_keeps_no_time_by_answering(
    send, facilitator, director, functions, copil, question, reading, writing, clock
):
    """C07 SPEC 3: neither ends a turn nor dates it back; nor whoever facilitates and has become a decider."""
    send(facilitator, f"sessions/{copil}/turn", question=question, side="askers")
    clock.advance(minutes=4)
    send(director, f"q/{question}/answer", **NO, ago="300")
    with reading():
        assert [turn.ended_at for turn in turns_of(copil)] == [None]
    with writing():
        session.execute(sa.update(Question).values(answered_at=None, answered_by_id=None, answer=None))
        hold_function(functions[1], facilitator.id, since=now())
    assert send(facilitator, f"q/{question}/answer", **NO, ago="300").status_code == 303
    with reading():
        assert [turn.ended_at for turn in turns_of(copil)] == [None]


@pytest.mark.parametrize(
    "changed", [{"due_on": "2026-12-15"}, {"function_id": 1}, {"kind": "delegated"}, {"text": "Deux salles"}]
)
def test_a_second_answer_that_says_something_else_is_no_second_click(
    send, facilitator, functions, question, kept, changed
):
    """C07 SPEC 4: it is refused, not swallowed."""
    sent = {"kind": "yes", "text": "Une salle", "soon": "", "due_on": "2026-12-01", "function_id": functions[0]}
    assert send(facilitator, f"q/{question}/answer", **sent).status_code == 303
    if "function_id" in changed:
        changed = {"function_id": functions[1]}
    assert send(facilitator, f"q/{question}/answer", **sent).status_code == 303
    assert send(facilitator, f"q/{question}/answer", **sent | changed).status_code == 409
    assert kept().answer_text == "Une salle"


def test_correcting_a_yes_starts_from_what_was_said_and_all_of_it_stays_readable(
    client, send, facilitator, functions, question, reading
):
    """C07 SPEC 4: the function and the day too, of the answer and of the one before."""
    path = f"q/{question}/answer"
    sent = {"kind": "yes", "text": "Une salle", "soon": "", "due_on": "2026-12-01", "function_id": functions[1]}
    send(facilitator, path, **sent)
    page = client.get(f"/copils/{path}/correct")
    assert f'<option selected value="{functions[1]}">' in page.text
    assert 'value="2026-12-01"' in page.text
    send(facilitator, f"{path}/correct", **sent | {"function_id": functions[0]}, seen=hidden_of(page)["seen"])
    with reading():
        former = session.scalars(sa.select(FormerAnswer)).one()
        assert (former.answer_function_id, former.answer_on.isoformat()) == (functions[1], "2026-12-01")
    before = words(client.get(f"/copils/q/{question}")).split("Ce que disait la réponse avant")[1]
    assert "Élu à la mer" in before and "1 décembre 2026" in before.replace("1er", "1")


def test_of_a_correction_and_a_done_at_the_same_instant_one_is_first(
    facilitator, director, functions, copil, question, as_viewer, writing, reading
):
    """C07 SPEC 4 and 8: on both databases; what was said done is never withdrawn."""
    corrector, owner, barrier = as_viewer(facilitator), as_viewer(director), Barrier(2)
    with writing():
        row = session.get_one(Question, question)
        for column, value in answered(now(), facilitator, "yes", "Une salle").items():
            setattr(row, column, value)
        number = make_commitment(question, functions[0], by=facilitator, holder=director)
        seen = edition_of(asdict(answer_of(row)))

    def correct() -> None:
        found = session.get_one(Question, question), session.get_one(Copil, copil)
        correct_answer(corrector, *found, reply=Reply("no", "Trop cher"), seen=seen, at=now())

    def say() -> None:
        say_done(owner, session.get_one(Commitment, number), proof="Ouverte", at=now())

    def one(act) -> str:
        barrier.wait()
        try:
            with writing():
                act()
        except PortalError as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(one, (correct, say))) == ["Conflict", "done"]
    with reading():
        found = session.get_one(Commitment, number)
        assert (found.withdrawn_at is None) != (found.proposed_at is None)


def test_from_a_shared_screen_nobody_hands_a_copil_over(
    client, sign_in, post, facilitator, make_user, new_client, copil, reading
):
    """The policy of the address asks for a session of one's own."""
    chief = make_user("Omar Sy", role="admin")
    sign_in(chief)
    enrolled = post(client, "/screens", {"name": "Dépôt", "place": "entrée"})
    screen = new_client()
    assert screen.post(re.search(r"/screen/enrol/[\w.=-]+", enrolled.text).group(0)).status_code == 303
    assert screen.post("/screen/pin", data={"identifier": "C02", "pin": "204816"}).status_code == 303
    shown = screen.get(f"/copils/sessions/{copil}")
    path = f"/copils/sessions/{copil}/facilitator"
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text).group(1)
    assert path not in shown.text
    assert screen.get(path).status_code == 403
    assert screen.post(path, data={"csrf_token": token, "facilitator": "Omar Sy"}).status_code == 403
    with reading():
        assert session.get_one(Copil, copil).facilitator_id == facilitator.id


def test_the_form_that_hands_a_copil_over_is_shown_to_who_may_send_it_alone(
    client, sign_in, make_user, director, facilitator, copil
):
    path = f"/copils/sessions/{copil}/facilitator"
    for who in (make_user("Chef", role="admin"), director, make_user("Noé Le Bris")):
        sign_in(who)
        assert client.get(path).status_code == 403
    sign_in(facilitator)
    assert client.get(path).status_code == 200
