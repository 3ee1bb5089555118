"""The evening as people live it: opening, coming in, the end by the clock, the telling, finding it again.

Every journey ends with nothing in the console, nothing refused by the content policy, nothing asked of another host.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from docs.screenshots import OPEN_LAB, enrol_screen, guest_door, take_home

from tests.journeys.travellers import named

pytestmark = pytest.mark.browser

QUESTION = "Qui ouvre la porte quand personne n’est là ?"
OTHER_QUESTION = "Faut-il un vestiaire au labo ?"
MAX_TAPS = 6
PICTURE_BYTES = 200_000


def test_an_animator_opens_a_lab_on_a_phone_in_six_taps(travel, is_accessible):
    nadia = travel("Nadia Vermeersch", phone=True)
    nadia.go("/labs/1")
    is_accessible(nadia.page)
    nadia.tap(named(nadia.page, "Ouvrir un labo éphémère"))
    nadia.page.wait_for_url("**/labs/1/open")
    is_accessible(nadia.page)
    nadia.tap(nadia.page.get_by_label("La question"))
    nadia.page.keyboard.type(QUESTION)
    nadia.tap(named(nadia.page, "Ouvrir le labo", "button"))
    nadia.page.wait_for_url(re.compile(r"/labs/e/\d+$"))
    assert nadia.taps <= MAX_TAPS
    expect(nadia.page.get_by_role("heading", level=1)).to_have_text(QUESTION)
    assert "ouvert" in nadia.reads()
    is_accessible(nadia.page)


def test_she_opens_it_with_the_keyboard_alone(travel):
    nadia = travel("Nadia Vermeersch")
    nadia.go("/labs/1")
    press_until(nadia.page, "Ouvrir un labo éphémère")
    nadia.page.keyboard.press("Enter")
    nadia.page.wait_for_url("**/labs/1/open")
    press_until(nadia.page, "question", attribute="name")
    nadia.page.keyboard.type(OTHER_QUESTION)
    press_until(nadia.page, "Ouvrir le labo")
    nadia.page.keyboard.press("Enter")
    nadia.page.wait_for_url(re.compile(r"/labs/e/\d+$"))
    expect(nadia.page.get_by_role("heading", level=1)).to_have_text(OTHER_QUESTION)


def press_until(page, wanted, *, attribute="text"):
    """Press Tab until the focus is there, as somebody without a mouse would; what has the focus shows it."""
    read = "e => e.innerText.trim()" if attribute == "text" else f"e => e.getAttribute('{attribute}')"
    for _time in range(60):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if focus.count() and focus.evaluate(read) == wanted:
            assert focus.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab never reaches « {wanted} »")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_somebody_without_an_account_comes_in_by_the_code(browser, demo, travel, is_accessible, script):
    door = guest_door(browser, demo)
    guest = travel(phone=True, java_script_enabled=script)
    guest.go(door)
    if script:
        is_accessible(guest.page)
    guest.page.get_by_label("Votre prénom").fill("Gaston")
    guest.page.get_by_label("Votre service").fill("Ateliers municipaux")
    guest.tap(named(guest.page, "Entrer", "button"))
    guest.page.wait_for_url("**/in/**")
    assert "Merci, Gaston. Vous y êtes." in guest.reads()
    if script:
        is_accessible(guest.page)
    nadia = travel("Nadia Vermeersch", java_script_enabled=script)
    nadia.go(OPEN_LAB)
    assert "Gaston, Ateliers municipaux" in nadia.reads()


def test_somebody_without_mail_joins_on_the_shared_screen_which_forgets_them(browser, demo, travel, is_accessible):
    hall = travel()
    on_screen(hall, enrol_screen(browser, demo, "Hall"), is_accessible)
    hall.page.locator("[name=identifier]").fill("D214")
    hall.page.locator("[name=pin]").fill("581402")
    hall.page.clock.install()
    hall.page.keyboard.press("Enter")
    hall.page.wait_for_url("**/screen")
    assert "Bonjour, Josiane Pruvost" in hall.reads()
    hall.go(OPEN_LAB)
    named(hall.page, "Rejoindre", "button").click()
    expect(hall.page.get_by_role("status")).to_contain_text("Vous y êtes")
    hall.page.clock.fast_forward("01:00")
    expect(hall.page.get_by_role("dialog")).to_be_visible()
    hall.page.clock.fast_forward("01:00")
    hall.page.wait_for_url("**/screen")
    assert "Josiane" not in hall.page.content()
    hall.go(OPEN_LAB)
    assert "Se connecter" in hall.reads()


def on_screen(hall, address, is_accessible):
    hall.go(address)
    hall.page.get_by_role("button").first.click()
    hall.page.wait_for_url("**/screen")
    is_accessible(hall.page)
    hall.page.get_by_role("link", name="Entrer avec mon matricule").click()
    hall.page.wait_for_url("**/screen/pin")
    is_accessible(hall.page)


@pytest.mark.parametrize("path", ["/labs/1", OPEN_LAB, f"{OPEN_LAB}/poster", "/labs/graveyard"])
def test_a_page_prints_without_what_surrounds_it(travel, path):
    nadia = travel("Nadia Vermeersch")
    nadia.go(path)
    nadia.page.emulate_media(media="print")
    for around in nadia.page.locator("nav, .band-menu, .foot, .button:not(.print *)").all():
        assert not around.is_visible(), around.inner_text()
    assert nadia.page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("path", ["/", "/labs/", "/labs/projects", "/labs/graveyard", "/account", f"{OPEN_LAB}/wall"])
def test_pages_are_accessible_narrow_and_wide_light_and_dark(travel, is_accessible, path):
    nadia = travel("Nadia Vermeersch")
    assert nadia.go(path) == 200
    is_accessible(nadia.page)


def test_the_picture_of_the_readme_is_light(browser, demo, tmp_path):
    take_home(browser, demo, tmp_path / "home.png")
    assert 10_000 < (tmp_path / "home.png").stat().st_size < PICTURE_BYTES
