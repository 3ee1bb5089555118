"""Who is reviewed writes nothing and reads nothing early, by no way round; sweeps and writers wait in line."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Conflict, Subject, add_member, edition_of, now, session

from plugins.regards.models.board import Board, Seat
from plugins.regards.queries.cards import card_by_id, said_of
from plugins.regards.services.revealing import open_to
from plugins.regards.services.sweeping import AT_A_TURN, sweep_reveals, sweep_teams
from plugins.regards.services.writing import untype_card, write_card
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import words
from tests.plugins.regards.factories import START, TYPED, WORDS, make_board, make_card, viewer_for

PLUGINS = ["labs", "regards"]
KEY = "k" * 32


def test_who_opens_a_round_on_their_own_lab_types_no_paper(folk, sign_in, post):
    """C36 SPEC 2."""
    ben = sign_in(folk.ben)
    opened = post(
        ben, f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": "Entre nous", "audience": "network"}
    ).location
    assert post(ben, f"{opened}/paper", TYPED | {"key": KEY}).status_code == 403
    assert f"{opened}/paper" not in ben.get(opened).text


def test_nor_does_whoever_animates_another_lab_and_is_reviewed_here(folk, sign_in, post, url, board_id, writing):
    """C36 SPEC 2."""
    with writing():
        make_lab("Labo de Lille", [folk.ben], animator=folk.ben)
    assert post(sign_in(folk.ben), f"{url}/paper", TYPED | {"key": KEY}).status_code == 403


def test_whoever_animates_another_lab_types_the_cards_of_a_round_of_the_team(folk, sign_in, post, writing, clock):
    with writing():
        number = make_board(folk.awa, folk.reviewed, [folk.awa, folk.ben, folk.noe])
    assert post(sign_in(folk.zoe), f"/regards/{number}/paper", TYPED | {"key": KEY}).status_code == 303
    assert post(sign_in(folk.lea), f"/regards/{number}/paper", TYPED | {"key": KEY}).status_code == 403


@pytest.mark.parametrize("by", ["the sweep", "a change of readers"])
def test_leaving_the_reviewed_lab_opens_nothing_before_the_reveal(folk, sign_in, post, url, hand_in, writing, by):
    """C36 SPEC 2 and 3: Noé is of both labs; he may not leave one to read the card of the other."""
    with writing():
        session.execute(sa.update(Board).values(audience="intranet"))
    hand_in()
    assert post(sign_in(folk.noe), f"/labs/{folk.lab_id}/leave").status_code == 303
    if by == "the sweep":
        with writing():
            sweep_teams(now())
    else:
        post(sign_in(folk.zoe), f"{url}/audience", {"audience": "network"})
    assert sign_in(folk.noe).get(f"{url}/card/{folk.other_group}").status_code == 403


def test_once_revealed_who_has_left_is_of_the_team_no_more(folk, sign_in, post, hand_in, reveal, writing, board_id):
    hand_in()
    reveal()
    post(sign_in(folk.ben), f"/labs/{folk.lab_id}/leave")
    with writing():
        sweep_teams(now())
        seated = set(session.scalars(sa.select(Seat.person_id).where(Seat.board_id == board_id)))
    assert folk.ben.id not in seated
    assert folk.awa.id in seated


def test_a_round_that_was_never_revealed_is_followed_however_old(folk, board_id, writing):
    """C36 SPEC 2: who joins the reviewed lab is of the team, though nobody looks at the round."""
    with writing():
        board = session.get_one(Board, board_id)
        board.opened_at = START - timedelta(days=800)
        add_member(folk.group_id, folk.omar.id, at=now())
        assert sweep_teams(now()) is True
        board.subject_title = "Ancien nom"
        assert sweep_teams(now()) is True
        assert sweep_teams(now()) is None
    with writing():
        assert session.get_one(Board, board_id).subject_title == "Labo de Dunkerque"
        assert session.get(Seat, (board_id, folk.omar.id)) is not None


def test_rounds_are_followed_a_batch_at_a_turn(folk, writing):
    """However many: none is left out because others are newer."""
    with writing():
        for _round in range(AT_A_TURN + 10):
            make_board(folk.zoe, folk.reviewed, [folk.awa, folk.ben], title="Labo de Dunkerque")
    seated = []
    for more in (True, True, None):
        with writing():
            assert sweep_teams(now()) is more
            of_noe = sa.select(sa.func.count()).where(Seat.person_id == folk.noe.id)
            seated.append(session.scalar(of_noe))
    assert seated == [AT_A_TURN, AT_A_TURN + 10, AT_A_TURN + 10]


def test_the_sweep_holds_one_round_at_a_turn(folk, writing, clock):
    """Whoever writes holds one round, then the audit: a sweep that went on to a second would close a ring."""
    with writing():
        for number in (folk.lab_id, folk.other_id):
            board = make_board(folk.zoe, Subject("labs.lab", number), [folk.awa], reveal_due_at=START)
            make_card(board, group_id=folk.other_group, handed_in_at=START - timedelta(hours=48))
    clock.advance(minutes=1)
    noted = []
    for more in (True, True, None):
        with writing():
            assert sweep_reveals(now()) is more
        with writing():
            noted.append(session.scalar(sa.select(sa.func.count(Board.revealed_at))))
    assert noted == [1, 2, 2]


def test_two_sweeps_of_teams_and_a_change_of_readers_wait_in_line(folk, at_once, writing, board_id):
    with writing():
        session.execute(sa.delete(Seat))

    def widens():
        open_to(viewer_for(folk.awa), session.get_one(Board, board_id), audience="intranet", at=now())

    assert at_once(lambda: sweep_teams(now()), widens) == ["done", "done"]


def test_taking_a_card_back_is_seen_by_who_would_hand_in_the_same_words(folk, board_id, writing, kept):
    """One of the lab makes it a draft again; another, who saw it handed in, is told."""
    with writing():
        number = make_card(board_id, group_id=folk.other_group, author_id=folk.zoe.id)
    with writing():
        seen = edition_of(said_of(card_by_id(board_id, number)))

    def writes(who, *, is_draft):
        board, by = session.get_one(Board, board_id), viewer_for(who)
        write_card(by, board, as_id=folk.other_group, words=WORDS, is_draft=is_draft, seen=seen, at=now())

    with writing():
        writes(folk.zoe, is_draft=True)
    with writing(), pytest.raises(Conflict):
        writes(folk.lea, is_draft=False)
    assert kept().cards[0].handed_in_at is None


def test_a_paper_card_is_taken_back_twice_without_harm(folk, sign_in, post, url, board_id, kept, at_once):
    post(sign_in(folk.zoe), f"{url}/paper", TYPED | {"key": KEY})
    number = kept().cards[0].id

    def undoes():
        board, card = session.get_one(Board, board_id), card_by_id(board_id, number)
        if card is not None:
            untype_card(viewer_for(folk.zoe), board, card, at=now())

    assert at_once(undoes, undoes) == ["done", "done"]
    assert kept().cards == []


@pytest.mark.parametrize("occasion", ["Entre nous", "Interlabos de septembre"])
def test_a_round_that_one_may_not_read_yet_is_not_named_to_whoever_would_open_another(
    folk, sign_in, post, writing, occasion
):
    """P3: that one is open is said, for which occasion is not; typing its occasion does not lead there either."""
    with writing():
        make_board(folk.zoe, folk.reviewed, [folk.awa, folk.ben, folk.noe], visible_from=now() + timedelta(days=9))
    refused = post(
        sign_in(folk.lea), f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": occasion, "audience": "network"}
    )
    assert refused.status_code == 422
    assert "Un tour y est déjà ouvert, que vous ne lisez pas" in words(refused)
    if occasion == "Entre nous":
        assert "Interlabos de septembre" not in words(refused)
