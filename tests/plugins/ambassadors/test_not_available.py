"""« Pas disponible » is one answer, whatever the reason: written once, told alike everywhere (C08 SPEC 6, P19)."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

from portal.api import Audience, Viewer, leave, now, remove_member
from portal.web.takeout import takeout

from plugins.ambassadors.services.cards import Words
from plugins.ambassadors.services.engagement import come_back, pause
from tests.plugins.ambassadors.factories import WANTED, make_card
from tests.plugins.labs.pages import main_of, words

PLUGINS = ["ambassadors", "directory"]
MARKS = re.compile(r"<b>[0-9a-f-]+</b>|/requests/\d+|again=\d+|csrf_token\" value=\"[^\"]*\"")
LINKED = re.compile(r"<dt>Dans l’annuaire</dt>.*?</dd>", re.DOTALL)


@pytest.fixture
def held_of(app):
    """Give what a person exports of a table."""

    def read(who, table):
        with app.test_request_context(), takeout(who.id) as file, zipfile.ZipFile(file) as archive:
            return json.loads(archive.read("donnees.json")).get(table, {}).get("rows", [])

    return read


def _declined(post, hers, made, **_others):
    post(hers, f"{made}/no")


def _paused(writing, awa, **_others):
    with writing():
        pause(Viewer(person_id=awa.id, is_agent=True), at=now())


def _hidden(writing, awa, lab_id, **_others):
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.SELF))


def _narrower(writing, awa, lab_id, **_others):
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))


def _deleted(post, hers, **_others):
    post(hers, "/ambassadors/mine/delete")


def _late(clock, run_jobs, **_others):
    clock.advance(days=1, minutes=1)
    run_jobs()


def _gone(writing, awa, **_others):
    with writing():
        leave(awa.id, actor=None, at=now())


@pytest.mark.parametrize("how", [_paused, _hidden, _narrower, _deleted, _late, _gone])
def test_not_available_reads_the_same_for_every_reason(
    how, card, sign_in, post, writing, clock, run_jobs, awa, ben, lea, lab_id, held_of
):
    """Same words, same page, same notice, same step at home, same export; nothing that differs but who it is."""
    his, hers, bens = sign_in(lea), sign_in(awa), sign_in(ben)
    with writing():
        make_card(ben, lab_id, bring="dessiner")
    other = post(his, f"/ambassadors/people/{ben.id}/ask", WANTED).location
    made = post(his, f"{card}/ask", WANTED).location
    clock.advance(days=13)
    _declined(post, bens, other)
    how(post=post, hers=hers, made=made, writing=writing, clock=clock, run_jobs=run_jobs, awa=awa, lab_id=lab_id)
    clock.advance(hours=1)
    run_jobs()
    name = "Une personne partie" if how is _gone else "Awa Diop"
    home, news = words(his.get("/")), words(his.get("/news"))
    for who in (name, "Ben Roux"):
        assert home.count(f"{who}, pas disponible") == 1
        assert news.count(f"« Demande à {who} » : pas disponible") == 1
    pages = [LINKED.sub("", MARKS.sub("", main_of(his.get(address)))) for address in (made, other)]
    assert "pas disponible" in pages[0]
    assert pages[0].replace(name, "Ben Roux").replace(f"/people/{awa.id}", f"/people/{ben.id}") == pages[1]
    rows = held_of(lea, "ambassadors_request")
    assert len(rows) == 2
    assert not {"answer", "answered_at", "reach"} & {name for row in rows for name in row}


def test_an_answer_tells_its_giver_alone_in_what_is_exported(made, sign_in, post, awa, held_of):
    post(sign_in(awa), f"{made}/no")
    assert [row["answer"] for row in held_of(awa, "ambassadors_request")] == ["no"]


@pytest.mark.parametrize("how", [_paused, _hidden, _deleted])
def test_what_once_read_not_available_never_waits_again(
    how, made, sign_in, post, writing, awa, lea, lab_id, states, clock
):
    """Whoever asked never learns that the card went and came back."""
    how(post=post, hers=sign_in(awa), made=made, writing=writing, awa=awa, lab_id=lab_id)
    with writing():
        make_card(awa, lab_id, bring="dessiner")
        come_back(Viewer(person_id=awa.id, is_agent=True), at=now())
    assert states(lea) == states(awa) == ["no"]


def test_a_card_that_closes_by_itself_is_settled_within_the_hour(
    writing, sign_in, post, clock, run_jobs, awa, ben, lea, zoe, lab_id, states
):
    """Not confirmed for a year; or whoever asked left the lab that reads it. Who still reads it goes on waiting."""
    with writing():
        make_card(zoe, lab_id, bring="relier")
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))
    clock.advance(days=360)
    with writing():
        make_card(zoe, lab_id, bring=Words("relier", audience=Audience.LAB))
    for who in (awa, zoe):
        assert post(sign_in(ben), f"/ambassadors/people/{who.id}/ask", WANTED).status_code == 303
    run_jobs()
    assert states(ben) == ["waiting", "waiting"]
    clock.advance(days=6)
    run_jobs()
    assert states(ben) == ["no", "waiting"]
    assert "« Demande à Awa Diop » : pas disponible" in words(sign_in(ben).get("/news"))
    with writing():
        remove_member(lab_id, ben.id)
    clock.advance(hours=1)
    run_jobs()
    assert states(ben) == ["no", "no"]


def test_who_leaves_takes_along_what_they_asked_and_said(made, writing, sign_in, post, awa, lea, ben, lab_id, held_of):
    """G6: whoever asked them keeps « pas disponible » under the pseudonym, and no word of theirs."""
    hers = sign_in(awa)
    post(hers, f"{made}/yes")
    post(hers, f"{made}/reach", {"reach": "poste 12"})
    with writing():
        make_card(ben, lab_id, bring="souder")
    post(hers, f"/ambassadors/people/{ben.id}/ask", WANTED)
    with writing():
        leave(awa.id, actor=None, at=now())
    his = sign_in(lea)
    page = his.get(made)
    assert "pas disponible" in words(page)
    assert not re.search("poste 12|Awa", page.text)
    assert words(his.get("/news")).count("« Demande à Une personne partie » : pas disponible") == 1
    assert held_of(ben, "ambassadors_request") == []


def test_what_becomes_of_a_paper_card_is_not_in_the_export_of_who_typed_it(sign_in, post, zoe, awa, lab_id, held_of):
    """C08 SPEC 1: whoever types learns nothing, from their own data either."""
    row = {"rows-0-person": "Awa Diop", "rows-0-bring": "dessiner", "reader_group": lab_id}
    assert post(sign_in(zoe), "/ambassadors/typing", row).status_code == 303
    assert [found["bring"] for found in held_of(awa, "ambassadors_draft")] == ["dessiner"]
    assert held_of(zoe, "ambassadors_draft") == []
    post(sign_in(awa), "/ambassadors/mine/draft/throw-away")
    assert held_of(zoe, "ambassadors_draft") == []
