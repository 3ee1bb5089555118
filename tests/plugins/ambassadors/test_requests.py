"""Asking through the portal; declining takes one click and no reason (C08 SPEC 6)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import Audience, Conflict, Viewer, now, session

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.models.request import MAX_MADE
from plugins.ambassadors.services.cards import Words
from plugins.ambassadors.services.engagement import come_back, pause
from plugins.ambassadors.services.requests import ask, decline, withdraw
from plugins.ambassadors.views.offers_requests import cards
from tests.plugins.ambassadors.factories import WANTED, make_card
from tests.plugins.labs.pages import hrefs, main_of, words

PLUGINS = ["ambassadors", "directory"]
MARKS = re.compile(r"<b>[0-9a-f-]+</b>|/requests/\d+|again=\d+|csrf_token\" value=\"[^\"]*\"")


def test_a_request_is_told_answered_in_one_click_and_told_back(made, sign_in, post, awa, lea):
    """C08 SPEC 6."""
    hers = sign_in(awa)
    assert "Léa Petit vous demande un coup de main" in words(hers.get("/"))
    assert "Une affiche pour mardi" in words(hers.get(made))
    assert "Léa Petit vous demande un coup de main" in words(hers.get("/news"))
    answer = post(hers, f"{made}/yes")
    assert answer.location == f"{made}/reach"
    assert post(hers, answer.location, {"reach": "poste 12"}).status_code == 303
    his = sign_in(lea)
    page = words(his.get(made))
    assert "disponible" in page
    assert "poste 12" in page
    assert "Awa Diop, disponible" in words(his.get("/"))
    assert "« Demande à Awa Diop » : disponible" in words(his.get("/news"))


def test_declining_asks_for_no_reason_and_gives_none(made, sign_in, post, awa, lea):
    """C08 SPEC 6."""
    hers = sign_in(awa)
    assert "<textarea" not in main_of(hers.get(made))
    assert post(hers, f"{made}/no").status_code == 303
    his = sign_in(lea)
    page = his.get(made)
    assert "pas disponible" in words(page)
    assert f"/ambassadors/?again={made.rsplit('/', 1)[1]}" in hrefs(page)
    assert "Demander à quelqu’un d’autre" in words(his.get("/"))
    assert "« Demande à Awa Diop » : pas disponible" in words(his.get("/news"))


def _declined(post, hers, made, **_others):
    post(hers, f"{made}/no")


def _paused(writing, awa, **_others):
    with writing():
        pause(Viewer(person_id=awa.id, is_agent=True), at=now())


def _hidden(writing, awa, lab_id, **_others):
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.SELF))


def test_one_may_change_ones_mind_until_the_request_closes(made, sign_in, post, awa, lea, states, clock):
    hers = sign_in(awa)
    post(hers, f"{made}/yes")
    post(hers, f"{made}/reach", {"reach": "poste 12"})
    post(hers, f"{made}/no")
    assert states(lea) == ["no"]
    assert "poste 12" not in sign_in(lea).get(made).text
    post(hers, f"{made}/yes")
    assert states(lea) == ["yes"]
    assert "poste 12" not in sign_in(lea).get(made).text
    clock.advance(days=14)
    assert post(hers, f"{made}/no").status_code == 409
    assert states(lea) == ["yes"]


def test_a_request_is_read_by_the_two_only(made, client, sign_in, ben, zoe, make_user, post):
    """P19, P3: no role opens it, and it is not told from one that never was."""
    for reader in (ben, zoe, make_user("Chef", role="admin")):
        own = sign_in(reader)
        for page in ("", "/yes", "/no", "/withdraw", "/reach"):
            send = own.get if page in {"", "/reach"} else lambda address, own=own: post(own, address)
            theirs, absent = send(f"{made}{page}"), send(f"/ambassadors/requests/4242{page}")
            assert theirs.status_code == absent.status_code == 404
            assert MARKS.sub("", main_of(theirs)) == MARKS.sub("", main_of(absent))
        assert "Une affiche pour mardi" not in own.get("/ambassadors/requests").text
        assert "Il n’y a pas de mot à chercher" in words(own.get(f"/ambassadors/?again={made.rsplit('/', 1)[1]}"))


def test_only_who_was_asked_answers_and_only_who_asked_withdraws(made, sign_in, post, awa, lea, states):
    his, hers = sign_in(lea), sign_in(awa)
    assert {post(his, f"{made}/yes").status_code, post(his, f"{made}/no").status_code} == {403}
    assert post(hers, f"{made}/withdraw").status_code == 403
    assert his.get(f"{made}/reach").status_code == 404
    assert states(lea) == ["waiting"]


def test_one_asks_only_who_shows_a_card_and_never_oneself(client, sign_in, post, writing, awa, ben, lea, lab_id):
    """P19: the address of a card that is hidden answers as one that never was."""
    with writing():
        make_card(awa, lab_id, bring=Words("dessiner", audience=Audience.LAB))
        make_card(lea, lab_id, bring="souder")
    own = sign_in(lea)
    for person_id in (awa.id, ben.id, lea.id, 4242):
        address = f"/ambassadors/people/{person_id}/ask"
        assert own.get(address).status_code == post(own, address, WANTED).status_code == 404
    assert post(sign_in(ben), f"/ambassadors/people/{awa.id}/ask", WANTED).status_code == 303


def test_a_double_click_is_one_request(card, sign_in, post, lea, states):
    own = sign_in(lea)
    first, second = (post(own, f"{card}/ask", WANTED) for _click in range(2))
    assert first.location == second.location
    assert states(lea) == ["waiting"]


@pytest.mark.parametrize("how", [lambda **_others: None, _declined, _paused, _hidden])
def test_one_person_is_not_asked_twice_in_two_weeks_whatever_they_did(
    how, made, card, sign_in, post, writing, awa, lea, lab_id, states, clock
):
    """P19: the refusal says nothing of the answer."""
    how(post=post, hers=sign_in(awa), made=made, writing=writing, awa=awa, lab_id=lab_id)
    with writing():
        make_card(awa, lab_id, bring="dessiner")
        come_back(Viewer(person_id=awa.id, is_agent=True), at=now())
    own = sign_in(lea)
    answer = post(own, f"{card}/ask", {"words": "Et jeudi ?"})
    assert answer.status_code == 422
    assert "il y a moins de deux semaines" in words(answer)
    assert "Et jeudi ?" in answer.text
    clock.advance(days=14)
    assert post(own, f"{card}/ask", {"words": "Et jeudi ?"}).status_code == 303


def test_a_request_that_was_withdrawn_waits_for_nobody(made, card, sign_in, post, awa, lea, states):
    own, hers = sign_in(lea), sign_in(awa)
    assert post(own, f"{made}/withdraw").status_code == 303
    assert states(awa) == states(lea) == ["withdrawn"]
    assert "coup de main" not in words(hers.get("/"))
    assert post(hers, f"{made}/yes").status_code == 409
    assert post(own, f"{card}/ask", WANTED).status_code == 422


def test_asking_and_taking_back_is_asking(made, card, sign_in, post, awa, lea, app, states):
    """Nobody is told again and again."""
    own = sign_in(lea)
    post(own, f"{made}/withdraw")
    assert {post(own, f"{card}/ask", {"words": f"Allez {turn}"}).status_code for turn in range(4)} == {422}
    with app.app_context():
        told = session.scalars(sa.text("SELECT person_id FROM notices WHERE must_act")).all()
    assert told == [awa.id]


def test_what_reads_not_available_is_not_withdrawn(made, sign_in, post, awa, lea, states):
    own, hers = sign_in(lea), sign_in(awa)
    post(hers, f"{made}/no")
    answer = post(own, f"{made}/withdraw", follow_redirects=True)
    assert "retirée" not in words(answer)
    assert states(lea) == states(awa) == ["no"]
    assert "n’a plus besoin" not in words(hers.get("/news"))


def test_nobody_asks_everybody(make_user, writing, as_viewer, lea, lab_id, clock):
    """MAX_MADE: a limit for who asks, said in words; what was declined or withdrawn counts as well."""
    crowd = [make_user(f"Agent {number}") for number in range(MAX_MADE + 1)]
    viewer = as_viewer(lea)
    with writing():
        for one in crowd:
            make_card(one, lab_id, bring="dessiner")
        first, second, *_others = [ask(viewer, one.id, "Une affiche", at=now()) for one in crowd[:-1]]
        withdraw(viewer, first, at=now())
        decline(as_viewer(crowd[1]), second, at=now())
        with pytest.raises(Conflict, match="20 demandes"):
            ask(viewer, crowd[-1].id, "Une affiche", at=now())
        clock.advance(days=14)
        ask(viewer, crowd[-1].id, "Une affiche", at=now())


def test_the_sweep_tells_whoever_waited_once(made, sign_in, clock, run_jobs, lea, awa, audit_of):
    clock.advance(days=14, minutes=1)
    run_jobs()
    run_jobs()
    assert words(sign_in(lea).get("/news")).count("« Demande à Awa Diop » : pas disponible") == 1
    assert audit_of(CARDS) == ["ambassadors.card_written", "ambassadors.asked", "ambassadors.answered"]


def test_the_audit_says_neither_who_asked_nor_whom(made, sign_in, post, awa, app):
    """P19."""
    post(sign_in(awa), f"{made}/yes")
    query = (
        "SELECT a.subject_kind, a.subject_id, p.actor_id FROM audit a JOIN audit_person p ON p.audit_id = a.id"
        " WHERE a.action IN ('ambassadors.asked', 'ambassadors.answered')"
    )
    with app.app_context():
        rows = {tuple(row) for row in session.execute(sa.text(query))}
    assert rows == {("ambassadors.cards", 1, None)}


def test_a_refused_request_keeps_what_was_typed(card, sign_in, post, lea, states):
    own = sign_in(lea)
    assert post(own, f"{card}/ask", {"words": " "}).status_code == 422
    answer = post(own, f"{card}/ask", {"words": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert states(lea) == []


def test_the_page_of_a_person_says_what_they_open_and_offers_to_ask(card, sign_in, writing, awa, ben, lea, lab_id):
    own = sign_in(lea)
    page = own.get(f"/directory/people/{awa.id}")
    assert "dessiner" in words(page)
    assert {card, f"{card}/ask"} <= set(hrefs(page))
    assert f"{card}/ask" in hrefs(own.get(card))
    with writing():
        make_card(ben, lab_id, bring=Words("souder", audience=Audience.LAB))
    page = own.get(f"/directory/people/{ben.id}")
    assert "souder" not in page.text
    assert not re.search("Avec ses mots|momentanément indisponible", page.text)
    assert "ambassadors/people" not in page.text
    mine = sign_in(awa).get(f"/directory/people/{awa.id}")
    assert "ambassadors/people" not in mine.text


def test_requests_are_listed_for_the_two(made, sign_in, awa, lea):
    for reader, title, box in ((awa, "Demande de Léa Petit", "received"), (lea, "Demande à Awa Diop", "made")):
        own = sign_in(reader)
        other = {"received": "made", "made": "received"}[box]
        assert title in words(own.get("/ambassadors/requests"))
        assert title in words(own.get(f"/ambassadors/requests?box={box}"))
        assert title not in words(own.get(f"/ambassadors/requests?box={other}"))


def test_asking_again_looks_for_the_words_of_ones_own_request(made, sign_in, writing, ben, lea, lab_id):
    with writing():
        make_card(ben, lab_id, bring="des affiches")
    page = sign_in(lea).get(f"/ambassadors/?again={made.rsplit('/', 1)[1]}")
    assert "Ben Roux" in words(page)


def test_a_request_is_named_to_the_two_only(made, ben, as_viewer, app, awa, lea):
    """Notices, links and the audit name a subject through this door."""
    number = int(made.rsplit("/", 1)[1])
    with app.test_request_context():
        found = [len(cards([number], as_viewer(who))) for who in (awa, lea, ben)]
    assert found == [1, 1, 0]


def test_whoever_asks_somebody_else_finds_their_words_again(client, sign_in, writing, awa, ben, lea, lab_id, post):
    with writing():
        for person in (ben, lea):
            make_card(person, lab_id, bring="dessiner une carte")
    sign_in(awa)
    asked = post(client, f"/ambassadors/people/{ben.id}/ask", {"words": "Dessiner une carte mardi ?"})
    number = int(asked.location.rpartition("/")[2])
    found = client.get(f"/ambassadors/?again={number}")
    assert words(found).count("Vous lui avez déjà demandé.") == 1
    assert f"/ambassadors/people/{lea.id}/ask?again={number}" in hrefs(found)
    assert "Dessiner une carte mardi ?" in client.get(f"/ambassadors/people/{lea.id}/ask?again={number}").text
    sign_in(lea)
    assert "Dessiner une carte" not in client.get(f"/ambassadors/people/{ben.id}/ask?again={number}").text
