"""Hidden from everybody but their authors until the common reveal, or two days, through every door (C36 SPEC 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.api import Forbidden, Invalid, Subject, add_member, now, session

from plugins.regards.models.board import Board, Seat
from plugins.regards.queries.cards import OWN_NAME
from plugins.regards.services.opening import open_board
from plugins.regards.services.revealing import open_to
from plugins.regards.services.sweeping import sweep_reveals
from plugins.regards.views.packs import files_of
from tests.plugins.regards.factories import START, TYPED, viewer_for

PLUGINS = ["labs", "regards"]
SAID = tuple(TYPED.values())
DOORS = (
    "",
    "/lines.csv",
    "/lines.json",
    "/sheet",
    "/wall",
    "/code",
    "/paper",
    "/reveal",
    "/audience",
)
ELSEWHERE = (
    "/",
    "/news",
    "/regards/",
    "/regards/rounds.csv",
    "/regards/rounds.json",
    "/regards/q/",
    "/regards/q/questions.csv",
    "/regards/q/questions.json",
    "/regards/q/wall",
    "/regards/q/?q=ambassadeurs",
    "/regards/?q=ambassadeurs",
    "/labs/1",
)


def pages_of(browser, url, line=1):
    own = [f"{url}{door}" for door in DOORS]
    lines = [f"/regards/q/{line}", f"/regards/lines/{line}/reply", f"/regards/q/{line}/mark"]
    return {address: browser.get(address).text for address in (*own, *ELSEWHERE, *lines)}


def told(pages):
    return sorted({address for address, text in pages.items() for words in SAID if words in text})


@pytest.mark.parametrize("who", ["awa", "ben", "noe", "omar", "admin", "zoe"])
def test_lines_are_hidden_until_the_reveal_through_every_door(hand_in, kept, sign_in, folk, url, who, writing):
    """C36 SPEC 3: from the team, from who opened the round, from peers of another lab, from administrators."""
    with writing():
        session.get_one(Board, kept().board.id).audience = "intranet"
    hand_in(folk.lea, as_id=OWN_NAME)
    line = kept().lines[-1].id
    assert told(pages_of(sign_in(getattr(folk, who)), url, line)) == []


def test_nor_are_they_in_the_pack_of_a_stand(hand_in, reading, folk, app):
    """C36 SPEC 3 and C35 SPEC 4."""
    hand_in()
    with reading(), app.test_request_context():
        assert not list(files_of(folk.reviewed, viewer_for(folk.awa)))


def test_the_authors_read_their_own_card_and_nothing_else(hand_in, sign_in, folk, url):
    """C36 SPEC 3: whoever is in the lab that writes, and is not of the team."""
    hand_in(folk.zoe)
    assert SAID[0] in sign_in(folk.lea).get(f"{url}/card/{folk.other_group}").text
    assert sign_in(folk.noe).get(f"{url}/card/{folk.other_group}").status_code == 403
    assert SAID[0] not in sign_in(folk.lea).get(f"{url}/card/{OWN_NAME}").text


def test_the_team_sees_which_labs_have_handed_in_and_no_more(hand_in, sign_in, folk, url):
    """C36 SPEC 3."""
    hand_in(folk.zoe)
    hand_in(folk.lea, as_id=OWN_NAME)
    page = sign_in(folk.awa).get(url).text
    assert "2 cartes sont rendues" in page
    assert "Labo de Paris" in page
    assert "Léa Petit" not in page


@pytest.mark.parametrize("who", ["zoe", "awa", "ben"])
def test_who_opened_it_or_is_reviewed_reveals_all_at_once(hand_in, reveal, sign_in, folk, url, kept, who):
    """C36 SPEC 3: the page says who has handed in and that there is no way back."""
    hand_in()
    page = sign_in(getattr(folk, who)).get(f"{url}/reveal").text
    assert "Labo de Paris" in page
    assert "pas de retour" in page or "revenir" in page
    assert reveal(getattr(folk, who)).status_code == 303
    for reader in (folk.awa, folk.lea, folk.noe):
        text = sign_in(reader).get(url).text
        assert all(words in text for words in SAID)
    assert kept().board.revealed_at == START


@pytest.mark.parametrize("who", ["lea", "omar", "admin"])
def test_nobody_else_reveals_it(hand_in, reveal, folk, kept, who):
    hand_in()
    assert reveal(getattr(folk, who)).status_code in {403, 404}
    assert kept().board.revealed_at is None


def test_a_round_without_a_card_is_not_revealed(reveal, kept):
    assert reveal().status_code == 422
    assert kept().board.revealed_at is None


def test_a_round_opened_by_mistake_is_taken_back(sign_in, post, folk, url, board_id, audit_of):
    """Another one may then be opened on the same subject, for another occasion."""
    assert f"{url}/back" in sign_in(folk.zoe).get(url).text
    assert post(sign_in(folk.lea), f"{url}/back").status_code == 403
    assert post(sign_in(folk.zoe), f"{url}/back").status_code == 303
    assert sign_in(folk.zoe).get(url).status_code == 404
    assert audit_of(Subject("regards.board", board_id)) == ["regards.board_taken_back"]
    again = {"occasion": "Le bon jour", "audience": "network"}
    assert post(sign_in(folk.zoe), f"/regards/on/labs.lab/{folk.lab_id}", again).status_code == 303


def test_a_round_in_which_somebody_has_written_is_not(hand_in, sign_in, post, folk, url, kept):
    hand_in(folk.lea, as_id=OWN_NAME, draft="1")
    assert f"{url}/back" not in sign_in(folk.zoe).get(url).text
    assert sign_in(folk.zoe).get(f"{url}/back").status_code == 409
    assert post(sign_in(folk.zoe), f"{url}/back").status_code == 422
    assert kept().words


def test_after_the_reveal_nobody_writes(hand_in, reveal, kept, folk):
    """C36 SPEC 3: writing closes."""
    hand_in()
    reveal()
    before = kept().words
    assert hand_in(inspiring="Trop tard").status_code == 422
    assert hand_in(folk.lea, as_id=OWN_NAME).status_code == 422
    assert kept().words == before


def test_two_days_after_the_first_card_all_is_revealed_by_itself(hand_in, sign_in, folk, url, clock, kept):
    """C36 SPEC 3: 48 h, derived from the clock, although nothing ran."""
    hand_in()
    clock.advance(hours=24)
    hand_in(folk.lea, as_id=OWN_NAME)
    clock.advance(hours=23, minutes=59)
    assert SAID[0] not in sign_in(folk.awa).get(url).text
    clock.advance(minutes=1)
    assert SAID[0] in sign_in(folk.awa).get(url).text
    assert kept().board.revealed_at is None
    assert hand_in(inspiring="Trop tard").status_code == 422


def test_the_sweep_notes_the_reveal_once_with_its_true_instant(hand_in, writing, clock, kept, audit_of):
    """C36 SPEC 3."""
    hand_in()
    clock.advance(days=5)
    for _turn in range(2):
        with writing():
            sweep_reveals(now())
    assert kept().board.revealed_at == START + timedelta(hours=48)
    assert audit_of(Subject("regards.board", kept().board.id)).count("regards.board_revealed") == 1


def test_a_reveal_by_hand_is_not_noted_again(hand_in, reveal, writing, clock, kept, audit_of):
    hand_in()
    reveal()
    clock.advance(days=5)
    with writing():
        sweep_reveals(now())
    assert kept().board.revealed_at == START
    assert audit_of(Subject("regards.board", kept().board.id)).count("regards.board_revealed") == 1


def test_a_draft_stays_with_its_authors_after_the_reveal(hand_in, reveal, sign_in, folk, url):
    hand_in(folk.lea, as_id=OWN_NAME, draft="1", inspiring="Un brouillon à moi")
    hand_in(folk.zoe)
    reveal()
    assert "Un brouillon à moi" not in sign_in(folk.awa).get(url).text
    assert "Un brouillon à moi" in sign_in(folk.lea).get(url).text


def test_the_history_does_not_say_who_handed_in(hand_in, reveal, sign_in, folk, url):
    """C36 SPEC 4."""
    hand_in(folk.lea)
    reveal()
    text = sign_in(folk.awa).get(url).text
    assert "carte rendue" not in text
    assert "Léa Petit" not in text


def test_a_peer_of_the_network_reads_and_an_agent_does_not(hand_in, reveal, sign_in, folk, url):
    """C36 SPEC 6: its ring is the network by default, without the hierarchy of the intranet."""
    hand_in()
    reveal()
    assert sign_in(folk.lea).get(url).status_code == 200
    assert sign_in(folk.omar).get(url).status_code == 404
    assert sign_in(folk.admin).get(url).status_code == 404
    assert sign_in(folk.omar).get("/regards/").text.count("Interlabos de septembre") == 0


def test_only_the_reviewed_team_widens_who_reads(sign_in, post, folk, url, kept):
    """C36 SPEC 6."""
    assert post(sign_in(folk.zoe), f"{url}/audience", {"audience": "intranet"}).status_code == 422
    assert post(sign_in(folk.lea), f"{url}/audience", {"audience": "intranet"}).status_code == 403
    assert kept().board.audience == "network"
    assert 'value="intranet"' not in sign_in(folk.zoe).get(f"{url}/audience").text
    assert "Choisir qui le lit" not in sign_in(folk.zoe).get(url).text
    assert "Choisir qui le lit" in sign_in(folk.ben).get(url).text
    assert post(sign_in(folk.ben), f"{url}/audience", {"audience": "intranet"}).status_code == 303
    assert kept().board.audience == "intranet"


def test_the_services_ask_who_widens(writing, folk, board_id, kept):
    """C36 SPEC 6: without any page, an opener narrows and never widens; a stranger does neither."""
    with writing():
        board = session.get_one(Board, board_id)
        for who in (folk.zoe, folk.lea, folk.omar, folk.admin):
            with pytest.raises(Forbidden):
                open_to(viewer_for(who), board, audience="intranet", at=now())
        with pytest.raises(Forbidden):
            open_board(viewer_for(folk.zoe), folk.reviewed, occasion="Visite", audience="intranet", at=now())
        with pytest.raises(Invalid):
            open_to(viewer_for(folk.ben), board, audience="public", at=now())
        open_to(viewer_for(folk.ben), board, audience="intranet", at=now())
        with pytest.raises(Forbidden):
            open_to(viewer_for(folk.lea), board, audience="network", at=now())
    assert kept().board.audience == "intranet"
    with writing():
        open_to(viewer_for(folk.zoe), session.get_one(Board, board_id), audience="network", at=now())
    assert kept().board.audience == "network"


def test_who_opened_it_narrows_at_once(sign_in, post, folk, url, kept):
    """C36 SPEC 6."""
    post(sign_in(folk.ben), f"{url}/audience", {"audience": "intranet"})
    page = sign_in(folk.zoe).get(f"{url}/audience").text
    assert "membre d’un labo" in page or "membres des labos" in page
    assert 'value="intranet"' in page
    assert "Choisir qui le lit" in sign_in(folk.zoe).get(url).text
    assert post(sign_in(folk.zoe), f"{url}/audience", {"audience": "network"}).status_code == 303
    assert kept().board.audience == "network"
    assert sign_in(folk.omar).get(url).status_code == 404


def test_the_team_reads_although_it_belongs_to_no_lab(writing, sign_in, folk, hand_in, reveal, url, board_id):

    hand_in()
    reveal()
    with writing():
        session.add(Seat(board_id=board_id, person_id=folk.omar.id))
    assert SAID[0] in sign_in(folk.omar).get(url).text


def test_who_joins_the_lab_is_of_the_team_at_the_next_turn(writing, folk, run_jobs, sign_in, url, hand_in, reveal):
    hand_in()
    reveal()
    with writing():
        add_member(folk.group_id, folk.omar.id, at=now())
    run_jobs()
    assert SAID[0] in sign_in(folk.omar).get(url).text


def test_lines_that_say_the_same_are_shown_once(hand_in, reveal, sign_in, folk, url):
    """C36 SPEC 7: counting identical lines merges their display and nothing else."""
    hand_in(folk.zoe, question="Où trouver des ambassadeurs ?")
    hand_in(folk.lea, as_id=OWN_NAME, question="OU TROUVER  des ambassadeurs", inspiring="Seule")
    reveal()
    text = sign_in(folk.awa).get(url).text
    assert text.count(">Où trouver des ambassadeurs ?</a>") == 1
    assert "OU TROUVER" not in text
    assert "dit par" not in text
    assert "Labo de Paris, Léa Petit" in text.replace("\n", "")


def test_nothing_is_summed_into_a_score(hand_in, reveal, sign_in, folk, url):
    """C36 SPEC 7: no total, no order but that of writing."""
    hand_in(folk.zoe, inspiring="Zèbre\nAbeille")
    hand_in(folk.lea, as_id=OWN_NAME, inspiring="Zèbre\nMule")
    reveal()
    rows = sign_in(folk.awa).get(f"{url}/lines.json").json
    assert [row["line"] for row in rows if row["lens"] == "Le + inspirant"] == ["Zèbre", "Abeille", "Mule"]
    assert set(rows[0]) == {"lens", "line", "signed", "reply", "state", "note"}


def test_the_pack_of_the_evening_holds_the_slide_and_its_table(hand_in, reveal, reading, folk, app):
    """C35 SPEC 4."""
    hand_in()
    reveal()
    with reading(), app.test_request_context():
        files = dict(files_of(folk.reviewed, viewer_for(folk.awa)))
        assert not list(files_of(folk.reviewed, viewer_for(folk.omar)))
    assert len(files) == 2
    assert all(SAID[0] in content.decode() for content in files.values())
