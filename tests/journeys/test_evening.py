"""The evening as people live it: opening, coming in, the end by the clock, the telling, finding it again.

Every journey ends with nothing in the console, nothing refused by the content policy, nothing asked of another host.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from docs.screenshots import OPEN_LAB, enrol_screen, guest_door, take_of_readme

from tests.journeys.travellers import PHONE, by_every_hand, enter_pin, named

pytestmark = pytest.mark.browser

QUESTION = "Qui ouvre la porte quand personne n’est là ?"
OTHER_QUESTION = "Faut-il un vestiaire au labo ?"
MAX_TAPS = 6
PICTURE_BYTES = 200_000


def test_an_animator_opens_a_lab_on_a_phone_in_six_taps(travel):
    nadia = travel("Nadia Vermeersch", phone=True)
    nadia.go("/labs/1")
    nadia.tap(named(nadia.page, "Ouvrir un labo éphémère"))
    nadia.page.wait_for_url("**/labs/1/open")
    nadia.tap(nadia.page.get_by_label("La question"))
    nadia.page.keyboard.type(QUESTION)
    nadia.tap(named(nadia.page, "Ouvrir le labo", "button"))
    nadia.page.wait_for_url(re.compile(r"/labs/e/\d+$"))
    assert nadia.taps <= MAX_TAPS
    expect(nadia.page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    assert "ouvert" in nadia.reads()


@by_every_hand
def test_on_a_phone_a_page_opens_on_its_title_and_the_menu_leads_on(travel, is_accessible, hand):
    nadia = travel("Nadia Vermeersch", phone=True, **hand)
    nadia.go("/labs/1")
    title, menu = nadia.page.get_by_role("heading", level=1), nadia.page.locator("header summary")
    assert nadia.page.locator("nav").filter(visible=True).count() == 1  # where the page stands
    assert title.bounding_box()["y"] < PHONE["height"] / 2
    assert menu.inner_text().split() == ["Menu", "Expérimenter"]
    nadia.act(menu)
    is_accessible(nadia)
    nadia.act(nadia.page.get_by_role("navigation", name="Expérimenter").get_by_role("link", name="Projets"))
    nadia.page.wait_for_url("**/labs/projects")


@by_every_hand
def test_she_opens_it_with_every_hand(travel, hand):
    question = f"{OTHER_QUESTION} {len(hand)} {'keyboard' in hand}"
    nadia = travel("Nadia Vermeersch", **hand)
    nadia.go("/labs/1")
    nadia.act(named(nadia.page, "Ouvrir un labo éphémère"))
    nadia.page.wait_for_url("**/labs/1/open")
    nadia.type(nadia.page.get_by_label("La question"), question)
    nadia.act(named(nadia.page, "Ouvrir le labo", "button"))
    nadia.page.wait_for_url(re.compile(r"/labs/e/\d+$"))
    expect(nadia.page.get_by_role("heading", level=1)).to_have_text(question)


@by_every_hand
def test_somebody_without_an_account_comes_in_by_the_code(browser, demo, travel, hand):
    guest = travel(phone=True, **hand)
    guest.go(guest_door(browser, demo))
    guest.type(guest.page.get_by_label("Votre prénom"), "Gaston")
    guest.type(guest.page.get_by_label("Votre service"), "Ateliers municipaux")
    guest.act(named(guest.page, "Entrer", "button"))
    guest.page.wait_for_url("**/in/**")
    assert "Merci, Gaston. Vous y êtes." in guest.reads()
    nadia = travel("Nadia Vermeersch", **hand)
    nadia.go(OPEN_LAB)
    assert "Gaston, Ateliers municipaux" in nadia.reads()
    guest.act(named(guest.page, "Ce n’était pas moi : effacer", "button"))
    guest.page.wait_for_url(re.compile(r"/labs/q/[^/]+$"))
    nadia.go(OPEN_LAB)
    assert "Gaston" not in nadia.reads()


@by_every_hand
def test_somebody_without_mail_joins_on_the_shared_screen(browser, demo, travel, is_accessible, hand):
    hall = travel(**hand)
    enter_pin(hall, enrol_screen(browser, demo, f"Hall {len(hand)}{'keyboard' in hand}"))
    assert "Bonjour, Josiane Pruvost" in hall.reads()
    hall.act(hall.page.get_by_role("link", name=re.compile("Rejoindre Quelle place")))
    hall.page.wait_for_url(f"**{OPEN_LAB}")
    hall.act(named(hall.page, "Rejoindre", "button"))
    expect(hall.page.get_by_role("status")).to_contain_text("Vous y êtes")
    is_accessible(hall)
    hall.act(named(hall.page, "Partir", "button"))
    expect(hall.page.get_by_role("status")).to_contain_text("Vous n’êtes plus dans ce labo")
    hall.act(hall.page.get_by_role("button", name="Sortir"))
    hall.page.wait_for_url("**/screen")
    assert "Josiane" not in hall.page.content()
    hall.go(OPEN_LAB)
    assert "Se connecter" in hall.reads()


def test_the_shared_screen_forgets_whoever_walks_away(browser, demo, travel, is_accessible):
    hall = travel()
    hall.page.clock.install()
    enter_pin(hall, enrol_screen(browser, demo, "Hall quitté"))
    hall.go(OPEN_LAB)
    hall.page.clock.fast_forward("01:00")
    expect(hall.page.get_by_role("dialog")).to_be_visible()
    is_accessible(hall)
    hall.page.clock.fast_forward("01:00")
    hall.page.wait_for_url("**/screen")
    assert "Josiane" not in hall.page.content()
    hall.go(OPEN_LAB)
    assert "Se connecter" in hall.reads()


# The pages of the journeys: who opens them, where.
PAGES = [
    ("Nadia Vermeersch", "/"),
    ("Nadia Vermeersch", "/labs/"),
    ("Nadia Vermeersch", "/labs/1"),
    ("Nadia Vermeersch", "/labs/1/members"),
    ("Nadia Vermeersch", "/labs/1/open"),
    ("Nadia Vermeersch", "/labs/1/poster"),
    ("Nadia Vermeersch", "/labs/e/"),
    ("Fatoumata Keïta", "/labs/e/1"),
    ("Nadia Vermeersch", OPEN_LAB),
    ("Nadia Vermeersch", f"{OPEN_LAB}/longer"),
    ("Nadia Vermeersch", f"{OPEN_LAB}/poster"),
    ("Nadia Vermeersch", f"{OPEN_LAB}/wall"),
    ("Nadia Vermeersch", "/labs/mine"),
    ("Nadia Vermeersch", "/labs/projects"),
    ("Thomas Nguyen", "/labs/projects/3"),
    ("Thomas Nguyen", "/labs/projects/3/clause"),
    ("Nadia Vermeersch", "/labs/projects/graveyard"),
    ("Nadia Vermeersch", "/account"),
    ("Awa Mbengue", "/plugins"),
    ("Awa Mbengue", "/plugins/labs/switch"),
    ("Awa Mbengue", "/screens"),
    ("Awa Mbengue", "/labs/new"),
    ("Karim Haddad", "/copils/"),
    ("Karim Haddad", "/copils/picture"),
    ("Karim Haddad", "/copils/hall"),
    ("Karim Haddad", "/copils/sheet"),
    ("Karim Haddad", "/copils/sessions/"),
    ("Karim Haddad", "/copils/sessions/1"),
    ("Karim Haddad", "/copils/sessions/1/live"),
    ("Fatoumata Keïta", "/copils/sessions/2"),
    ("Fatoumata Keïta", "/copils/sessions/2/ask"),
    ("Mireille Puech", "/copils/sessions/2/poster"),
    ("Josiane Pruvost", "/copils/q/1"),
    ("Ludovic Carpentier", "/copils/c/2"),
    ("Thomas Nguyen", "/copils/c/3"),
    ("Nadia Vermeersch", "/copils/hall/door"),
]
SHEETS = 2
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize(("who", "path"), PAGES, ids=[path for _who, path in PAGES])
def test_a_page_prints_without_what_surrounds_it(travel, who, path):
    somebody = travel(who)
    assert somebody.go(path) == 200
    somebody.page.emulate_media(media="print", color_scheme="dark")
    for around in somebody.page.locator("nav, .band, .foot, .skip, .button").all():
        assert not around.is_visible(), around.inner_text()
    assert somebody.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    printed = somebody.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    # by then other journeys have opened labs, which « Aujourd’hui » shows
    assert 1 <= len(SHEET.findall(printed)) <= (SHEETS + 1 if path == "/" else SHEETS)


def test_the_pictures_of_the_readme_are_light(browser, demo, tmp_path):
    for picture in take_of_readme(browser, demo, tmp_path):
        assert 10_000 < picture.stat().st_size < PICTURE_BYTES
