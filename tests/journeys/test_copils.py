"""Inverted copils as people live them: asking from a phone, joining in the depot, refusing, reading the wall.

The copil itself is in `test_copil_room.py`: it changes the hour.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from docs.screenshots import enrol_screen

from tests.journeys.strokes import PHONE_KEY, seconds
from tests.journeys.travellers import by_every_hand, enter_pin, named

pytestmark = pytest.mark.browser

CALL = "/copils/sessions/2"
HALF_A_SCREEN = 450
PROMISE = "Une réponse écrite à chacune des douze idées"
HELD_BY = ("Hortense Lambrecht", "Thomas Nguyen", "Céline Wagner", "Ludovic Carpentier", "Josiane Pruvost")
ASKED = "Qui répond au téléphone quand nous sommes en formation ?"
MAX_TAPS, MAX_SECONDS = 3, 60
NEEDED_FIELDS = 1
ADDRESS = re.compile(r"http://\S+/copils/(?:wall/[\w.=-]+|public)")


def _question(about: str, hand: dict[str, object]) -> str:
    return f"{about} (main {len(hand)}{'keyboard' in hand}) ?"


def test_an_agent_asks_a_question_from_a_phone_in_three_taps_and_one_field(travel, is_accessible):
    fatou = travel("Fatoumata Keïta", phone=True)
    fatou.go("/")
    fatou.tap(named(fatou.page, "Poser une question"))
    fatou.page.wait_for_url(f"**{CALL}/ask")
    is_accessible(fatou)
    form = fatou.page.locator("main form")
    assert form.locator("textarea:visible, input[type=text]:visible").count() == NEEDED_FIELDS
    fatou.tap(fatou.page.get_by_label("Votre question"))
    fatou.page.keyboard.type(ASKED)
    fatou.tap(named(fatou.page, "Poser cette question", "button"))
    fatou.page.wait_for_url(re.compile(r"/copils/q/\d+$"))
    assert fatou.taps <= MAX_TAPS
    assert seconds(keys=len(ASKED), points=fatou.taps, key=PHONE_KEY) < MAX_SECONDS
    assert "Votre question est à l’ordre du jour" in fatou.page.locator("body").inner_text()
    fatou.go(CALL)
    assert "Qui répond au téléphone" in fatou.reads()


@by_every_hand
def test_she_asks_it_together_and_a_second_one_joins_from_the_shared_screen(browser, demo, travel, is_accessible, hand):
    question = _question("Pourquoi l’eau est-elle coupée au dépôt", hand)
    fatou = travel("Fatoumata Keïta", phone=True, **hand)
    fatou.go(f"{CALL}/ask")
    fatou.type(fatou.page.get_by_label("Votre question"), question)
    fatou.choose(fatou.page.get_by_label(re.compile("Un collectif")))
    fatou.type(fatou.page.get_by_label("Nom du collectif"), "Celles et ceux du dépôt")
    fatou.act(fatou.page.get_by_text("Plus de détails"))
    fatou.type(fatou.page.get_by_label("Première personne à inviter"), "Josiane Pruvost")
    fatou.act(named(fatou.page, "Poser cette question", "button"))
    fatou.page.wait_for_url(re.compile(r"/copils/q/\d+$"))
    assert "Encore 2 voix" in fatou.reads()

    hall = travel(**hand)
    enter_pin(hall, enrol_screen(browser, demo, f"Dépôt {len(hand)}{'keyboard' in hand}"))
    hall.go("/")
    hall.act(named(hall.page, question))
    hall.page.wait_for_url("**/copils/q/*")
    is_accessible(hall)
    hall.act(named(hall.page, "Je la pose aussi", "button"))
    expect(hall.page.get_by_role("status").first).to_contain_text("Vous posez aussi cette question")
    assert "Encore 1 voix" in hall.reads()
    hall.act(hall.page.get_by_role("button", name="Sortir"))
    hall.page.wait_for_url("**/screen")
    hall.go(CALL)
    assert "coupée" not in hall.page.content()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_a_director_owes_comes_after_one_card_at_most(travel, phone):
    hortense = travel("Hortense Lambrecht", phone=phone)
    hortense.go("/")
    cards = hortense.page.locator("main section.card")
    _now, waiting, also, *_others = cards.all_inner_texts()
    assert waiting.startswith("Ce qui vous attend") and "Une salle ouverte dans chaque bâtiment" in waiting
    assert also.startswith("En ce moment aussi")
    if not phone:
        assert cards.nth(1).bounding_box()["y"] < HALF_A_SCREEN


def test_on_a_phone_the_board_begins_with_the_commitments_and_the_year_is_a_table(travel):
    mehmet = travel("Mehmet Yıldız", phone=True)
    mehmet.go("/copils/")
    first = mehmet.page.locator("main .row").first
    assert first.bounding_box()["y"] < mehmet.page.viewport_size["height"]
    assert not mehmet.page.get_by_label("Fonction").is_visible()
    mehmet.tap(mehmet.page.get_by_text("Filtrer cette liste"))
    assert mehmet.page.get_by_label("Fonction").is_visible()
    mehmet.go("/copils/?state=all")
    assert mehmet.page.get_by_label("Fonction").is_visible()
    mehmet.go("/copils/picture/2018")
    assert mehmet.page.get_by_role("table").is_visible() and not mehmet.page.locator("svg.copils-picture").is_visible()
    mehmet.page.set_viewport_size({"width": 1280, "height": 720})
    assert mehmet.page.locator("svg.copils-picture").is_visible() and not mehmet.page.get_by_role("table").is_visible()


@by_every_hand
def test_a_director_finds_what_they_owe_says_it_is_done_and_those_who_asked_refuse(travel, is_accessible, hand):
    missing = _question("Il en manque cinq, celles des bibliothèques", hand)
    thomas = travel("Thomas Nguyen", **hand)
    thomas.go("/")
    owed = named(thomas.page, PROMISE)
    assert owed.bounding_box()["y"] < thomas.page.viewport_size["height"]
    assert "en cours · pour le 14 février 2018" in thomas.reads()
    thomas.act(owed)
    thomas.page.wait_for_url("**/copils/c/*")
    address = thomas.page.url
    thomas.act(named(thomas.page, "Dire que c’est fait"))
    thomas.page.wait_for_url("**/done")
    thomas.type(thomas.page.get_by_label("Ce qui a été fait"), "Les réponses sont au tableau, salle 3.")
    is_accessible(thomas)
    thomas.act(named(thomas.page, "Dire que c’est fait", "button"))
    thomas.page.wait_for_url(address)
    assert "annoncé fait, à confirmer" in thomas.reads()
    assert named(thomas.page, "Dire oui ou non").count() == 0

    fatou = travel("Fatoumata Keïta", phone=True, **hand)
    fatou.go("/")
    assert "C’est vraiment fait ?" in fatou.reads()
    fatou.act(named(fatou.page, "Dire oui ou non"))
    fatou.page.wait_for_url("**/verdict")
    is_accessible(fatou)
    fatou.choose(fatou.page.get_by_label(re.compile("Non, pas encore")))
    fatou.type(fatou.page.get_by_label(re.compile("manque")), missing)
    fatou.act(fatou.page.locator("main form .button.main"))
    fatou.page.wait_for_url(address)

    witness = travel("Mehmet Yıldız", **hand)
    witness.go(address)
    assert "en cours" in witness.reads() and missing in witness.reads()
    stranger = travel(**hand)
    assert stranger.go("/copils/public?q=douze+idées") == 200
    assert f"{PROMISE} en cours" in stranger.reads()


def test_the_hall_sees_the_wall_without_session_nor_any_name(travel, is_accessible):
    nadia, hall = travel("Nadia Vermeersch"), travel()
    nadia.go("/copils/hall/door")
    hall.go(ADDRESS.search(nadia.reads()).group(0))
    is_accessible(hall)
    board = hall.page.locator("body").inner_text()
    assert all(column in board for column in ("En retard", "En cours", "Tenu"))
    assert not [name for name in HELD_BY if name in board]
    assert hall.context.cookies() == []


def test_a_wall_that_is_closed_goes_off_in_the_hall_by_itself(travel):
    nadia, hall = travel("Nadia Vermeersch"), travel()
    nadia.go("/copils/hall/door")
    hall.page.clock.install()
    hall.go(ADDRESS.search(nadia.reads()).group(0))
    assert "Une salle ouverte" in hall.page.locator("body").inner_text()
    nadia.page.get_by_role("button", name="Fermer cette adresse").click()
    hall.page.clock.fast_forward("05:01")
    expect(hall.page.locator("body")).to_contain_text("fermé")
    assert "Une salle ouverte" not in hall.page.locator("body").inner_text()
    nadia.go("/copils/hall/door")
    nadia.page.get_by_role("main").get_by_role("button").first.click()  # it is open again for the next one


def test_who_reads_the_printed_board_comes_back_by_its_address_without_an_account(travel, is_accessible):
    karim, passer_by = travel("Karim Haddad"), travel(phone=True)
    karim.go("/copils/sheet")
    karim.page.emulate_media(media="print")
    printed = karim.page.locator("body").inner_text()
    assert "En retard (1)" in printed and "Hortense Lambrecht" not in printed
    assert karim.page.get_by_role("img").first.is_visible()
    assert passer_by.go(ADDRESS.search(printed).group(0)) == 200
    assert "Une salle ouverte dans chaque bâtiment" in passer_by.page.locator("body").inner_text()
    is_accessible(passer_by)
