"""Whoever is to answer has no hand on the questions: every route, generated from the map (C07 SPEC 1 and 14)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, session

from plugins.copils.models.question import Asker, Masking, Question
from plugins.copils.services.asking import Words, ask_question, put_back, reword_question, withdraw_question
from plugins.copils.services.collectives import ask_in_own_name, decline, give_voice, invite, take_voice_back
from plugins.copils.services.grouping import accept_together, part, refuse_together, want_together
from plugins.copils.services.masking import mask_name
from plugins.copils.services.moderating import return_question
from plugins.copils.services.ordering import move_question
from plugins.copils.views import asking, moderating
from tests.plugins.copils.factories import START, add_askers, make_copil, make_function, make_question
from tests.plugins.labs.pages import hrefs, words

PLUGINS = ["copils"]
WRITTEN = {
    "text": "Autre chose ?",
    "asked": "alone",
    "collective": "Nous",
    "person": "Omar Sy",
    "to": "1",
    "reason": "Non",
    "name": "Marie Curie",
}


@pytest.fixture
def house(make_user, writing, clock):
    """Give a copil where Denis decides and facilitates, who asked a question there before, and two other questions."""
    clock.set(START)
    found = SimpleNamespace(denis=make_user("Denis Grand"), awa=make_user("Awa Diop"), omar=make_user("Omar Sy"))
    with writing():
        found.copil_id = make_copil(found.denis, [make_function("Direction générale", found.denis)])
        found.own = make_question(found.denis, found.copil_id, "Que dit Marie Curie du chauffage ?", position=1)
        found.host = make_question(found.awa, found.copil_id, "Et Marie Curie, que dit-elle du froid ?", position=2)
        found.wanting = make_question(
            found.omar, found.copil_id, "Et Marie Curie ?", position=3, merge_wanted_id=found.own
        )
        found.merged = make_question(found.omar, found.copil_id, "Ou plus ?", position=4, merged_into_id=found.own)
        found.withdrawn = make_question(found.denis, found.copil_id, "Rien ?", position=5, withdrawn_at=START)
        found.gathering = make_question(
            found.denis, found.copil_id, "Ensemble ?", asked_at=None, is_collective=True, collective="Nous"
        )
        add_askers(found.gathering, [found.omar])
    return found


def _rows(reading) -> list[tuple[object, ...]]:
    with reading():
        tables = (Question.__table__, Asker.__table__, Masking.__table__)
        return [tuple(row) for table in tables for row in session.execute(sa.select(table).order_by(table.c.id))]


def _routes(app) -> list[str]:
    """List the addresses that change questions, without their numbers."""
    modules = {asking.__name__, moderating.__name__}
    return sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and app.view_functions[rule.endpoint].__module__ in modules
    )


def test_every_route_that_changes_questions_refuses_who_is_to_answer(house, app, sign_in, post, reading):
    """C07 SPEC 1 and 14: raw POSTs, on what they asked before too, though they facilitate."""
    before, browser, routes = _rows(reading), sign_in(house.denis), _routes(app)
    assert len(routes) >= 16
    numbers = (house.own, house.host, house.wanting, house.merged, house.withdrawn, house.gathering)
    for endpoint in routes:
        for number in numbers:
            values = {"copil_id": house.copil_id} if endpoint == "copils.ask" else {"question_id": number}
            address = app.url_map.bind("localhost").build(endpoint, values)
            answer = post(browser, address, {**WRITTEN, "other": str(house.host)})
            assert answer.status_code in {403, 404}, address
    assert _rows(reading) == before


def test_the_page_says_why_and_offers_nothing(house, sign_in):
    """C07 SPEC 1."""
    browser = sign_in(house.denis)
    refused = browser.get(f"/copils/sessions/{house.copil_id}/ask")
    assert refused.status_code == 403
    assert "répondre à ce copil" in words(refused)
    for address in (f"/copils/q/{house.own}", f"/copils/q/{house.host}"):
        page = browser.get(address)
        assert page.status_code == 200
        assert [href for href in hrefs(page) if href.startswith(f"{address}/")] == []
    move = f"/copils/q/{house.own}/move"
    assert move not in hrefs(browser.get(f"/copils/sessions/{house.copil_id}"))
    assert move in hrefs(sign_in(house.awa).get(f"/copils/sessions/{house.copil_id}"))


def test_the_services_refuse_them_by_themselves(house, as_viewer, reading, writing):
    """C07 SPEC 1 and 14: a service may be called without any page."""
    who, before = as_viewer(house.denis), _rows(reading)

    def of(number: int) -> Question:
        return session.get_one(Question, number)

    copil_words = Words("Autre ?")
    acts = {
        "ask": lambda: ask_question(who, of(house.own).copil, words=copil_words, is_collective=False, at=START),
        "reword": lambda: reword_question(who, of(house.own), words=copil_words, at=START),
        "withdraw": lambda: withdraw_question(who, of(house.own), at=START),
        "put back": lambda: put_back(who, of(house.withdrawn), at=START),
        "invite": lambda: invite(who, of(house.gathering), person=house.awa, at=START),
        "voice": lambda: give_voice(who, of(house.host), at=START),
        "decline": lambda: decline(who, of(house.gathering), at=START),
        "leave": lambda: take_voice_back(who, of(house.own), at=START),
        "alone": lambda: ask_in_own_name(who, of(house.gathering), at=START),
        "move": lambda: move_question(who, of(house.own), to=3, at=START),
        "want": lambda: want_together(who, of(house.own), other=of(house.host), at=START),
        "accept": lambda: accept_together(who, of(house.wanting), at=START),
        "refuse": lambda: refuse_together(who, of(house.wanting), at=START),
        "part": lambda: part(who, of(house.merged), at=START),
        "return": lambda: return_question(who, of(house.host), reason="Non", at=START),
        "mask": lambda: mask_name(who, of(house.host), name="Marie Curie", at=START),
    }
    for name, act in acts.items():
        with pytest.raises(Forbidden), writing():
            act()
            pytest.fail(name)
    assert _rows(reading) == before


def test_losing_the_function_gives_the_acts_back(house, sign_in, post, writing, clock):
    """C07 SPEC 1: whoever holds it now."""
    clock.advance(minutes=1)
    with writing():
        make_function("Direction générale", house.omar)
    typed = {"text": "Que dit-on du chauffage ?"}
    assert post(sign_in(house.denis), f"/copils/q/{house.own}/reword", typed).status_code == 303
    assert post(sign_in(house.omar), f"/copils/q/{house.wanting}/withdraw").status_code == 403


def test_nothing_changes_by_a_door_for_those_who_are_not_signed_in(house, app, new_client, reading):
    before = _rows(reading)
    for endpoint in _routes(app):
        values = {"copil_id": house.copil_id} if endpoint == "copils.ask" else {"question_id": house.own}
        answer = new_client().post(app.url_map.bind("localhost").build(endpoint, values), data=WRITTEN)
        assert answer.status_code >= 300
    assert _rows(reading) == before
