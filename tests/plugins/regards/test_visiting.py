"""Cards of people without account, let in by a code, and cards typed from paper (C35 SPEC 2, C36)."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.api import Subject, hookimpl, now
from portal.content.privacy.retention import run_retention
from portal.content.settings import write_words

from plugins.regards.services.opening import open_board
from plugins.regards.services.sweeping import sweep_reveals
from tests.plugins.regards.factories import START, TYPED, viewer_for

PLUGINS = ["labs", "regards"]
SAID = tuple(TYPED.values())
FAIR_ENDS = START + timedelta(hours=1)


@pytest.fixture
def fair(plug, folk):
    """Let another plugin say until when visitors may write about Dunkerque."""
    told = SimpleNamespace(until=FAIR_ENDS)

    class Fair:
        @hookimpl(optionalhook=True)
        def regards_visitors_until(self, subject):
            return [told.until] if subject == folk.reviewed else []

    plug(Fair())
    return told


@pytest.fixture
def board_id(folk, writing, fair):
    """Open a round at the fair, by Zoé."""
    with writing():
        return open_board(viewer_for(folk.zoe), folk.reviewed, occasion="Foire", audience="network", at=now()).id


@pytest.fixture
def door(sign_in, folk, board_id):
    """Give the address that the code opens."""
    page = sign_in(folk.zoe).get(f"/regards/{board_id}/code").text
    return re.search(r"http://localhost(/regards/v/[^\s<\"]+)", page).group(1)


@pytest.fixture
def key(new_client, door):
    """Give the key of a form that was drawn."""
    return lambda: re.search(r'name="key" type="hidden" value="([^"]+)"', new_client().get(door).text).group(1)


@pytest.fixture
def leave(new_client, door, key):
    """Leave a card without account, as the page would send it."""

    def send(**typed):
        sent = TYPED | {"key": typed.pop("key", None) or key()}
        came_from = {"REMOTE_ADDR": typed.pop("net", "127.0.0.1")}
        return new_client().post(door, data=sent | typed, environ_base=came_from)

    return send


def test_a_visitor_leaves_a_card_and_is_thanked(leave, new_client, kept, reveal, sign_in, folk, url):
    """C35 SPEC 2: from their phone, without account, with nothing else asked."""
    sent = leave(signed="Claire, de Mulhouse", risky="Un\nDeux")
    assert sent.status_code == 303
    assert "Merci" in new_client().get(sent.location).text
    (card,) = kept().cards
    assert (card.origin, card.author_id, card.signed) == ("visitor", None, "Claire, de Mulhouse")
    assert "1 carte" in sign_in(folk.awa).get(url).text
    reveal()
    text = sign_in(folk.awa).get(url).text
    assert "Claire, de Mulhouse" in text
    assert "Deux" in text


def test_the_page_of_the_code_tells_nothing_of_what_others_wrote(leave, new_client, door):
    """C36 SPEC 3."""
    leave()
    page = new_client().get(door)
    assert not any(words in page.text for words in SAID)
    assert "Set-Cookie" not in page.headers


def test_a_visitor_fills_the_three_lenses_too(leave, kept):
    """C36 SPEC 1."""
    refused = leave(question="")
    assert refused.status_code == 422
    assert SAID[0] in refused.text
    assert kept().cards == []


def test_a_second_click_is_the_same_card(leave, key, kept):
    drawn = key()
    assert leave(key=drawn).location == leave(key=drawn).location
    assert len(kept().cards) == 1


def test_it_was_not_me_erases_what_was_written(leave, new_client, kept):
    sent = leave(signed="Claire")
    assert new_client().post(f"{sent.location}/undo").status_code == 303
    (card,) = kept().cards
    assert (card.handed_in_at, card.signed, kept().words) == (None, None, [])
    assert leave(key=card.key, inspiring="", risky="", question="").status_code == 422
    assert kept().board.reveal_due_at is None


def test_the_reveal_comes_at_the_end_of_the_fair(leave, clock, new_client, door, sign_in, folk, url, kept):
    """C36 SPEC 3: at the latest; then the code opens nothing."""
    leave()
    assert kept().board.reveal_due_at == FAIR_ENDS
    clock.advance(minutes=59)
    assert new_client().get(door).status_code == 200
    assert SAID[0] not in sign_in(folk.awa).get(url).text
    clock.advance(minutes=1)
    assert SAID[0] in sign_in(folk.awa).get(url).text
    assert new_client().get(door).status_code == 404
    assert leave(key="k" * 32).status_code == 409


@pytest.fixture
def typed_before(key):
    """Open the card before anything happens; give its key."""
    return key()


@pytest.mark.parametrize("why", ["révélées", "la foire s’est terminée", "a été repris"])
def test_whoever_comes_too_late_finds_their_words(
    typed_before, why, leave, reveal, clock, kept, folk, sign_in, post, url
):
    """What happened is said, and what one may do; the words stand there to be copied, none is kept."""
    if why == "révélées":
        leave()
        reveal()
        clock.advance(hours=24 * 6)
    elif why == "a été repris":
        post(sign_in(folk.zoe), f"{url}/back")
    else:
        clock.advance(hours=2)
    late = leave(key=typed_before, inspiring="Ce que j’ai vu,\nce que j’ai aimé", signed="Claire")
    assert late.status_code == 409
    assert why in late.text
    assert "Copiez-le" in late.text
    shown = re.findall(r"(?s)<(?:textarea|input)[^>]* readonly[^>]*>", late.text)
    assert len(shown) == 4
    assert "Ce que j’ai vu,\r\nce que j’ai aimé" in late.text or "Ce que j’ai vu,\nce que j’ai aimé" in late.text
    assert all(words in late.text for words in (*SAID[1:], "Claire"))
    assert "<button" not in late.text.partition("<main")[2]
    if why != "a été repris":
        assert "Ce que j’ai vu," not in kept().words


def test_a_second_click_after_the_reveal_is_thanked(typed_before, leave, reveal, kept):
    """Their card did arrive."""
    sent = leave(key=typed_before)
    reveal()
    assert leave(key=typed_before).location == sent.location
    assert leave(key=typed_before, risky="Autre chose").status_code == 409
    assert len(kept().cards) == 1


def test_a_code_opens_nothing_at_all_a_week_later(leave, reveal, clock):
    leave()
    reveal()
    clock.advance(hours=24 * 8)
    assert leave(key="k" * 32).status_code == 404


@pytest.fixture
def late_fair(leave, fair, clock):
    """Let a fair be late by twenty minutes; nothing has noted it when its time comes."""
    leave()
    fair.until = FAIR_ENDS + timedelta(minutes=20)
    clock.advance(minutes=70)
    return fair


def test_a_fair_that_is_late_is_followed_when_it_is_read(late_fair, leave, new_client, door, sign_in, folk, url, clock):
    """C36 SPEC 3: no sweep has passed, and no line is told; visitors still write."""
    doors = [url, f"{url}/lines.csv", f"{url}/wall", f"{url}/sheet", "/regards/q/", "/regards/q/wall", "/"]
    readers = [sign_in(who) for who in (folk.awa, folk.lea)]
    for reader in readers:
        assert not [path for path in doors if any(words in reader.get(path).text for words in SAID)]
        assert "1 tour" in reader.get("/regards/?state=open").text
    assert new_client().get(door).status_code == 200
    assert leave(risky="Encore une").status_code == 303
    clock.advance(minutes=10)
    for reader in readers:
        assert SAID[0] in reader.get(url).text
        assert SAID[2] in reader.get("/regards/q/").text
        assert "1 tour" in reader.get("/regards/?state=revealed").text


def test_a_fair_that_is_late_is_written_down(late_fair, writing, kept):
    with writing():
        sweep_reveals(now())
    assert kept().board.reveal_due_at == late_fair.until
    assert kept().board.revealed_at is None


def test_the_code_dies_with_the_reveal(leave, reveal, new_client, door):
    leave()
    reveal()
    gone = new_client().get(door)
    assert gone.status_code == 404
    assert "révélées" in gone.text


def test_visitors_are_bounded(leave, writing, kept):
    """The round to so many an hour, each network to half: whoever floods from one leaves room to the others."""
    with writing():
        write_words("regards", "visitors_an_hour", words=["3"])
    assert [leave(net="192.0.2.1").status_code for _card in range(2)] == [303, 303]
    flooding = leave(net="192.0.2.1")
    assert "celui de votre téléphone" in flooding.text
    assert leave(net="192.0.2.2").status_code == 303
    full = leave(net="192.0.2.3")
    assert "laissez la vôtre sur papier" in full.text
    for refused in (flooding, full):
        assert refused.status_code == 429
        assert all(words in refused.text for words in SAID)
    assert len(kept().cards) == 3


def test_the_network_of_a_visitor_is_a_digest_kept_for_a_day(leave, kept, clock, writing):
    leave(net="192.0.2.1")
    leave(net="192.0.2.2")
    one, other = (card.network for card in kept().cards)
    assert one != other
    assert "192.0.2" not in f"{one} {other}"
    clock.advance(hours=49)
    with writing():
        while run_retention(now()):
            pass
    assert [card.network for card in kept().cards] == [None, None]


def test_the_page_of_what_is_reviewed_shows_the_code(sign_in, folk, door):
    """C35 SPEC 2: the page of the stand leads to the same address."""
    assert door in sign_in(folk.omar).get(f"/labs/{folk.lab_id}").text


def test_without_visitors_there_is_no_code(folk, sign_in, fair, writing):
    fair.until = START
    with writing():
        reviewed = Subject("labs.lab", folk.other_id)
        number = open_board(viewer_for(folk.awa), reviewed, occasion="Sans", audience="network", at=now()).id
    assert sign_in(folk.awa).get(f"/regards/{number}/code").status_code == 404


def test_paper_cards_are_typed_one_after_the_other(sign_in, post, folk, url, kept):
    """C35 SPEC 2: Enter keeps the card and comes back empty, with the focus in the first field."""
    zoe = sign_in(folk.zoe)
    page = zoe.get(f"{url}/paper").text
    assert (
        re.search(r'<input[^>]*autofocus[^>]*name="inspiring"|name="inspiring"[^>]*autofocus', page)
        or "autofocus" in page
    )
    drawn = re.search(r'name="key" type="hidden" value="([^"]+)"', page).group(1)
    sent = post(zoe, f"{url}/paper", TYPED | {"risky": "Un / Deux et/ou trois", "key": drawn})
    assert sent.status_code == 303
    again = zoe.get(sent.location).text
    assert SAID[0] in again
    assert drawn not in again
    assert [line.words for line in kept().lines if line.lens == "risky"] == ["Un", "Deux et/ou trois"]
    (card,) = kept().cards
    assert (card.origin, card.author_id) == ("paper", folk.zoe.id)


@pytest.mark.parametrize(("who", "may"), [("zoe", True), ("awa", False), ("ben", False), ("lea", False)])
def test_who_opened_it_types_and_never_the_team(sign_in, post, folk, url, kept, who, may):
    """C36 SPEC 2."""
    sent = post(sign_in(getattr(folk, who)), f"{url}/paper", TYPED | {"key": "k" * 32})
    assert (sent.status_code == 303) is may
    assert len(kept().cards) == may


def test_a_card_typed_by_mistake_is_taken_back(sign_in, post, folk, url, kept):
    zoe = sign_in(folk.zoe)
    post(zoe, f"{url}/paper", TYPED | {"key": "k" * 32})
    (card,) = kept().cards
    assert post(sign_in(folk.awa), f"{url}/paper/{card.id}/undo").status_code == 404
    assert post(sign_in(folk.zoe), f"{url}/paper/{card.id}/undo").status_code == 303
    assert (kept().cards, kept().words) == ([], [])


def test_what_one_types_only_one_reads_before_the_reveal(sign_in, post, folk, url):
    """C36 SPEC 3."""
    post(sign_in(folk.zoe), f"{url}/paper", TYPED | {"key": "k" * 32})
    assert SAID[0] not in sign_in(folk.awa).get(f"{url}/paper").text
