"""Two who act at the same instant: one card for a lab, one life for a question, no ring of locks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import Conflict, Event, Subject, edition_of, now, publish, session

from plugins.regards.models.board import Board, Seat
from plugins.regards.queries.cards import said_of
from plugins.regards.queries.lines import question_by_id
from plugins.regards.services.answering import mark_question
from plugins.regards.services.facts import hold
from plugins.regards.services.lines import Words
from plugins.regards.services.revealing import reveal
from plugins.regards.services.writing import write_card
from tests.plugins.regards.factories import WORDS, viewer_for

PLUGINS = ["labs", "regards"]


@pytest.fixture
def writes(board_id, folk):
    """Make an act: somebody hands in the card of Paris."""

    def make(who, words=WORDS, seen=None):
        def act():
            board, at = session.get_one(Board, board_id), now()
            write_card(viewer_for(who), board, as_id=folk.other_group, words=words, is_draft=False, seen=seen, at=at)

        return act

    return make


def test_two_of_a_lab_begin_one_card(at_once, writes, folk, kept):
    """C36 SPEC 4."""
    assert at_once(writes(folk.zoe), writes(folk.lea)) == ["done", "done"]
    assert len(kept().cards) == 1
    assert len(kept().words) == len(WORDS.inspiring + WORDS.risky + WORDS.question)


def test_of_two_who_saw_the_same_card_the_second_is_told(at_once, writes, folk, kept, writing):

    seen = edition_of(said_of(None))
    other = Words(("Autre",), ("Autre",), ("Autre ?",))
    assert sorted(at_once(writes(folk.zoe, WORDS, seen), writes(folk.lea, other, seen))) == ["Overtaken", "done"]
    assert len(kept().words) == 3


def test_what_is_written_while_all_is_revealed_is_kept_or_refused(at_once, writes, folk, kept, board_id, hand_in):
    """C36 SPEC 3: nothing is added to what was shown."""
    hand_in()

    def reveals():
        reveal(viewer_for(folk.awa), session.get_one(Board, board_id), at=now())

    met = at_once(reveals, writes(folk.lea, Words(("Tard",), ("Tard",), ("Tard ?",))))
    assert met[0] == "done"
    assert ("Tard" in kept().words) is (met[1] == "done")


def test_a_question_has_one_life_though_two_take_it_up_at_once(at_once, hand_in, reveal, kept, folk):
    """C36 SPEC 5."""
    hand_in()
    reveal()
    number = next(line.id for line in kept().lines if line.lens == "question")

    def takes_up(made):
        facts = {"kind": "regards.question", "id": number}
        return lambda: publish(Event("labs.question_taken_up", Subject("labs.ephemeral", made), None, now(), facts))

    assert sorted(at_once(takes_up(1), takes_up(2))) == ["Conflict", "done"]


def test_marking_and_taking_up_wait_for_each_other_in_line(at_once, hand_in, reveal, kept, folk):
    hand_in()
    reveal()
    number = next(line.id for line in kept().lines if line.lens == "question")

    def takes_up():
        facts = {"kind": "regards.question", "id": number}
        publish(Event("labs.question_taken_up", Subject("labs.ephemeral", 1), None, now(), facts))

    def marks():
        line = question_by_id(number)
        mark_question(viewer_for(folk.ben), line, state="lit", note="Vu", at=now())

    assert at_once(takes_up, marks) == ["done", "done"]
    (line,) = [line for line in kept().lines if line.id == number]
    assert (line.mark, line.became_id) == ("lit", 1)


def test_whoever_waited_while_a_round_was_taken_back_is_told(board_id, writing):
    """It was there when they loaded it, and is gone once their turn comes."""
    with writing(), pytest.raises(Conflict):
        board = session.get_one(Board, board_id)
        for gone in (Seat.board_id == board_id, Board.id == board_id):
            session.execute(sa.delete(gone.left.table).where(gone))
        hold(board)
