"""A line is masked with a reason by who runs the round, after the reveal; never in silence (as C07 SPEC 11)."""

from __future__ import annotations

import pytest

from portal.api import Conflict, Forbidden, Subject, cards_of, now, session

from plugins.regards.models.card import Line
from plugins.regards.services.answering import mark_question, note_taken_up, reply_to
from plugins.regards.services.masking import mask_line, unmask_line
from plugins.regards.views.packs import files_of
from tests.plugins.regards.factories import viewer_for

PLUGINS = ["labs", "regards"]
ASKED = "Où trouver des ambassadeurs ?"
NAMED = "Jean Petit ne tient rien"
WHY = "Nomme une personne."
REASON = {"reason": WHY}


@pytest.fixture
def lines(hand_in, reveal, kept):
    """Reveal a card of Paris, and one of somebody that says a line of it too; give the first line of each lens."""
    hand_in(risky=NAMED)
    hand_in(as_id=0, inspiring="Autre chose", risky=f"{NAMED}.", question="Et demain ?")
    reveal()
    found: dict[str, int] = {}
    for each in kept().lines:
        found.setdefault(each.lens, each.id)
    return found


@pytest.fixture
def mask(post, sign_in, lines):
    """Mask a line, as the page does it."""

    def send(who, lens="risky", **typed):
        return post(sign_in(who), f"/regards/lines/{lines[lens]}/mask", REASON | typed)

    return send


@pytest.mark.parametrize("who", ["zoe", "awa"])
def test_its_words_leave_every_page_and_the_reason_stays(mask, sign_in, folk, url, who):
    """C07 SPEC 11: who opened the round, or somebody of the reviewed team; everybody reads why."""
    assert mask(getattr(folk, who)).status_code == 303
    for door in ("", "/wall", "/sheet", "/lines.csv", "/lines.json"):
        for reader in (folk.zoe, folk.lea, folk.ben):
            text = sign_in(reader).get(f"{url}{door}").text
            assert "Jean Petit" not in text, door
            assert WHY in text, door
    assert getattr(folk, who).name in sign_in(folk.lea).get(url).text


def test_a_question_leaves_lists_walls_and_its_page(mask, lines, sign_in, folk, post, new_client, reading):
    lea, page = sign_in(folk.lea), f"/regards/q/{lines['question']}"
    assert ASKED in lea.get("/regards/q/").text
    mask(folk.zoe, "question")
    assert lea.get(page).status_code == 404
    for door in ("/regards/q/", "/regards/q/?q=ambassadeurs", "/regards/q/questions.csv", "/regards/q/wall", "/"):
        assert ASKED not in sign_in(folk.ben).get(door).text, door
    for act in ("reply", "mark", "reopen"):
        address = f"/regards/lines/{lines['question']}/reply" if act == "reply" else f"{page}/{act}"
        assert post(sign_in(folk.ben), address, {"words": "Moi", "state": "lit", "note": "Moi"}).status_code == 404
    with reading():
        assert not cards_of([Subject("regards.question", lines["question"])], viewer_for(folk.lea))


def test_it_leaves_the_pack_of_the_evening(mask, reading, folk, app):
    mask(folk.zoe)
    with reading(), app.test_request_context():
        files = [content.decode() for _name, content in files_of(folk.reviewed, viewer_for(folk.awa))]
    assert len(files) == 2
    assert not any("Jean Petit" in text for text in files)
    assert all(WHY in text for text in files)


def test_a_question_that_is_masked_asks_nothing_of_the_team(mask, lines, sign_in, folk, post):
    waits = "Des questions sont posées à votre équipe"
    mask(folk.zoe, "question")
    assert waits in sign_in(folk.ben).get("/").text
    (other,) = set(_questions(sign_in(folk.ben))) - {lines["question"]}
    post(sign_in(folk.ben), f"/regards/lines/{other}/reply", {"words": "Bientôt"})
    assert waits not in sign_in(folk.ben).get("/").text


def _questions(client):
    return [int(row["address"].rpartition("/")[2]) for row in client.get("/regards/q/questions.json").json]


def test_those_who_wrote_it_are_told_and_the_change_is_recorded(mask, post, sign_in, folk, audit_of, lines, board_id):
    """G1, G9; all members of a lab wrote its card."""
    mask(folk.awa)
    for who in (folk.zoe, folk.lea):
        assert "Une ligne de votre carte a été masquée" in sign_in(who).get("/news").text
    assert "a été masquée" not in sign_in(folk.ben).get("/news").text
    post(sign_in(folk.awa), f"/regards/lines/{lines['risky']}/unmask")
    assert audit_of(Subject("regards.board", board_id))[-2:] == ["regards.line_masked", "regards.line_unmasked"]


def test_whoever_runs_the_round_shows_it_again(mask, post, sign_in, folk, url, lines, kept):
    mask(folk.zoe)
    assert [each.masked_at is not None for each in kept().lines if each.lens == "risky"] == [True, True]
    assert post(sign_in(folk.ben), f"/regards/lines/{lines['risky']}/unmask").status_code == 303
    text = sign_in(folk.lea).get(url).text
    assert NAMED in text
    assert WHY not in text
    assert not any(each.masked_at or each.masked_by_id or each.mask_reason for each in kept().lines)


def test_twice_is_once(mask, folk, kept, sign_in, post, lines):
    mask(folk.zoe)
    assert mask(folk.ben, reason="Autre raison").status_code == 303
    assert {each.mask_reason for each in kept().lines if each.lens == "risky"} == {WHY}
    shown = f"/regards/lines/{lines['risky']}/mask"
    assert "Jean Petit" not in sign_in(folk.ben).get(shown, follow_redirects=True).text
    for _time in range(2):
        assert post(sign_in(folk.ben), f"/regards/lines/{lines['risky']}/unmask").status_code == 303


def test_it_takes_a_reason(mask, folk, kept):
    for reason in ("", "x" * 241):
        assert mask(folk.zoe, reason=reason).status_code == 422
    assert not any(each.masked_at for each in kept().lines)


@pytest.mark.parametrize("who", ["lea", "omar", "admin"])
def test_nobody_else_masks(mask, folk, kept, who, sign_in, url, post, lines):
    assert mask(getattr(folk, who)).status_code in {403, 404}
    assert "Masquer" not in sign_in(folk.lea).get(url).text
    mask(folk.zoe)
    assert post(sign_in(getattr(folk, who)), f"/regards/lines/{lines['risky']}/unmask").status_code in {403, 404}
    assert [each.masked_by_id for each in kept().lines if each.lens == "risky"] == [folk.zoe.id] * 2


def test_the_services_ask_again(lines, folk, writing):
    """A service may be called without any page; what was masked meanwhile is neither answered nor taken up."""
    with writing():
        risky, asked = (session.get_one(Line, lines[lens]) for lens in ("risky", "question"))
        for act in (mask_line, unmask_line):
            with pytest.raises(Forbidden):
                act(viewer_for(folk.lea), risky, at=now(), **(REASON if act is mask_line else {}))
        for who, why in ((folk.zoe, WHY), (folk.ben, "Autre raison")):
            mask_line(viewer_for(who), asked, reason=why, at=now())
        session.refresh(asked)
        assert (asked.masked_by_id, asked.mask_reason) == (folk.zoe.id, WHY)
        with pytest.raises(Conflict):
            reply_to(viewer_for(folk.ben), asked, words="Moi", at=now())
        with pytest.raises(Conflict):
            mark_question(viewer_for(folk.ben), asked, state="lit", note="Moi", at=now())
        with pytest.raises(Conflict):
            note_taken_up(asked.id, Subject("labs.ephemeral", 1), actor_id=folk.zoe.id, at=now())


def test_nothing_is_masked_before_the_reveal(hand_in, kept, folk, writing, sign_in, post):
    hand_in()
    line = kept().lines[0]
    assert post(sign_in(folk.zoe), f"/regards/lines/{line.id}/mask", REASON).status_code == 404
    with writing(), pytest.raises(Conflict):
        mask_line(viewer_for(folk.zoe), session.get_one(Line, line.id), reason=WHY, at=now())
