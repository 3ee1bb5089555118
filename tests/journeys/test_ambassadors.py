"""Ambassadors as people live them: a card on a shared screen, a search, paper cards, a pause, the map."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from docs.screenshots import enrol_screen
from portal.hosting.factory import create_app
from portal.hosting.worker import run_jobs

from tests.journeys.strokes import KEY, PHONE_KEY, POINT, seconds
from tests.journeys.travellers import by_every_hand, enter_pin, named

pytestmark = pytest.mark.browser

MATRICULE, CODE = "D231", "730916"
BRINGS = "réparer un banc, planter une haie"
CARD_SECONDS, FIND_SECONDS, PAPER_SECONDS = 180, 30, 10
PAPER = "porter des tables, monter un stand"
DRAWN_MS = 30_000
CONFIRMED = "Votre carte est gardée"


def test_a_gardener_fills_a_card_on_the_shared_screen(browser, demo, travel, is_accessible):
    """A paper card waits for Ludovic: he reads it again, says when he can, keeps it; nobody else had read it."""
    karim = travel("Karim Haddad")
    karim.go("/ambassadors/?q=oiseaux")
    assert "Ludovic" not in karim.reads()
    hall = travel()
    enter_pin(hall, enrol_screen(browser, demo, "Serre"), matricule=MATRICULE, code=CODE)
    hall.go("/")
    hall.act(named(hall.page, re.compile("carte papier")))
    hall.act(named(hall.page, "La relire"))
    hall.page.wait_for_url("**/ambassadors/mine/write")
    is_accessible(hall)
    form = hall.page.locator("main form")
    assert form.get_by_label("Ce qui me passionne").input_value() == "les oiseaux de la dune"
    hall.type(form.get_by_label("Ce que je peux apporter"), BRINGS)
    for day in ("mardi", "vendredi"):
        form.get_by_label(day, exact=True).check()
    hall.act(named(hall.page, "Garder ma carte", "button"))
    hall.page.wait_for_url("**/ambassadors/mine")
    expect(hall.page.get_by_role("status").first).to_contain_text(CONFIRMED)
    assert seconds(keys=len(MATRICULE + CODE + BRINGS), points=9, key=PHONE_KEY) < CARD_SECONDS
    karim.go("/ambassadors/?q=planter")
    assert "Ludovic Carpentier" in karim.reads()


def test_a_lead_finds_three_who_draw_on_tuesdays_and_asks_the_next(travel, is_accessible):
    nadia = travel("Nadia Vermeersch")
    nadia.go("/")
    nadia.act(nadia.page.get_by_role("navigation").get_by_role("link", name="Les gens"))
    nadia.act(nadia.page.get_by_role("navigation").get_by_role("link", name="Trouver quelqu’un"))
    nadia.type(nadia.page.get_by_label("Je cherche quelqu’un qui…"), "peut dessiner")
    nadia.act(nadia.page.get_by_text("Quand, où, quel talent"))
    nadia.page.get_by_label("Jour").select_option("mardi")
    nadia.act(named(nadia.page, "Filtrer", "button"))
    nadia.page.wait_for_url("**day=2**")
    assert seconds(keys=len("peut dessiner"), points=6) < FIND_SECONDS
    found = nadia.page.locator("#results h2, #results h3").all_inner_texts()
    assert "Zélie Humbert" in found
    assert "Manon Teyssier" in found
    is_accessible(nadia)
    nadia.act(named(nadia.page, "Manon Teyssier"))
    nadia.act(named(nadia.page, "Lui demander un coup de main"))
    nadia.type(nadia.page.locator("main textarea"), "Dessiner ce qui se dit, mardi de 9 h à 11 h ?")
    nadia.act(nadia.page.locator("main form button").first)
    nadia.page.wait_for_url(re.compile(r"/ambassadors/requests/\d+$"))
    assert "attend une réponse" in nadia.reads()


@by_every_hand
def test_cards_come_from_paper_and_stay_closed_to_who_typed_them(travel, is_accessible, hand):
    nadia = travel("Nadia Vermeersch", **hand)
    nadia.go("/ambassadors/typing")
    is_accessible(nadia)
    for place, name in enumerate(("Denis Lefranc", "Bruno Dekeyser")):
        row = nadia.page.locator("main form fieldset").nth(place)
        nadia.type(row.get_by_label("Nom ou matricule"), name)
        nadia.type(row.get_by_label("Peut apporter"), PAPER)
    nadia.page.keyboard.press("Enter")
    expect(nadia.page.get_by_role("status").first).to_contain_text("gardé pour leurs auteurs")
    assert seconds(keys=len("D503" + PAPER) + 3, points=0, key=KEY) + POINT < PAPER_SECONDS * 2
    nadia.go("/ambassadors/?q=stand")
    assert "Denis Lefranc" not in nadia.reads()


def test_a_pause_is_told_to_nobody(travel, is_accessible):
    mehmet, awa, josiane = travel("Mehmet Yıldız"), travel("Awa Mbengue"), travel("Josiane Pruvost")
    for level in ("relais", "contributeur ou contributrice"):
        mehmet.go("/ambassadors/level")
        mehmet.choose(mehmet.page.get_by_label(re.compile(level)))
        mehmet.act(named(mehmet.page, "Garder ce niveau", "button"))
        expect(mehmet.page.get_by_role("status").first).to_contain_text("personne n’en est prévenu")
    is_accessible(mehmet)
    josiane.go("/ambassadors/?q=turc")
    assert "Mehmet" in josiane.reads()
    mehmet.act(named(mehmet.page, "Me mettre en pause", "button"))
    mehmet.page.wait_for_url("**/ambassadors/level")
    for somebody in (josiane, awa):
        somebody.go("/ambassadors/?q=turc")
        assert "Mehmet" not in somebody.reads()
    awa.go("/directory/audit")
    for row in awa.page.locator("main tbody tr").all_inner_texts():
        assert not ("Mehmet" in row and ("niveau" in row or "carte" in row))
    mehmet.act(named(mehmet.page, re.compile("Revenir"), "button"))
    josiane.go("/ambassadors/?q=turc")
    assert "Mehmet" in josiane.reads()


def a_minute_passes(demo):
    """Do what `portal work` does within a minute, beside it."""
    site = demo.site()
    try:
        while run_jobs(create_app(site)):
            pass
    finally:
        site.engine.dispose()


def test_everybody_reads_the_map_by_keyboard_and_as_a_table(travel, demo):
    karim = travel("Karim Haddad", keyboard=True)
    karim.go("/ambassadors/map")
    assert "encadrer une randonnée" in karim.reads()
    karim.act(named(karim.page, "Dessiner le plan", "button"))
    a_minute_passes(demo)
    expect(karim.page.locator("main svg a").first).to_be_visible(timeout=DRAWN_MS)
    karim.act(karim.page.locator("main svg a", has_text="Ville de Mulhouse").first)
    karim.page.wait_for_url("**under=**")
    karim.go("/ambassadors/map?as=table")
    karim.act(named(karim.page, "dessiner"))
    karim.page.wait_for_url(re.compile("/ambassadors/talents/"))
    assert "Zélie Humbert" in karim.page.locator("main").inner_html()
