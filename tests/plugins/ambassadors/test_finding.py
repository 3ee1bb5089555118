"""Finding somebody: what one may read finds them, and nobody is ranked (C08 SPEC 2, 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.api import Audience, ServiceFacts, add_service, change_person, leave, now, people_facts

from plugins.ambassadors.models.card import HOUR, QUARTER, TUESDAY, WEDNESDAY
from plugins.ambassadors.models.vocabulary import ROLE
from plugins.ambassadors.services.cards import Words
from tests.plugins.ambassadors.factories import START, make_card, make_people, make_tag
from tests.plugins.labs.pages import hrefs, main_of, order_of, words
from tests.review.growing import counting

PLUGINS = ["ambassadors", "directory"]
CROWD = ["Ana", "Bea", "Cleo", "Dino", "Elsa", "Fred", "Gina", "Hugo"]


@pytest.fixture
def find(client, sign_in):
    """Look for somebody, as this person; give the names found, in order."""

    def look(reader, *names: str, **asked: object) -> list[str]:
        sign_in(reader)
        page = client.get("/ambassadors/", query_string=asked)
        assert page.status_code == 200
        return order_of(page, *names)

    return look


@pytest.fixture
def crowd(make_user, writing, lab_id):
    """Open eight cards to every agent; time stands still."""
    made = [make_user(name) for name in CROWD]
    with writing():
        for one in made:
            make_card(one, bring="dessiner une affiche")
    return made


def test_words_are_found_whatever_their_ending_and_accents(find, writing, awa, lea, lab_id):
    with writing():
        make_card(awa, bring="dessiner, réparer des vélos")
    assert find(lea, "Awa", q="qui sait dessiner") == ["Awa"]
    assert find(lea, "Awa", q="DESSINS") == ["Awa"]
    assert find(lea, "Awa", q="reparation velo") == ["Awa"]
    assert find(lea, "Awa", q="dessiner un mouton") == []


def test_all_the_words_are_found_in_any_field_of_one_side(find, writing, awa, ben, lea, lab_id):
    with writing():
        make_card(awa, bring="dessiner", passion="la photographie", seek="un jardin")
        make_card(ben, bring="dessiner", seek="la photographie")
    assert find(lea, "Awa", "Ben", q="dessiner photographie") == ["Awa"]
    assert find(lea, "Awa", "Ben", q="photographie", side="seeks") == ["Ben"]


def test_a_tag_is_found_by_its_words_its_synonyms_and_its_number(find, writing, awa, ben, lea, lab_id):
    with writing():
        drawing = make_tag("Dessin", synonyms="croquis ; illustration")
        keeping = make_tag("Garder le temps", kind=ROLE)
        make_card(awa, bring=Words("", (drawing,), Audience.INTRANET))
        make_card(ben, role=Words("", (keeping,), Audience.INTRANET))
    for asked in ({"q": "illustrations"}, {"q": "dessiner"}, {"talent": drawing}):
        assert find(lea, "Awa", "Ben Roux", **asked) == ["Awa"]
    assert find(lea, "Awa", "Ben Roux", talent=keeping) == ["Ben Roux"]
    assert find(lea, "Awa", "Ben Roux", talent=drawing, side="seeks") == []


def test_what_a_reader_may_not_read_finds_nobody(find, writing, make_user, awa, ben, lea, lab_id):
    """C08 SPEC 3, P19: neither rank nor role guesses a hidden field by searching."""
    chief = make_user("Chef Haut", role="admin")
    with writing():
        tag = make_tag("Ferronnerie")
        make_card(
            awa,
            lab_id,
            bring=Words("souder", (tag,), Audience.LAB),
            passion=Words("les orchidées", audience=Audience.SELF),
            seek=Words("un potager", audience=Audience.INTRANET),
        )
        facts = people_facts([awa.id])[awa.id]
        change_person(awa.id, replace(facts, superior_id=chief.id), actor=None, at=now())
    for reader in (chief, lea):
        for asked in ({"q": "souder"}, {"q": "ferronnerie"}, {"talent": tag}, {"q": "orchidées"}, {}):
            assert find(reader, "Awa", **asked) == []
        assert find(reader, "Awa", q="potager", side="seeks") == ["Awa"]
    assert find(ben, "Awa", q="souder") == ["Awa"]
    assert find(ben, "Awa", q="orchidées") == []


def test_a_search_shows_only_the_fields_that_answer_it(client, sign_in, writing, awa, lea, lab_id):
    with writing():
        make_card(awa, bring="dessiner", passion="la photographie")
    sign_in(lea)
    page = main_of(client.get("/ambassadors/?q=dessiner"))
    assert "dessiner" in page
    assert "photographie" not in page


def test_a_hidden_field_of_time_narrows_nothing(find, writing, awa, ben, lea, lab_id):
    """C08 SPEC 3: availability counts only where it is open."""
    with writing():
        hidden = Words("", (), Audience.LAB, HOUR, TUESDAY)
        make_card(awa, lab_id, bring="dessiner", free=hidden)
        make_card(lea, lab_id, bring="dessiner", free=replace(hidden, audience=Audience.INTRANET))
    assert find(ben, "Awa", "Léa", day=TUESDAY) == find(ben, "Awa", "Léa")
    with writing():
        make_card(ben, lab_id, bring="souder")
    assert find(lea, "Awa", day=TUESDAY) == []
    assert find(lea, "Awa", "Disponible :", q="dessiner") == ["Awa"]


def test_time_and_day_narrow(find, writing, awa, ben, lea, lab_id):
    with writing():
        make_card(awa, bring="dessiner", free=Words("", (), Audience.INTRANET, QUARTER, TUESDAY | WEDNESDAY))
        make_card(ben, bring="dessiner", free=Words("", (), Audience.INTRANET, HOUR, WEDNESDAY))
    assert find(lea, "Awa", "Ben", time=HOUR) == ["Ben"]
    assert find(lea, "Awa", "Ben", day=TUESDAY) == ["Awa"]
    assert sorted(find(lea, "Awa", "Ben", time=QUARTER, day=WEDNESDAY)) == ["Awa", "Ben"]
    assert find(lea, "Awa", "Ben", time="x", day="3", place="-1", talent="9" * 30, mine="z") != []


def test_a_place_holds_all_that_stands_under_it(find, writing, awa, ben, lea, lab_id):
    with writing():
        parks = add_service(ServiceFacts("Espaces verts"), actor=None, at=now())
        roses = add_service(ServiceFacts("Roseraie", parent_id=parks), actor=None, at=now())
        for one, place in ((awa, parks), (ben, roses)):
            change_person(one.id, replace(people_facts([one.id])[one.id], service_id=place), actor=None, at=now())
            make_card(one, bring="tailler")
    assert sorted(find(lea, "Awa", "Ben", place=parks)) == ["Awa", "Ben"]
    assert find(lea, "Awa", "Ben", place=roses) == ["Ben"]
    assert find(lea, "Roseraie", place=roses) == ["Roseraie"]


def test_who_says_when_they_can_comes_first(find, crowd, writing, clock, lea):
    """C08 SPEC 2."""
    with writing():
        make_card(crowd[7], bring="dessiner une affiche", free=Words("", (), Audience.INTRANET, None, TUESDAY))
        make_card(crowd[3], bring="dessiner une affiche", free=Words("le matin", (), Audience.INTRANET))
    for day in range(5):
        clock.set(START + timedelta(days=day))
        assert find(lea, *CROWD, q="dessiner")[0] == "Hugo"


def test_the_order_is_another_every_day_and_the_same_within_one(find, crowd, clock, lea):
    """C08 SPEC 2: nobody is always first, whatever they wrote and whoever looks."""
    firsts = []
    for day in range(12):
        clock.set(START + timedelta(days=day))
        order = find(lea, *CROWD, q="dessiner")
        clock.set(START + timedelta(days=day, hours=9))
        assert find(lea, *CROWD) == order
        firsts.append(order[0])
    assert len(set(firsts)) > 2


def test_pages_follow_each_other_without_losing_anybody(client, sign_in, make_user, writing, lea, lab_id):
    everybody = [make_user(f"Agent {number:02}") for number in range(45)]
    with writing():
        for one in everybody:
            make_card(one, bring="dessiner")
    sign_in(lea)
    seen, address = [], "/ambassadors/?q=dessin"
    while address:
        page = client.get(address)
        seen += order_of(page, *(f"Agent {number:02}" for number in range(45)))
        address = next((url for url in hrefs(page) if "after=" in url), None)
    assert sorted(seen) == [f"Agent {number:02}" for number in range(45)]


def test_who_seeks_what_i_bring_and_the_other_way_round(client, find, writing, awa, ben, lea, lab_id):
    with writing():
        drawing = make_tag("Dessin")
        make_card(
            lea, bring=Words("souder", (drawing,), Audience.SELF), seek=Words("un bout de jardin", (), Audience.SELF)
        )
        make_card(awa, seek="quelqu’un pour dessiner", bring="jardiner")
        make_card(ben, bring="cuisiner", seek="cuisiner")
    assert find(lea, "Awa", "Ben Roux", mine="brings") == ["Awa"]
    assert find(lea, "Awa", "Ben Roux", mine="seeks") == ["Awa"]
    links = hrefs(client.get("/ambassadors/mine"))
    assert {"/ambassadors/?mine=brings", "/ambassadors/?mine=seeks"} <= set(links)
    assert find(ben, "Léa", mine="brings") == []
    assert "soud" not in words(client.get("/ambassadors/?mine=brings"))


def test_nothing_found_says_what_next(client, sign_in, writing, awa, lea, lab_id):
    """P19: what is suggested comes from the vocabulary, never from what people wrote."""
    with writing():
        make_tag("Soudure")
        make_card(awa, bring=Words("le soudage à l’arc", audience=Audience.SELF), seek="rien")
    sign_in(lea)
    page = client.get("/ambassadors/?q=soudurre+bateau")
    said = words(page)
    assert "Personne ne le dit parmi les cartes qui vous sont ouvertes" in said
    assert "/ambassadors/?q=Soudure&side=brings" in hrefs(page)
    assert "soudage" not in said
    assert "/ambassadors/?q=bateau&side=brings" in hrefs(page)
    assert "/ambassadors/?q=soudurre+bateau&side=seeks" in hrefs(page)


def test_an_empty_portal_says_how_to_begin(client, sign_in, lea, lab_id):
    sign_in(lea)
    page = client.get("/ambassadors/")
    assert "Personne ne vous a encore ouvert de carte" in words(page)
    assert "/ambassadors/mine/write" in hrefs(page)


def test_who_has_left_is_not_found(find, writing, awa, lea, lab_id):
    with writing():
        make_card(awa, bring="dessiner")
    with writing():
        leave(awa.id, actor=None, at=now())
    assert find(lea, "Awa", q="dessiner") == []


def test_finding_asks_as_much_for_forty_as_for_four(client, sign_in, make_user, writing, app, lea, lab_id):
    with writing():
        tag = make_tag("Dessin")
    sign_in(lea)
    counts = []
    for size in (4, 36):
        some = [make_user(f"P {size} {number}") for number in range(size)]
        with writing():
            for one in some:
                make_card(one, bring=Words("dessiner", (tag,), Audience.INTRANET))
        client.get("/ambassadors/?q=dessiner+dessin")
        with counting(app) as statements:
            client.get("/ambassadors/?q=dessiner+dessin")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_list_begun_before_midnight_goes_on_in_its_order(sign_in, writing, lea, lab_id, clock):
    """C08 SPEC 2: nobody is missed, nor met twice; and no other day may be asked for."""
    with writing():
        for one in make_people(45):
            make_card(one, bring="dessiner")
    names = [f"Agent {place:04d}" for place in range(45)]
    clock.set(datetime(2026, 9, 9, 21, 59, tzinfo=UTC))
    own = sign_in(lea)
    met, address = [], "/ambassadors/?q=dessiner"
    while address:
        page = own.get(address)
        met += order_of(page, *names)
        address = next((url for url in hrefs(page) if "after=" in url), None)
        clock.set(datetime(2026, 9, 9, 22, 1, tzinfo=UTC))
    assert sorted(met) == names
    today, other = (order_of(own.get(f"/ambassadors/?begun={day}"), *names) for day in ("2026-09-10", "2026-09-08"))
    assert today == other != met[:20]
