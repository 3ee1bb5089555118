"""At a stand of a day, `labs` off: visitors write by its code that day, and the evening's pack holds the round."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.api import Subject, issue_token, now, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand
from plugins.programmes.services.stands import close_stand
from plugins.programmes.services.walls import STAND_SCOPE
from plugins.regards.models.board import Board
from plugins.regards.services.opening import open_board
from plugins.regards.services.sweeping import sweep_reveals
from tests.plugins.programmes.factories import at_hour, make_lab, make_programme, make_slot, make_stand
from tests.plugins.regards.factories import TYPED, viewer_for

PLUGINS = ["programmes", "regards"]
SAID = tuple(TYPED.values())


@pytest.fixture
def fair(make_user, writing, clock):
    """Open a round on the stand of Awa, by Zoé of a lab, at ten in the morning of the fair."""
    clock.set(at_hour(10))
    found = SimpleNamespace(awa=make_user("Awa Diop"), zoe=make_user("Zoé Martin"))
    with writing():
        make_lab(found.zoe)
        day = make_programme(found.zoe)
        make_slot(day, at_hour(10), at_hour(11), title="Foire aux Transfos")
        found.stand = Subject("programmes.stand", make_stand(day, found.awa))
        found.board = open_board(viewer_for(found.zoe), found.stand, occasion="Foire", audience="network", at=now()).id
    return found


@pytest.fixture
def door(sign_in, fair):
    page = sign_in(fair.zoe).get(f"/programmes/stands/{fair.stand.id}").text
    return re.search(r"http://localhost(/regards/v/[^\s<\"]+)", page).group(1)


@pytest.fixture
def leave(new_client, door):
    """Leave a card without account."""

    def send():
        key = re.search(r'name="key" type="hidden" value="([^"]+)"', new_client().get(door).text).group(1)
        return new_client().post(door, data=TYPED | {"key": key})

    return send


def test_a_visitor_writes_from_the_page_of_the_stand(leave, fair, sign_in, post):
    """C35 SPEC 2; whoever holds the stand writes nothing there (C36 SPEC 2)."""
    assert leave().status_code == 303
    assert post(sign_in(fair.awa), f"/regards/{fair.board}/card/0", TYPED).status_code == 403
    assert "1 carte est rendue" in sign_in(fair.awa).get(f"/regards/{fair.board}").text


def test_who_scanned_the_code_of_the_stand_finds_the_way_to_a_card_first(new_client, writing, fair):
    """C35 SPEC 2: one button, above what there is to see; the code is of no use on the screen that read it."""
    with writing():
        code = issue_token(STAND_SCOPE, subject=fair.stand)
    page = new_client().get(f"/programmes/s/{code}").text
    button = re.search(r'<a class="button main" href="http://localhost/regards/v/[^"]+">Laisser une carte', page)
    assert button.start() < page.index("Une cabane")
    assert 'class="stack programmes-visit"' in page


def test_the_lab_whose_stand_it_is_is_reviewed_there(make_user, writing, fair, sign_in, post):
    """C36 SPEC 2: its members too, though others hold it that day."""
    lea, noe = make_user("Léa Petit"), make_user("Noé Vidal")
    with writing():
        make_lab(noe)
        stand = session.get_one(Stand, fair.stand.id)
        stand.lab_group_id = make_lab(lea)
    for who, status in ((lea, 403), (fair.awa, 403), (noe, 303)):
        assert post(sign_in(who), f"/regards/{fair.board}/card/0", TYPED).status_code == status


def test_the_code_dies_when_the_pack_is_made(leave, fair, new_client, door, clock, sign_in):
    """C36 SPEC 3: then all is revealed, at the latest."""
    leave()
    clock.set(at_hour(17, 59))
    assert new_client().get(door).status_code == 200
    clock.advance(minutes=1)
    assert new_client().get(door).status_code == 404
    assert SAID[0] in sign_in(fair.awa).get(f"/regards/{fair.board}").text


def test_the_pack_of_the_evening_holds_the_round(leave, fair, sign_in, clock):
    """C35 SPEC 4: it is made when all is revealed by itself."""
    leave()

    def regards_in_the_pack():
        awa = sign_in(fair.awa)
        with zipfile.ZipFile(io.BytesIO(awa.get(f"/programmes/stands/{fair.stand.id}/pack.zip").data)) as archive:
            return [archive.read(name).decode() for name in archive.namelist() if name.startswith("regards")]

    clock.set(at_hour(17, 59))
    assert regards_in_the_pack() == []
    clock.set(at_hour(18))
    sheet, table = sorted(regards_in_the_pack(), key=lambda text: "<html" not in text)
    assert all(words in text for words in SAID for text in (sheet, table))


def test_a_stand_that_closes_shuts_the_code(leave, fair, clock, writing, new_client, door):
    """Its round is then one like any other: two days after the first card."""
    assert leave().status_code == 303
    with writing():
        close_stand(viewer_for(fair.zoe), session.get_one(Stand, fair.stand.id), at=now())
    assert new_client().get(door).status_code == 404
    late = new_client().post(door, data=TYPED | {"key": "k" * 32})
    assert (late.status_code, "le stand a fermé" in late.text, SAID[0] in late.text) == (409, True, True)
    with writing():
        sweep_reveals(now())
        board = session.get_one(Board, fair.board)
        assert board.reveal_due_at == at_hour(10) + timedelta(hours=48)


def test_the_round_keeps_the_title_of_the_stand(fair, reading):
    """G8."""
    with reading():
        assert session.get_one(Board, fair.board).subject_title == "Labo de Dunkerque"


@pytest.mark.parametrize("audience", ["public", "intranet"])
def test_a_code_that_opens_nothing_leads_to_what_is_open_to_everybody(
    audience, leave, fair, new_client, door, clock, writing
):
    """Never to a sign-in: whoever stands there has no account."""
    leave()
    with writing():
        day = session.get_one(Stand, fair.stand.id).programme_id
        session.get_one(Programme, day).audience = audience
    clock.set(at_hour(18))
    visitor = new_client()
    page = visitor.get(door)
    assert page.status_code == 404
    assert "On ne laisse plus de carte ici" in page.text
    leads = f'href="/programmes/public/{day}"' in page.text
    assert leads == (audience == "public")
    assert not leads or visitor.get(f"/programmes/public/{day}").status_code == 200
