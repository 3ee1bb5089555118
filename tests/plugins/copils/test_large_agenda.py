"""A copil to which the whole house puts questions: its page stays one that one reads on a phone (C07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import now, session

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import agenda_glances, agenda_of, heard_at, is_put_at, was_put_at
from plugins.copils.queries.commitments import Search, with_first_days
from plugins.copils.queries.copils import SHOWN_AT_ONCE
from tests.plugins.copils.factories import START, make_commitment, make_copil, make_function, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
MANY = SHOWN_AT_ONCE + 6


@pytest.fixture
def awa(make_user):
    return make_user("Awa Diop")


@pytest.fixture
def copil_id(writing, make_user, clock, awa):
    """Give a copil of many questions; the last is asked together with the first, two stand beside the agenda."""
    clock.set(START)
    lea = make_user("Léa Petit")
    with writing():
        found = make_copil(lea, [make_function("Direction générale")])
        numbers = [make_question(awa, found, f"Question {place} ?", position=place) for place in range(1, MANY + 1)]
        make_question(awa, found, "Avec la première ?", position=MANY + 1, merged_into_id=numbers[0])
        make_question(awa, found, "Retirée ?", position=MANY + 2, withdrawn_at=now())
        make_question(awa, found, "Renvoyée ?", position=MANY + 3, returned_at=now(), return_reason="Trop long")
    return found


def test_a_page_shows_the_first_questions_and_leads_to_all(client, sign_in, make_user, copil_id):
    """What stands beside the agenda stays on both."""
    sign_in(make_user("Omar Sy"))
    first, whole = (client.get(f"/copils/sessions/{copil_id}{more}") for more in ("", "?questions=all"))
    assert f"Question {SHOWN_AT_ONCE} ?" in words(first) and f"Question {SHOWN_AT_ONCE + 1} ?" not in words(first)
    assert "?questions=all" in first.text and "?questions=all" not in whole.text
    for page in (first, whole):
        assert "Avec la première ?" in words(page) and "Trop long" in words(page)
    assert f"Question {MANY} ?" in words(whole)


def test_a_file_has_every_question(client, sign_in, awa, copil_id):
    sign_in(awa)
    rows = client.get(f"/copils/sessions/{copil_id}/questions.json").get_json()
    assert len(rows) == MANY + 3


def test_more_questions_take_no_more_statements(reading, as_viewer, awa, copil_id):
    said: list[str] = []

    def note(_conn, _cursor, statement, *_more):
        said.append(statement)

    counts = []
    for most in (1, None):
        with reading():
            copil, engine = session.get_one(Copil, copil_id), session.get_bind()
            said.clear()
            sa.event.listen(engine, "before_cursor_execute", note)
            agenda_glances(as_viewer(awa), copil, at=START, most=most)
            sa.event.remove(engine, "before_cursor_execute", note)
        counts.append(len(said))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_listening", [False, True])
def test_what_is_put_at_a_copil_is_said_the_same_in_python_and_in_sql(writing, reading, copil_id, is_listening):
    with writing():
        session.get_one(Copil, copil_id).is_listening = is_listening
    with reading():
        copil = session.get_one(Copil, copil_id)
        rows = session.scalars(sa.select(Question)).all()
        assert {row.id for row in rows if is_put_at(copil, row)} == {row.id for row in agenda_of(copil_id)}
        assert {row.id for row in rows if was_put_at(copil, row)} == {row.id for row in heard_at(copil)}


def test_a_function_that_promises_while_a_file_is_written_is_in_it(writing, reading, as_viewer, awa, copil_id):
    """Its card is asked for when its line comes."""
    with writing():
        question = session.scalars(sa.select(Question.id).order_by(Question.id)).first()
        old, new = make_function("Ancienne"), make_function("Nouvelle")
        for place, function_id in enumerate((old, new)):
            due_on = (START + timedelta(days=place + 1)).date()
            make_commitment(question, function_id, by=awa, due_on=due_on, pressing_on=due_on)
        late = session.scalars(sa.select(Commitment.id).where(Commitment.function_id == new)).one()
        session.execute(sa.update(Commitment).where(Commitment.id == late).values(function_id=old))

    def promise(_conn, cursor, statement, *_more):
        if "copils_former_due" in statement:
            cursor.connection.execute(f"UPDATE copils_commitment SET function_id = {new} WHERE id = {late}")

    with writing():
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", promise)
        rows = list(with_first_days(as_viewer(awa), Search(), at=START))
        sa.event.remove(engine, "before_cursor_execute", promise)
        assert [glance.function.name for glance, _day in rows] == ["Ancienne", "Nouvelle"]
