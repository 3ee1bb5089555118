"""Who asked, and who judged what followed, is forgotten after five years; what was asked and promised stays (P17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import now, session
from portal.content.privacy.retention import run_retention

from plugins.copils.models.commitment import Commitment, Refusal
from plugins.copils.models.question import KEEP_DAYS, Asker, Question
from tests.plugins.copils.factories import (
    START,
    add_askers,
    answered,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)

PLUGINS = ["copils"]
END = START + timedelta(days=KEEP_DAYS)


@pytest.fixture
def forget(writing, clock):
    """Let the retention run at an instant."""

    def run(at):
        clock.set(at)
        with writing():
            while run_retention(now()):
                pass

    return run


def _named(reading) -> list[int]:
    """Give the numbers of the questions of which somebody is still known to ask them."""
    with reading():
        asked = sa.select(Question.id).where(Question.author_id.is_not(None)).order_by(Question.id)
        voices = sa.select(Asker.question_id).where(Asker.person_id.is_not(None)).order_by(Asker.question_id)
        found, heard = list(session.scalars(asked)), sorted(set(session.scalars(voices)))
    assert found == heard
    return found


def test_whoever_asked_is_forgotten_though_nobody_ever_answered(make_user, writing, reading, forget, clock):
    clock.set(START)
    awa, lea = make_user("Awa Diop"), make_user("Léa Petit")
    with writing():
        copil_id = make_copil(lea)
        unanswered = make_question(awa, copil_id)
        gathering = make_question(awa, copil_id, asked_at=None, is_collective=True, collective="Nous")
        late = make_question(awa, copil_id, **answered(START + timedelta(days=40), lea))
        add_askers(late, [lea])
    forget(END - timedelta(days=1))
    assert _named(reading) == [unanswered, gathering, late]
    forget(END + timedelta(days=1))
    assert _named(reading) == [late]
    forget(END + timedelta(days=41))
    assert _named(reading) == []
    with reading():
        assert session.get_one(Question, unanswered).text == "Pourquoi trois signatures ?"


def test_whoever_judged_is_forgotten_and_the_judgement_stays(make_user, writing, reading, forget, clock):
    clock.set(START)
    awa, lea = make_user("Awa Diop"), make_user("Léa Petit")
    with writing():
        promised = make_commitment(
            make_question(awa, make_copil(lea)),
            make_function("Moyens généraux"),
            by=lea,
            known_by="On y entre",
            known_by_id=awa.id,
            confirmed_at=START,
            confirmed_by_id=awa.id,
        )
        refusal = Refusal(
            commitment_id=promised,
            proposed_by_id=lea.id,
            proposed_at=START,
            reason="Fermée",
            person_id=awa.id,
            refused_at=START,
        )
        session.add(refusal)
        session.flush()
        number = refusal.id
    forget(END + timedelta(days=1))
    with reading():
        commitment, refused = session.get_one(Commitment, promised), session.get_one(Refusal, number)
        assert (commitment.known_by_id, commitment.confirmed_by_id, refused.person_id) == (None, None, None)
        assert (commitment.known_by, commitment.confirmed_at, refused.reason) == ("On y entre", START, "Fermée")
