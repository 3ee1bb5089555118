"""What goes wrong around a round: opened too wide, misnamed, said twice, flooded, taken up and given up."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import now, session
from portal.content.settings import write_words

from plugins.regards.models.board import Board
from plugins.regards.services.lines import Words, sign_of
from plugins.regards.services.opening import open_board
from tests.plugins.labs.pages import words
from tests.plugins.regards.factories import TYPED, make_card, viewer_for
from tests.plugins.regards.test_taking_up import copil_id, forms_of  # noqa: F401
from tests.plugins.regards.test_visiting import door, fair, key, leave  # noqa: F401

PLUGINS = ["labs", "regards", "copils"]
KEY = "k" * 32


@pytest.fixture
def question(hand_in, reveal, kept):
    """Give the number of a question that is revealed."""
    hand_in()
    reveal()
    return next(line.id for line in kept().lines if line.lens == "question")


@pytest.mark.parametrize(("who", "status"), [("lea", 403), ("ben", 303)])
def test_only_the_reviewed_team_opens_wider_than_the_network(folk, sign_in, post, who, status, reading):
    """C36 SPEC 6; the form does not offer it to others."""
    client, address = sign_in(getattr(folk, who)), f"/regards/on/labs.lab/{folk.lab_id}"
    assert ('value="intranet"' in client.get(address).text) is (status == 303)
    post(client, address, {"occasion": "Large", "audience": "intranet"})
    with reading():
        assert session.scalars(sa.select(Board.audience)).all() == (["intranet"] if status == 303 else ["network"])


def test_two_who_open_a_round_at_once_open_one(at_once, folk, reading):
    def opens(who):
        by = viewer_for(who)
        return lambda: open_board(by, folk.reviewed, occasion="Ensemble", audience="network", at=now())

    with reading():
        acts = [opens(folk.zoe), opens(folk.lea)]
    assert at_once(*acts) == ["done", "done"]
    with reading():
        assert len(session.scalars(sa.select(Board.id)).all()) == 1


def test_the_occasion_is_corrected(folk, sign_in, post, url, kept):
    assert post(sign_in(folk.zoe), f"{url}/occasion", {"occasion": "Interlabos  d’octobre"}).status_code == 303
    assert kept().board.occasion == "Interlabos d’octobre"
    assert post(sign_in(folk.lea), f"{url}/occasion", {"occasion": "Non"}).status_code == 403


def test_a_paper_card_and_a_visitor_do_not_pass_for_a_lab(folk, sign_in, post, url, board_id, reveal, writing):
    post(sign_in(folk.zoe), f"{url}/paper", TYPED | {"key": KEY, "signed": "Labo de Paris"})
    with writing():
        make_card(board_id, Words(("a",), ("b",), ("c ?",)), origin="visitor", signed="Labo de Lyon")
    reveal()
    zoe = sign_in(folk.zoe)
    for page in (zoe.get(url), zoe.get(f"{url}/wall"), zoe.get(f"{url}/sheet"), zoe.get(f"{url}/lines.csv")):
        assert "Labo de Paris (carte papier)" in page.text
        assert "Labo de Lyon (une personne de passage)" in page.text


def test_what_was_said_of_a_question_by_a_draft_or_twice_asks_nothing_of_the_team(
    folk, sign_in, post, url, hand_in, question, board_id, writing
):
    with writing():
        make_card(board_id, Words(("a",), ("b",), ("Cachée ?",)), is_draft=True, origin="person", author_id=folk.lea.id)
        make_card(board_id, origin="person", author_id=folk.lea.id)
    awa = sign_in(folk.awa)
    assert url in awa.get("/").text
    post(awa, f"/regards/lines/{question}/reply", {"words": "Merci"})
    assert url not in awa.get("/").text


def test_a_lab_that_is_called_off_gives_its_question_back(folk, sign_in, post, question, kept):
    """C36 SPEC 5."""
    lea, address = sign_in(folk.lea), f"/labs/{folk.other_id}/open?takes_up=regards.question:{question}"
    made = post(lea, address, forms_of(lea.get(address), "question") | {"starts_at": "2026-09-08T10:00"}).location
    assert next(line for line in kept().lines if line.id == question).became_kind == "labs.ephemeral"
    off = re.search(r"/labs/e/\d+/(?:off|cancel)", lea.get(made).text).group()
    assert post(lea, off).status_code == 303
    assert next(line for line in kept().lines if line.id == question).became_kind is None


def test_a_copil_question_that_is_withdrawn_gives_its_origin_back(folk, sign_in, post, question, copil_id, kept):  # noqa: F811
    """C36 SPEC 5."""
    lea, address = sign_in(folk.lea), f"/copils/sessions/{copil_id}/ask?takes_up=regards.question:{question}"
    made = post(lea, address, forms_of(lea.get(address), "text")).location
    assert next(line for line in kept().lines if line.id == question).became_kind == "copils.question"
    assert post(lea, f"{made}/withdraw").status_code == 303
    assert next(line for line in kept().lines if line.id == question).became_kind is None


def test_a_question_lit_then_taken_up_has_become_and_is_freed_by_its_team(folk, sign_in, post, question, kept):
    """C36 SPEC 5."""
    ben, lea = sign_in(folk.ben), sign_in(folk.lea)
    post(ben, f"/regards/q/{question}/mark", {"state": "lit", "note": "Vu"})
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{question}"
    post(lea, address, forms_of(lea.get(address), "question"))
    assert TYPED["question"] in lea.get("/regards/q/?state=became").text
    for _twice in range(2):
        post(ben, f"/regards/q/{question}/reopen")
    assert next(line for line in kept().lines if line.id == question).became_kind is None


def test_of_two_who_say_what_became_of_a_question_the_second_is_told(folk, sign_in, post, question, kept):
    address = f"/regards/q/{question}/mark"
    zoe, awa = sign_in(folk.zoe), sign_in(folk.awa)
    before = forms_of(zoe.get(address), "note")
    assert post(awa, address, before | {"state": "lit", "note": "Deux mois de travail"}).status_code == 303
    late = post(zoe, address, before | {"state": "closed", "note": "Non"})
    assert late.status_code == 422
    assert "Entre-temps, on y lit : Éclairée" in words(late)
    assert "Entre-temps, on y lit : « Deux mois de travail »" in words(late)
    assert [line.note for line in kept().lines if line.note] == ["Deux mois de travail"]


def test_no_word_of_a_card_is_changed(hand_in, kept):
    hand_in(inspiring="-20 % de papier\n- Une puce", risky="Le rapport coût / bénéfice")
    assert {"-20 % de papier", "Une puce", "Le rapport coût / bénéfice"} <= set(kept().words)


def test_a_question_and_an_exclamation_do_not_say_the_same():
    """C36 SPEC 7."""
    assert sign_of("On continue ?") != sign_of("On continue !")
    assert sign_of("On continue.") == sign_of("on CONTINUE")


class TestAtTheDoor:
    """Where visitors write."""

    @pytest.fixture
    def board_id(self, folk, writing, fair):  # noqa: F811
        with writing():
            return open_board(viewer_for(folk.zoe), folk.reviewed, occasion="Foire", audience="network", at=now()).id

    def test_the_team_is_shown_no_door_and_let_in_by_none(self, folk, sign_in, door, kept):  # noqa: F811
        """C36 SPEC 2."""
        ben = sign_in(folk.ben)
        assert door not in ben.get(f"/labs/{folk.lab_id}").text
        assert door in sign_in(folk.lea).get(f"/labs/{folk.lab_id}").text
        assert sign_in(folk.ben).get(door).status_code == 403

    def test_words_stay_before_a_visitor_who_comes_when_many_have(self, leave, writing):  # noqa: F811
        with writing():
            write_words("regards", "visitors_an_hour", words=["1"])
        leave()
        late = leave(risky="Une heure de travail")
        assert late.status_code == 429
        assert "Une heure de travail" in late.text

    def test_a_form_that_comes_again_with_other_words_corrects_its_card(self, leave, key, kept, new_client):  # noqa: F811
        drawn = key()
        sent = leave(key=drawn)
        leave(key=drawn, risky="Corrigé")
        assert "Corrigé" in kept().words
        new_client().post(f"{sent.location}/undo")
        leave(key=drawn, risky="Réécrit")
        assert "Réécrit" in kept().words
        assert len(kept().cards) == 1
