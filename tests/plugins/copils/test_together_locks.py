"""Several acts at the same instant that need the same rows: none waits for one that waits for it (C07)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import edition_of, now, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import ABSENT, Copil, Decider
from plugins.copils.models.question import Asker, Question
from plugins.copils.services.announcing import Plan, announce
from plugins.copils.services.answering import Reply, answer_of, correct_answer
from plugins.copils.services.asking import Words, ask_question, reword_question
from plugins.copils.services.collectives import give_voice
from plugins.copils.services.confirming import confirm
from plugins.copils.services.moving import cancel
from plugins.copils.services.running import begin
from plugins.copils.services.sweeping_commitments import sweep_commitments
from plugins.copils.services.sweeping_copils import sweep_copils
from tests.plugins.copils.factories import (
    SITTING,
    START,
    add_askers,
    answered,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)

PLUGINS = ["copils"]
ROUNDS = 6
LATE = SITTING - timedelta(days=1)


@pytest.fixture
def house(make_user, writing, clock, as_viewer):
    """Give who facilitates and announces, who asks, somebody else, a function that answers."""
    clock.set(START)
    lea, awa, omar = make_user("Léa Petit", role="admin"), make_user("Awa Diop"), make_user("Omar Sy")
    with writing():
        function_id = make_function("Direction générale")
    viewers = {"of_lea": as_viewer(lea), "of_awa": as_viewer(awa), "of_omar": as_viewer(omar)}
    return SimpleNamespace(lea=lea, awa=awa, omar=omar, function_id=function_id, **viewers)


def _copil(number: int) -> Copil:
    return session.get_one(Copil, number)


def _question(number: int) -> Question:
    return session.get_one(Question, number)


def _calling_off(house, number: int):
    return lambda: cancel(house.of_lea, _copil(number), reason="Grève", at=now())


def _ask(who, copil_id: int, text: str):
    ask_question(who, _copil(copil_id), words=Words(text), is_collective=False, at=now())


def test_a_copil_is_called_off_while_another_is_asked_something(house, writing, at_once):
    with writing():
        later = make_copil(house.lea, [house.function_id], held_at=SITTING + timedelta(days=30))
    for turn in range(ROUNDS):
        with writing():
            here = make_copil(house.lea, [house.function_id])
            for place in range(1, 4):
                make_question(house.awa, here, f"{turn} {place} ?", position=place)
        assert at_once(_calling_off(house, here), lambda turn=turn: _ask(house.of_omar, later, f"Et {turn} ?")) == [
            "done",
            "done",
        ]


def test_two_copils_called_off_at_once_leave_no_question_behind(house, writing, reading, at_once):
    for _turn in range(ROUNDS):
        with writing():
            pair = [make_copil(house.lea, [house.function_id], held_at=SITTING + timedelta(days=day)) for day in (0, 1)]
            numbers = [make_question(house.awa, here, f"{here} ?", position=1) for here in pair]
        met = at_once(*(_calling_off(house, here) for here in pair))
        assert met == ["done", "done"]
        with reading():
            assert {_question(number).copil_id for number in numbers} == {None}
        with writing():
            session.execute(sa.delete(Asker))
            session.execute(sa.update(Question).values(withdrawn_at=now()))


def test_the_day_that_passed_is_told_while_another_promise_is_judged(house, writing, make_user, clock, at_once):
    ben = make_user("Ben Roux")
    with writing():
        means = make_function("Moyens", ben)
        here = make_copil(house.lea, [house.function_id])
    for turn in range(ROUNDS):
        clock.set(START)
        with writing():
            question = make_question(house.awa, here, f"{turn} ?", position=turn + 1)
            for _promise in range(4):
                make_commitment(question, means, by=house.lea, holder=ben)
            said = {"proposed_at": now(), "proposed_by_id": ben.id, "proof": "Fait"}
            done = make_commitment(question, means, by=house.lea, holder=ben, **said)
        clock.set(START + timedelta(days=40))
        assert at_once(
            lambda: sweep_commitments(now()),
            lambda done=done: confirm(house.of_awa, session.get_one(Commitment, done), at=now()),
        ) == ["done", "done"]


def _sit(house, here: int):
    seats = session.scalars(sa.select(Decider.id).where(Decider.copil_id == here))
    begin(house.of_lea, _copil(here), presences=dict.fromkeys(seats, ABSENT), at=now())


def _announce(house):
    plan = Plan("Copil d’hiver", SITTING + timedelta(days=60), 120, "", (house.function_id,), house.lea, "intranet")
    announce(house.of_lea, plan=plan, at=now())


def _reword(house, number: int):
    reword_question(house.of_awa, _question(number), words=Words("Plus court ?"), at=now())


def _correct(house, number: int):
    question, reply = _question(number), Reply("no", "Parce que")
    seen = edition_of(asdict(answer_of(question)))
    correct_answer(house.of_lea, question, question.copil, reply=reply, seen=seen, at=now())


ACTS = {
    "announce": (START, lambda house, found: _announce(house)),
    "call off": (START, lambda house, found: cancel(house.of_lea, _copil(found.here), reason="Grève", at=now())),
    "too few came": (SITTING, lambda house, found: _sit(house, found.here)),
    "a late third voice": (LATE, lambda house, found: give_voice(house.of_omar, _question(found.gathering), at=now())),
    "sent again late": (LATE, lambda house, found: _reword(house, found.returned)),
    "the clock": (LATE, lambda house, found: sweep_copils(now())),
    "an answer is corrected": (SITTING, lambda house, found: _correct(house, found.answered)),
}


def _make_all(house) -> SimpleNamespace:
    """Make a copil and the next one, on the first a question, one that gathers its third voice, one returned."""
    make_copil(house.lea, [house.function_id], held_at=SITTING + timedelta(days=30))
    here = make_copil(house.lea, [house.function_id])
    make_question(house.awa, here, position=1)
    make_question(house.awa, None, "Qui attend ?")
    gathering = make_question(house.awa, here, "Ensemble ?", is_collective=True, collective="Nous", asked_at=None)
    add_askers(gathering, [house.lea])
    session.add(Asker(question_id=gathering, person_id=house.omar.id, invited_at=now()))
    returned = make_question(house.awa, here, "Trop ?", returned_at=now(), return_reason="Trop long")
    running = make_copil(house.lea, [house.function_id], began_at=SITTING)
    done = make_question(house.awa, running, "Et là ?", position=1, **answered(SITTING, house.lea, "yes", "Oui"))
    make_commitment(done, house.function_id, by=house.lea)
    return SimpleNamespace(here=here, gathering=gathering, returned=returned, answered=done)


@pytest.mark.parametrize("name", ACTS)
def test_every_row_is_held_before_the_audit_is(house, writing, clock, name):
    """Whoever writes in the audit keeps it to the end: waiting for a row from then on could be waiting in a ring."""
    instant, act = ACTS[name]
    with writing():
        found = _make_all(house)
    clock.set(instant)
    said: list[str] = []
    with writing():
        engine = session.get_bind()
        note = lambda _conn, _cursor, statement, *_more: said.append(statement)  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", note)
        act(house, found)
        sa.event.remove(engine, "before_cursor_execute", note)
    first = next(place for place, statement in enumerate(said) if statement.startswith("UPDATE audit_head"))
    held = [place for place, statement in enumerate(said) if "FOR UPDATE" in statement]
    assert engine.dialect.name == "sqlite" or held, "nothing is held"
    assert [said[place] for place in held if place > first] == []
