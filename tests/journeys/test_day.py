"""The day as five people live it at 14:40: on a shared screen, as a director, by keyboard, on a phone, at the fair.

What changes the hour or the plugins is in `test_day_hours.py`.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from docs.screenshots import enrol_screen

from tests.journeys.travellers import by_every_hand, enter_pin, named

pytestmark = pytest.mark.browser

DAY = "/programmes/1"
STAND = "/programmes/stands/1"
WORKSHOPS = ("Garder ce qu’on apprend", "Les questions de personnel", "Rester un labo")
CARRIED = "Qui portera le labo quand la nouvelle direction générale arrivera, en mars ?"
SHOW = "Montre-moi où en est ton projet de labo ?"
CARD = {
    "Le + inspirant": "Un mur où chacun dit ce qui le fait lever",
    "Le + risqué": "Une liste remplie pour trois ans",
    "La question en suspens": "Qui a le droit d’ajouter un projet à la liste ?",
}
SCAN = re.compile(r"http://\S+/programmes/s/[\w.=-]+")


def _line(somebody, title):
    return somebody.page.locator("main li.programmes-line").filter(has_text=title)


def test_on_a_shared_screen_one_reads_what_runs_now_and_signs_up(browser, demo, travel, is_accessible):
    """C34 SPEC 3: somebody without mail, on the screen of the hall, one click and back."""
    hall = travel()
    enter_pin(hall, enrol_screen(browser, demo, "Hall de la poste"))
    hall.go("/")
    assert "maintenant : Au boulot !" in hall.reads()  # on the day itself, whoever may come finds it
    hall.go("/programmes/")
    hall.act(named(hall.page, "Interlabos : les quatre labos se rencontrent"))
    hall.page.wait_for_url(f"**{DAY}")
    expect(hall.page.locator("main li[aria-current=time]")).to_have_count(len(WORKSHOPS))
    hall.act(_line(hall, WORKSHOPS[2]).get_by_role("button", name="Je viens"))
    expect(hall.page.get_by_role("status").first).to_contain_text("On vous attend")
    expect(_line(hall, WORKSHOPS[2])).to_contain_text("vous venez")
    is_accessible(hall)
    hall.go("/")
    for title in WORKSHOPS:
        assert f"maintenant : Au boulot ! {title}" in hall.reads()
    hall.act(named(hall.page, "Voir la journée"))
    hall.act(_line(hall, WORKSHOPS[2]).get_by_role("button", name="Me désinscrire"))
    expect(hall.page.get_by_role("status").first).to_contain_text("n’êtes plus sur la liste")
    hall.act(hall.page.get_by_role("button", name="Sortir"))
    hall.page.wait_for_url("**/screen")
    assert "Josiane" not in hall.page.content()


@by_every_hand
def test_a_director_finds_the_question_that_comes_before_the_copil(travel, hand):
    """C36 SPEC 5: from the open question of a lab to the question of the copil, and back."""
    thomas = travel("Thomas Nguyen", **hand)
    thomas.go("/regards/q/")
    thomas.act(named(thomas.page, CARRIED))
    thomas.page.wait_for_url(re.compile(r"/regards/q/\d+$"))
    opened = thomas.page.url
    assert f"Devenue la question de copil : {CARRIED}" in thomas.reads()
    thomas.act(named(thomas.page, CARRIED))
    thomas.page.wait_for_url(re.compile(r"/copils/q/\d+$"))
    expect(thomas.page.get_by_role("heading", level=1)).to_have_text(CARRIED)
    assert "Copil inversé de février" in thomas.reads()
    thomas.act(named(thomas.page, CARRIED))
    thomas.page.wait_for_url(opened)


def test_a_card_of_three_lenses_is_written_with_the_keyboard_alone(travel):
    """C36 SPEC 1, 2 and 3: from the page of the lab; nobody of that lab reads a word of it yet."""
    fatou, mireille = travel("Fatoumata Keïta", keyboard=True), travel("Mireille Puech")
    fatou.go("/labs/3")
    fatou.act(named(fatou.page, "Laisser un regard"))
    fatou.page.wait_for_url(re.compile(r"/regards/\d+$"))
    board = fatou.page.url
    fatou.act(named(fatou.page, "Laisser un regard"))
    fatou.page.wait_for_url("**/card/*")
    for lens, words in CARD.items():
        fatou.type(fatou.page.get_by_label(lens), words)
    fatou.act(named(fatou.page, "Rendre la carte", "button"))
    fatou.page.wait_for_url(board)
    expect(fatou.page.get_by_role("status").first).to_contain_text("Votre carte est rendue")
    assert "1 carte est rendue : Labo de Paris" in fatou.reads()
    mireille.go(board)
    for words in CARD.values():
        assert words not in mireille.page.content()


def test_on_a_phone_without_script_one_changes_workshop_and_reads_a_board(travel, is_accessible):
    """C34 SPEC 3, C36: at 320 px, with no script at all."""
    mehmet = travel("Mehmet Yıldız", phone=True, java_script_enabled=False)
    mehmet.go("/")
    mehmet.act(named(mehmet.page, "Voir la journée"))
    mehmet.page.wait_for_url(f"**{DAY}")
    mehmet.act(_line(mehmet, WORKSHOPS[1]).get_by_role("button", name="Me désinscrire"))
    mehmet.page.wait_for_url(f"**{DAY}#slot-*")
    mehmet.act(_line(mehmet, WORKSHOPS[0]).get_by_role("button", name="Je viens"))
    expect(_line(mehmet, WORKSHOPS[0])).to_contain_text("vous venez")
    mehmet.go("/labs/2")
    mehmet.act(named(mehmet.page, SHOW))
    mehmet.page.wait_for_url(re.compile(r"/regards/\d+$"))
    read = mehmet.reads()
    places = [read.index(lens) for lens in CARD]
    assert places == sorted(places)
    assert "Labo de l’Occitanie, Labo de Mulhouse" in read
    assert "L’équipe : Nous essayons en février" in read


@by_every_hand
def test_a_visitor_of_the_fair_leaves_a_card_without_an_account(travel, is_accessible, hand):
    """C35 SPEC 2: the code of a stand, three lenses, thanks; and « it was not me »."""
    karim = travel("Karim Haddad")
    karim.go(STAND)
    karim.act(named(karim.page, "Affiche à imprimer"))
    scanned = SCAN.search(karim.reads())
    assert scanned, "no address on the poster"
    guest = travel(phone=True, **hand)
    guest.go(scanned.group(0))
    assert "Karim" not in guest.page.content()
    guest.act(named(guest.page, "Laisser une carte d’ici"))
    for lens, words in CARD.items():
        guest.type(guest.page.get_by_label(lens), words)
    is_accessible(guest)
    guest.act(named(guest.page, "Laisser ma carte", "button"))
    guest.page.wait_for_url("**/thanks/*")
    assert guest.reads().startswith("Merci !")
    is_accessible(guest)
    guest.act(named(guest.page, "Ce n’était pas moi : effacer", "button"))
    guest.page.wait_for_url(re.compile(r"/regards/v/[^/]+$"))
