"""Writing a card: three lenses, by peers alone, hidden until the common reveal (C36 SPEC 1 to 4)."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, add_member, now, remove_member, session

from plugins.labs.models.lab import Lab
from plugins.regards.models.board import Board
from plugins.regards.queries.cards import OWN_NAME
from plugins.regards.services.writing import write_card
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import hidden_of, words
from tests.plugins.regards.factories import TYPED, WORDS, viewer_for

PLUGINS = ["labs", "regards"]
SAID = list(TYPED.values())


def test_a_member_of_a_lab_opens_a_round_in_two_fields(sign_in, post, folk):
    zoe = sign_in(folk.zoe)
    assert f"/regards/on/labs.lab/{folk.lab_id}" in zoe.get(f"/labs/{folk.lab_id}").text
    page = zoe.get(f"/regards/on/labs.lab/{folk.lab_id}")
    assert 'value="Tour du 7 septembre 2026"' in page.text
    sent = post(zoe, f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": "Interlabos", "audience": "network"})
    assert "Labo de Dunkerque" in zoe.get(sent.location).text
    again = post(zoe, f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": "Interlabos", "audience": "network"})
    assert again.location == sent.location
    other = post(zoe, f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": "Autre jour", "audience": "network"})
    assert other.status_code == 422


def test_who_belongs_to_no_lab_opens_none(sign_in, post, folk):
    url = f"/regards/on/labs.lab/{folk.lab_id}"
    assert post(sign_in(folk.omar), url, {"occasion": "Moi", "audience": "network"}).status_code == 403


def test_what_nobody_answers_for_is_not_reviewed(sign_in, folk):
    assert sign_in(folk.zoe).get("/regards/on/labs.vote/1").status_code == 404
    assert sign_in(folk.zoe).get("/regards/on/labs.lab/999").status_code == 404


def test_a_card_holds_the_three_lenses(hand_in, kept):
    """C36 SPEC 1: three columns, valid only with a line in each."""
    for lens in TYPED:
        assert hand_in(**{lens: " \n "}).status_code == 422
    assert kept().words == []
    assert hand_in(risky="Un\n\n - Deux \r\nTrois\nQuatre\nCinq").status_code == 303
    assert [line.words for line in kept().lines if line.lens == "risky"] == ["Un", "Deux", "Trois", "Quatre", "Cinq"]


def test_no_break_spaces_stay_where_they_were_typed(hand_in, kept):
    hand_in(risky="Trois ans\u00a0:  quelle\u000b agilité\u202f?")
    assert "Trois ans\u00a0: quelle agilité\u202f?" in kept().words


@pytest.mark.parametrize("typed", ["a\nb\nc\nd\ne\nf", "é" * 241])
def test_a_lens_has_five_lines_of_240_signs_at_most(hand_in, kept, typed):
    """C36 SPEC 1: 1–5 lines of ≤ 240 signs; what is refused keeps every character typed."""
    refused = hand_in(question=typed)
    assert refused.status_code == 422
    assert typed in refused.text.replace("\r", "")
    assert kept().words == []


def test_a_line_of_240_signs_passes(hand_in, kept):
    assert hand_in(question="é" * 240).status_code == 303
    assert "é" * 240 in kept().words


@pytest.mark.parametrize("who", ["awa", "ben", "noe"])
@pytest.mark.parametrize("as_whom", ["own lab", "other lab", "own name"])
def test_the_reviewed_team_cannot_write(hand_in, kept, folk, who, as_whom):
    """C36 SPEC 2: members of what is reviewed do not write, not even for another lab they belong to."""
    as_id = {"own lab": folk.group_id, "other lab": folk.other_group, "own name": OWN_NAME}[as_whom]
    assert hand_in(getattr(folk, who), as_id=as_id).status_code == 403
    assert kept().words == []


def test_whoever_joins_the_team_can_write_no_more(hand_in, kept, folk, writing):
    """C36 SPEC 2, asked again at the time of writing: the team is who it is now, not who it was at the opening."""
    with writing():
        add_member(folk.group_id, folk.lea.id, at=now())
    assert hand_in(folk.lea).status_code == 403
    assert kept().words == []


def test_whoever_leaves_the_team_cannot_write_at_once(hand_in, kept, folk, writing):
    """C36 SPEC 2: leaving for a minute opens nothing."""
    with writing():
        remove_member(folk.group_id, folk.noe.id)
    assert hand_in(folk.noe).status_code == 403
    assert kept().words == []


def test_a_card_is_written_by_a_lab_together(hand_in, kept, sign_in, folk, url):
    """C36 SPEC 4: by default the author is the group: another member goes on with the same card."""
    hand_in(folk.zoe)
    assert SAID[0] in sign_in(folk.lea).get(f"{url}/card/{folk.other_group}").text
    hand_in(folk.lea, inspiring="Autre chose")
    (card,) = kept().cards
    assert card.group_id == folk.other_group
    assert "Autre chose" in kept().words
    assert SAID[0] not in kept().words


@pytest.fixture
def shown(sign_in, folk, url):
    """Give what the card of Paris sends back to whoever opens it now."""
    return lambda who: hidden_of(sign_in(who).get(f"{url}/card/{folk.other_group}"))


def test_two_of_a_lab_do_not_overwrite_each_other(hand_in, kept, folk, shown):
    before = shown(folk.lea)
    hand_in(folk.zoe, inspiring="Une puce\nUn mur")
    refused = hand_in(folk.lea, inspiring="Écrit sans avoir lu", **before)
    assert refused.status_code == 422
    assert "Entre-temps, on y lit : « Une puce Un mur »" in words(refused)
    assert "Cette carte est maintenant" not in words(refused)
    assert "Écrit sans avoir lu" in refused.text
    assert "Écrit sans avoir lu" not in kept().words


def test_a_card_that_was_taken_back_meanwhile_is_not_handed_in_unseen(hand_in, kept, folk, shown):
    hand_in(folk.zoe)
    before = shown(folk.lea)
    hand_in(folk.zoe, draft="1")
    refused = hand_in(folk.lea, **before)
    assert refused.status_code == 422
    assert "Cette carte est un brouillon." in words(refused)
    assert kept().cards[0].handed_in_at is None
    assert hand_in(folk.lea, **hidden_of(refused)).status_code == 303


def test_somebody_may_sign_with_their_name(hand_in, kept, reveal, sign_in, folk, url):
    """C36 SPEC 4: individual names are optional."""
    assert hand_in(folk.lea, as_id=OWN_NAME).status_code == 303
    (card,) = kept().cards
    assert (card.origin, card.author_id, card.group_id) == ("person", folk.lea.id, None)
    reveal()
    assert "Léa Petit" in sign_in(folk.awa).get(url).text


def test_the_name_of_who_wrote_for_a_lab_is_shown_nowhere(hand_in, reveal, sign_in, folk, url):
    """C36 SPEC 4."""
    hand_in(folk.lea)
    reveal()
    page = sign_in(folk.awa).get(url).text
    assert "Labo de Paris" in page
    assert "Léa Petit" not in page


def test_one_writes_for_ones_lab_unless_one_would_rather_sign(sign_in, folk, url):
    """C36 SPEC 4: the group by default; one’s own name is a quieter way."""
    text = sign_in(folk.lea).get(url).text
    main, quiet = (re.search(rf'<a class="([^"]*)" href="{url}/card/{as_id}"', text) for as_id in (folk.other_group, 0))
    assert (main.group(1), quiet.group(1)) == ("button main", "button quiet")


def test_the_service_asks_for_whom_one_writes(folk, board_id, writing, kept):
    """C36 SPEC 4: without any page too."""
    with writing():
        other = make_lab("Labo de Mulhouse", [folk.omar], animator=folk.omar)
        group = session.get_one(Lab, other).group_id
    with writing(), pytest.raises(Forbidden):
        board, at = session.get_one(Board, board_id), now()
        write_card(viewer_for(folk.lea), board, as_id=group, words=WORDS, is_draft=False, at=at)
    assert kept().cards == []


def test_one_writes_for_a_lab_one_belongs_to(hand_in, folk):
    assert hand_in(folk.zoe, as_id=folk.group_id).status_code == 403
    assert hand_in(folk.lea, as_id=9999).status_code == 403


def test_a_draft_may_lack_lenses_and_is_not_handed_in(hand_in, kept, sign_in, folk, url):
    """C36 SPEC 1: a draft keeps what was typed."""
    assert hand_in(risky="", question="", draft="1").status_code == 303
    (card,) = kept().cards
    assert card.handed_in_at is None
    assert kept().words == [SAID[0]]
    assert "Aucune carte n’est encore rendue" in sign_in(folk.awa).get(url).text


def test_a_card_is_taken_back_as_a_draft(hand_in, kept):
    hand_in()
    due = kept().board.reveal_due_at
    assert due is not None
    hand_in(draft="1")
    assert kept().cards[0].handed_in_at is None
    assert kept().board.reveal_due_at is None
    assert len(kept().words) == len(WORDS.inspiring + WORDS.risky + WORDS.question)


def test_nobody_writes_while_nobody_says_whose_work_it_is(hand_in, kept, writing, folk):
    """C36 SPEC 2: without the plugin of what is reviewed, the team could not be told from its peers."""
    with writing():
        session.execute(sa.text("UPDATE regards_board SET subject_kind = 'stands.stand'"))
    assert hand_in().status_code == 422
    assert kept().words == []


@pytest.fixture
def own_words(sign_in, post):
    """Give the words of lines in somebody’s own data."""

    def read(who):
        with post(sign_in(who), "/account/data") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            told = archive.read("donnees.json").decode()
        return sorted(set(re.findall(r"« (.) »", told)))

    return read


def test_of_the_card_of_a_lab_each_gets_their_own_lines(hand_in, folk, own_words, kept):
    """G3: the card is written together; what a colleague typed is not one’s own, before the reveal or after."""
    hand_in(inspiring="« 1 »", risky="« 2 »", question="« 3 »")
    hand_in(folk.lea, inspiring="« 1 »\n« 4 »", risky="« 2 »", question="« 5 »")
    assert own_words(folk.zoe) == ["1", "2"]
    assert own_words(folk.lea) == ["4", "5"]
    assert own_words(folk.noe) == own_words(folk.ben) == []
    assert len(kept().cards) == 1
