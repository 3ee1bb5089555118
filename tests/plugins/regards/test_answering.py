"""After the reveal the team replies, and each question has a life (C36 SPEC 2 and 5)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, Subject, now, session

from plugins.regards.models.board import Board
from plugins.regards.queries.cards import OWN_NAME
from plugins.regards.queries.lines import question_by_id
from plugins.regards.services.answering import mark_question, reopen_question, reply_to
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import hidden_of, words
from tests.plugins.regards.factories import viewer_for

PLUGINS = ["labs", "regards"]
ASKED = "Où trouver des ambassadeurs ?"


@pytest.fixture
def line(hand_in, reveal, kept):
    """Reveal a card of Paris; give the number of a line by its lens."""
    hand_in()
    reveal()
    found = {each.lens: each.id for each in kept().lines}
    return found.__getitem__


@pytest.fixture
def question(line):
    return f"/regards/q/{line('question')}"


@pytest.mark.parametrize("lens", ["inspiring", "risky", "question"])
def test_the_team_replies_to_any_line(line, sign_in, post, folk, url, lens):
    """C36 SPEC 2: members only reply."""
    address = f"/regards/lines/{line(lens)}/reply"
    assert address in sign_in(folk.ben).get(url).text
    assert post(sign_in(folk.ben), address, {"words": "Merci, nous y travaillons."}).status_code == 303
    assert "Merci, nous y travaillons." in sign_in(folk.lea).get(url).text


@pytest.mark.parametrize("who", ["zoe", "lea", "omar", "admin"])
def test_nobody_else_replies(line, sign_in, post, folk, kept, who):
    """C36 SPEC 2."""
    sent = post(sign_in(getattr(folk, who)), f"/regards/lines/{line('risky')}/reply", {"words": "Moi"})
    assert sent.status_code in {403, 404}
    assert not any(each.reply for each in kept().lines)


@pytest.mark.parametrize("act", ["reply", "mark", "reopen"])
def test_services_ask_the_facts_again(line, writing, folk, act):
    """C36 SPEC 2 and 5: a service may be called without any page."""
    with writing():
        question, stranger = question_by_id(line("question")), viewer_for(folk.omar)
        acts = {
            "reply": lambda: reply_to(stranger, question, words="Moi", at=now()),
            "mark": lambda: mark_question(stranger, question, state="lit", note="Moi", at=now()),
            "reopen": lambda: reopen_question(stranger, question, at=now()),
        }
        with pytest.raises(Forbidden):
            acts[act]()


def test_two_of_the_team_do_not_overwrite_each_other(line, sign_in, post, folk, kept):
    address = f"/regards/lines/{line('risky')}/reply"
    ben, awa = sign_in(folk.ben), sign_in(folk.awa)
    shown = hidden_of(awa.get(address))
    post(ben, address, shown | {"words": "La première"})
    refused = post(awa, address, shown | {"words": "La seconde"})
    assert refused.status_code == 422
    assert "Entre-temps, on y lit : « La première »" in words(refused)
    assert "La seconde" in refused.text
    assert [each.reply for each in kept().lines if each.reply] == ["La première"]


@pytest.mark.parametrize("who", ["ben", "zoe", "lea"])
@pytest.mark.parametrize("state", ["lit", "closed"])
def test_the_team_and_those_who_asked_say_what_became_of_it(question, sign_in, post, folk, who, state):
    """C36 SPEC 5: {ouverte, éclairée, close}; reopening is the undo."""
    browser = sign_in(getattr(folk, who))
    assert "ouverte" in browser.get(question).text
    assert post(browser, f"{question}/mark", {"state": state, "note": "On en a trouvé trois."}).status_code == 303
    text = browser.get(question).text
    assert {"lit": "éclairée", "closed": "close"}[state] in text
    assert "On en a trouvé trois." in text
    assert post(browser, f"{question}/reopen").status_code == 303
    assert "On en a trouvé trois." not in browser.get(question).text


def test_it_takes_one_sentence(question, sign_in, post, folk, kept):
    for note in ("", "é" * 241):
        assert post(sign_in(folk.ben), f"{question}/mark", {"state": "lit", "note": note}).status_code == 422
    assert not any(each.mark for each in kept().lines)


def test_others_of_the_network_do_not(question, sign_in, post, folk, writing, kept):
    """C36 SPEC 5: Paul belongs to a third lab."""
    with writing():
        make_lab("Labo de Mulhouse", [folk.omar])
    browser = sign_in(folk.omar)
    assert browser.get(question).status_code == 200
    assert post(browser, f"{question}/mark", {"state": "lit", "note": "Moi"}).status_code == 403
    assert post(browser, f"{question}/reopen").status_code == 403
    assert not any(each.mark for each in kept().lines)


def test_a_question_asked_by_many_has_one_life(hand_in, reveal, kept, sign_in, post, folk, client):
    """C36 SPEC 7 and 5."""
    hand_in(folk.zoe)
    hand_in(folk.lea, as_id=OWN_NAME, question="ou trouver des AMBASSADEURS")
    reveal()
    first, second = [each.id for each in kept().lines if each.lens == "question"]
    assert sign_in(folk.ben).get(f"/regards/q/{second}").status_code == 404
    page = sign_in(folk.ben).get(f"/regards/q/{first}").text
    assert "Labo de Paris" in page
    assert post(sign_in(folk.lea), f"/regards/q/{first}/mark", {"state": "lit", "note": "Vu"}).status_code == 303
    rows = sign_in(folk.ben).get("/regards/q/questions.json").json
    assert [(row["question"], row["state"]) for row in rows] == [(ASKED, "éclairée")]


def test_a_line_of_another_lens_is_no_question(line, sign_in, folk):
    assert sign_in(folk.ben).get(f"/regards/q/{line('risky')}").status_code == 404


def test_questions_are_found_by_words_state_and_what_was_reviewed(line, sign_in, folk):
    browser = sign_in(folk.lea)
    found = {
        "": True,
        "q=AMBASSADEURS": True,
        "q=rien": False,
        "state=open": True,
        "state=lit": False,
        "state=nonsense": True,
        f"about=labs.lab:{folk.lab_id}": True,
        f"about=labs.lab:{folk.other_id}": False,
        "about=labs.lab:x": True,
        "about=labs.lab:99999999999": True,
    }
    assert {asked: ASKED in browser.get(f"/regards/q/?{asked}").text for asked in found} == found
    assert {asked: ASKED in browser.get(f"/regards/q/questions.csv?{asked}").text for asked in found} == found


def test_only_readable_questions_are_listed(line, sign_in, folk):
    assert ASKED not in sign_in(folk.omar).get("/regards/q/").text
    assert sign_in(folk.omar).get("/regards/q/questions.json").json == []


def test_the_title_of_what_was_reviewed_outlives_its_plugin(line, sign_in, folk, writing, url):
    """G8: the last known title stays, as text."""
    with writing():
        session.execute(sa.text("UPDATE regards_board SET subject_kind = 'stands.stand'"))
    page = sign_in(folk.lea).get(url)
    assert page.status_code == 200
    assert "Labo de Dunkerque" in page.text
    assert f'href="/labs/{folk.lab_id}"' not in page.text


def test_those_concerned_are_told(line, question, sign_in, post, folk):
    """G9."""
    assert "Tout est révélé" in sign_in(folk.ben).get("/news").text
    assert "Tout est révélé" in sign_in(folk.lea).get("/news").text
    post(sign_in(folk.ben), f"/regards/lines/{line('question')}/reply", {"words": "Bientôt"})
    assert "L’équipe relue a répondu" in sign_in(folk.lea).get("/news").text
    post(sign_in(folk.ben), f"{question}/mark", {"state": "lit", "note": "Vu"})
    assert "Du nouveau sur une question" in sign_in(folk.zoe).get("/news").text
    assert "Du nouveau" not in sign_in(folk.omar).get("/news").text


def test_today_says_what_waits(hand_in, reveal, sign_in, folk, post, kept):
    """A card to write for one’s lab, a reveal, questions put to one’s team."""
    assert "Un tour de regards est ouvert à votre labo" in sign_in(folk.lea).get("/").text
    assert "Un tour de regards est ouvert à votre labo" not in sign_in(folk.ben).get("/").text
    hand_in()
    assert "Un tour de regards est ouvert à votre labo" not in sign_in(folk.lea).get("/").text
    assert "Des cartes attendent d’être révélées" in sign_in(folk.ben).get("/").text
    reveal()
    assert "Des cartes attendent d’être révélées" not in sign_in(folk.ben).get("/").text
    assert "Des questions sont posées à votre équipe" in sign_in(folk.ben).get("/").text
    assert "Des questions sont posées à votre équipe" not in sign_in(folk.lea).get("/").text
    (number,) = [each.id for each in kept().lines if each.lens == "question"]
    post(sign_in(folk.ben), f"/regards/lines/{number}/reply", {"words": "Bientôt"})
    assert "Des questions sont posées à votre équipe" not in sign_in(folk.ben).get("/").text


@pytest.fixture
def for_all(sign_in, folk, post, url):
    """Let every agent read the round."""
    return lambda: post(sign_in(folk.ben), f"{url}/audience", {"audience": "intranet"})


def test_the_wall_shows_open_questions_and_no_name(line, sign_in, folk, post, for_all, new_client):
    for_all()
    lea = sign_in(folk.lea)
    assert ASKED in lea.get("/regards/q/wall").text
    assert post(lea, "/regards/q/door").status_code == 303
    page = lea.get("/regards/q/door").text
    address = page.partition("http://localhost/regards/wall/")[2].partition("<")[0].partition('"')[0]
    wall = new_client().get(f"/regards/wall/{address}")
    assert ASKED in wall.text
    assert "Labo de Dunkerque" in wall.text
    assert not any(name in wall.text for name in ("Zoé", "Léa", "Awa"))
    assert post(lea, "/regards/q/door/close").status_code == 303
    assert new_client().get(f"/regards/wall/{address}").status_code == 404


def test_a_wall_without_session_shows_nothing_of_the_network(line, sign_in, folk, post, for_all, new_client):
    """C36 SPEC 6: whoever passes the screen is of no lab; its opener reads the question, signed in."""
    lea = sign_in(folk.lea)
    post(lea, "/regards/q/door")
    page = lea.get("/regards/q/door").text
    address = page.partition("http://localhost/regards/wall/")[2].partition("<")[0].partition('"')[0]
    wall = new_client().get(f"/regards/wall/{address}").text
    assert "Aucune question en suspens n’est ouverte à tous les agents" in wall
    assert not any(words in wall for words in (ASKED, "Labo de Dunkerque", "autre"))
    assert ASKED in lea.get("/regards/q/wall").text
    for_all()
    assert ASKED in new_client().get(f"/regards/wall/{address}").text


def test_a_wall_reads_as_its_opener_reads_now(line, sign_in, folk, post, for_all, new_client, writing):
    for_all()
    lea = sign_in(folk.lea)
    post(lea, "/regards/q/door")
    page = lea.get("/regards/q/door").text
    address = page.partition("http://localhost/regards/wall/")[2].partition("<")[0].partition('"')[0]
    with writing():
        session.execute(sa.update(Board).values(visible_until=now()))
    assert ASKED not in new_client().get(f"/regards/wall/{address}").text


def test_who_belongs_to_no_lab_opens_no_wall(sign_in, post, folk):
    assert post(sign_in(folk.omar), "/regards/q/door").status_code == 403


def test_the_audit_tells_each_change(line, question, sign_in, post, folk, audit_of, board_id):
    """G1."""
    post(sign_in(folk.ben), f"{question}/mark", {"state": "lit", "note": "Vu"})
    post(sign_in(folk.ben), f"{question}/reopen")
    post(sign_in(folk.ben), f"/regards/lines/{line('risky')}/reply", {"words": "Oui"})
    board = audit_of(Subject("regards.board", board_id))
    assert board == ["regards.card_handed_in", "regards.board_revealed", "regards.line_replied"]
    asked = audit_of(Subject("regards.question", line("question")))
    assert asked == ["regards.question_marked", "regards.question_reopened"]
